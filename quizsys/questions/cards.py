"""The lecturer's own questions as open cards, with the lecturer's own answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from quizsys.questions.clean import capital, clean, mend
from quizsys.questions.draft import Draft
from quizsys.questions.noise import asks
from quizsys.questions.statements import Statement

if TYPE_CHECKING:
    from spacy.tokens import Doc

_OPENER = re.compile(
    r"^(?:[\w ]+, )?(?:what|why|how|when|where|which|who|whose|can|could|does|do|did|is|are|was|were|will|would|"
    r"should|has|have)\b",
    re.I,
)
_NOT_A_QUESTION = re.compile(
    r"\b(?:I|me|my|right|okay|see|know|think|talk|remember|anyone|anybody|everyone|everybody|questions?|guys|hear|"
    r"ready|first|next|today|what about|how about)\b|"
    r",? (?:isn't|aren't|doesn't|don't|right|okay|yes|no|huh|eh)\s*\?$",
    re.I,
)
_POINTS_AWAY = re.compile(r"\b(?:it|this|that|these|those|here|they|them|he|she|one|ones)\b", re.I)
_LINKS = re.compile(
    r"^(?:and|because|so|that|this|it|they|these|those|also|but|first|then|finally|second|the (?:second|third|"
    r"other))\b",
    re.I,
)
_YES_OR_NO = re.compile(r"^(?:can|could|does|do|did|is|are|was|were|will|would|should|has|have)\b(?!.*\bor\b)", re.I)
_SETTLED = re.compile(r"\b(?:yes|no|because)\b", re.I)
_UNSURE = 0.55
_MOST_SENTENCES, _MOST_ANNOUNCED = 3, 5
_SOONEST_WORDS, _MOST_WORDS, _LONGEST_GAP_S = 8, 85, 20.0


def find_cards(statements: list[Statement]) -> Iterator[Draft]:
    """One card for each question that stands alone and is answered in the next sentences."""
    for statement in statements:
        stem = _show(statement)
        if stem is None or _stands_in_row(statements, statement.index):
            continue
        answer = _find_answer(statements, statement.index)
        if answer:
            key = _reveal(answer)
            if _YES_OR_NO.match(stem) and re.search(r"\bbecause\b", key):
                stem = f"{stem} Why or why not?"
            yield Draft(
                "open",
                stem,
                key,
                answer[0],
                answer[-1],
                1.0,
                bloom="understand",
                asked_at=statement.index,
                pattern="card",
            )


def _stands_in_row(statements: list[Statement], asked: int) -> bool:
    """Whether the sentence before is a question as well: what follows may answer either, or neither."""
    return asked > 0 and asks(statements[asked - 1].sentence.text)


def _show(statement: Statement) -> str | None:
    if statement.flaw not in ("question", None) or not asks(statement.sentence.text):
        return None
    stem = capital(clean(statement.text).rstrip(" .?") + "?")
    if not 4 <= len(stem.split()) <= 24 or not _OPENER.match(stem) or _NOT_A_QUESTION.search(stem):
        return None
    return stem if _stands_alone(stem, statement.doc) else None


def _reveal(answer: list[Statement]) -> str:
    """The lecturer's words without a linking word before them or a last clause that was heard badly."""
    texts = [mend(said.sentence.text) for said in answer]
    texts[0] = capital(re.sub(r"^(?:so|and|but|well|now|okay)\b,? ", "", texts[0], flags=re.I))
    before, comma, _ = texts[-1].rpartition(", which ")
    tail = answer[-1].sentence.words[len(before.split()) :]
    if comma and sum(word.probability < _UNSURE for word in tail[1:]) >= 2:
        texts[-1] = f"{before}."
    return " ".join(texts)


def _stands_alone(stem: str, doc: Doc) -> bool:
    verbs = [token for token in doc if token.pos_ in ("VERB", "AUX") and "Fin" in token.morph.get("VerbForm")]
    nouns = [token for token in doc if token.pos_ in ("NOUN", "PROPN")]
    pointer = _POINTS_AWAY.search(stem)
    before = stem[: pointer.start()] if pointer else ""
    led = any(noun.text in before for noun in nouns)
    return bool(verbs) and bool(nouns) and (pointer is None or led)


def _find_answer(statements: list[Statement], asked: int) -> list[Statement]:
    """1-3 fit sentences after the question, with enough words; sentences taken back are passed over."""
    answer: list[Statement] = []
    end_s = statements[asked].sentence.end_s
    for said in statements[asked + 1 : asked + 8]:
        if said.sentence.start_s - end_s > _LONGEST_GAP_S or said.flaw == "question":
            break
        if said.flaw == "taken_back" and not answer:
            continue
        if answer and said.flaw == "misheard" and _goes_on(answer, said):
            answer.append(said)
            continue
        if said.flaw not in (None, "length", "imperative", "no_clause") or _is_enough(answer, said):
            break
        answer.append(said)
    if answer and _YES_OR_NO.match(clean(statements[asked].text)) and _SETTLED.search(answer[0].sentence.text):
        answer = answer[:1]
    words = sum(len(said.sentence.words) for said in answer)
    return answer if words >= _SOONEST_WORDS else []


def _is_enough(answer: list[Statement], following: Statement) -> bool:
    words = sum(len(said.sentence.words) for said in answer)
    new_slide = bool(answer) and following.chapter != answer[0].chapter
    return words >= 12 and (
        new_slide or words + len(following.sentence.words) > _MOST_WORDS or not _goes_on(answer, following)
    )


def _goes_on(answer: list[Statement], following: Statement) -> bool:
    """Whether the next sentence still belongs to the answer: it links back, or the first announced several parts."""
    first = answer[0].sentence.text if answer else ""
    announced = re.search(r"\bdepends?\b|\bthe first\b", first, re.I)
    most = _MOST_ANNOUNCED if announced else _MOST_SENTENCES
    return bool(_LINKS.match(following.sentence.text) or announced) and len(answer) < most
