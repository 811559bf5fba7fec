"""The few words that we print beside the teacher's own, in the quiz's language where we have it, else in English."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """`several`, `order` and `match` tell what to do; the others stand before what they name."""

    name: str
    date: str
    points: str
    several: str
    order: str
    match: str
    key: str
    also: str
    quote: str
    slide: str


WORDINGS = {
    "en": Wording(
        *("Name", "Date", "Points", "Choose all that are right.", "Write down the right order.", "Match the letters."),
        *("Answer key", "Also right", "Said in the video", "Slide"),
    ),
    "ar": Wording(
        *("الاسم", "التاريخ", "الدرجات", "اختر كل الإجابات الصحيحة.", "اكتب الترتيب الصحيح.", "طابق الحروف."),
        *("مفتاح الإجابات", "صحيح أيضًا", "قيل في الفيديو", "شريحة"),
    ),
    "de": Wording(
        *("Name", "Datum", "Punkte", "Alles Richtige auswählen.", "Die richtige Reihenfolge aufschreiben."),
        *("Die Buchstaben zuordnen.", "Lösungen", "Auch richtig", "Im Video gesagt", "Folie"),
    ),
    "es": Wording(
        *("Nombre", "Fecha", "Puntos", "Elija todas las correctas.", "Escriba el orden correcto.", "Una las letras."),
        *("Soluciones", "También correcto", "Dicho en el vídeo", "Diapositiva"),
    ),
    "fr": Wording(
        *(
            "Nom",
            "Date",
            "Points",
            "Choisir toutes les bonnes réponses.",
            "Écrire le bon ordre.",
            "Associer les lettres.",
        ),
        *("Corrigé", "Juste aussi", "Dit dans la vidéo", "Diapositive"),
    ),
    "zh": Wording(
        *("姓名", "日期", "分值", "选出所有正确答案。", "写出正确顺序。", "填写对应的字母。"),
        *("答案", "也正确", "视频原话", "幻灯片"),
    ),
}


def find_wording(language: str) -> Wording:
    """For a BCP 47 tag."""
    return WORDINGS.get(language.split("-")[0].lower(), WORDINGS["en"])
