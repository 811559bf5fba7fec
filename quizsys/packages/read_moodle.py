"""Questions from Moodle XML."""

from collections.abc import Callable
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from quizsys.packages.citing import find_span
from quizsys.packages.hypertext import Hypertext, looks_like_html, read_html
from quizsys.packages.reading import (
    MOST_QUESTIONS,
    Draft,
    Found,
    Misshapen,
    Names,
    Problem,
    Reading,
    Unreadable,
    check_pieces,
    read_number,
)
from quizsys.questions.question import Choice

Tell = Callable[[str, str], None]
FULL = 99.9
MOST_ELEMENTS = 200_000
CHUNK_BYTES = 64 * 1024
UNKNOWN = {
    "cloze": "Questions with several gaps are not understood. Write one question for each gap.",
    "description": "It is a description without a question.",
    "category": "",
}


class _Builder(TreeBuilder):
    """Refuses what would expand, and trees that would fill the memory."""

    def __init__(self) -> None:
        super().__init__()
        self._elements = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            raise Unreadable(f"The file has more than {MOST_ELEMENTS} elements. Send it in parts.")
        return super().start(tag, attrs)

    def doctype(self, _name: str, _pubid: str | None, _system: str | None) -> None:
        raise Unreadable("The file has a document type, which Moodle's files never have. It was not read.")


def read_moodle(raw: bytes) -> Reading:
    """Raises Unreadable."""
    parser = XMLParser(target=_Builder())
    try:
        # By and by, so that other threads get their turn.
        for first in range(0, len(raw), CHUNK_BYTES):
            parser.feed(raw[first : first + CHUNK_BYTES])
        root = parser.close()
    except (ParseError, ValueError, LookupError) as error:
        if isinstance(error, Unreadable):
            raise
        place = f" in line {error.position[0]}" if isinstance(error, ParseError) else ""
        raise Unreadable(f"The file is no XML that can be read{place}. Export it from Moodle once more.") from None
    if root.tag != "quiz":
        raise Unreadable("The file is XML, but not Moodle's: its outermost element is not <quiz>.")
    return _read_quiz(root)


def _read_quiz(root: Element) -> Reading:
    title, found, problems, names = "", list[Found](), list[Problem](), Names()
    questions = root.findall("question")
    if sum(question.get("type") != "category" for question in questions) > MOST_QUESTIONS:
        raise Unreadable(f"The file has more than {MOST_QUESTIONS} questions. Send it in parts.")
    check_pieces(len(questions))
    number = 0
    for question in questions:
        if question.get("type") == "category":
            title = title or _last_part(_plain(question, "category/text"))
            continue
        number += 1
        where = f"question {number}"
        told: list[Problem] = []
        try:
            found.append(_read_question(question, where, names, told))
            problems += told
        except Misshapen as error:
            problems.append(Problem(where, error.code, str(error)))
    if not found and not problems:
        raise Unreadable("There is no question in this file.")
    return Reading(title, tuple(found), tuple(problems))


def _last_part(category: str) -> str:
    return category.replace("//", "\x01").split("/")[-1].replace("\x01", "/").strip()


def _read_question(question: Element, where: str, names: Names, problems: list[Problem]) -> Found:
    def tell(code: str, detail: str) -> None:
        problems.append(Problem(where, code, detail))

    kind = question.get("type", "")
    if kind not in _READ:
        raise Misshapen(
            "kind_unsupported", UNKNOWN.get(kind) or f"Questions of the type {kind[:40]!r} are not understood."
        )
    draft = Draft(stem=_text(question.find("questiontext"), tell))
    draft.points = read_number(_plain(question, "defaultgrade") or "1")
    _READ[kind](draft, question, tell)
    _read_general(draft, question.find("generalfeedback"), tell)
    draft.settle()
    draft.sort_tags(filter(None, (_plain(tag, "text") for tag in question.iterfind("tags/tag"))))
    name = _plain(question, "name/text") or draft.stem
    return Found(draft.finish(), draft.points, names.identify(_plain(question, "idnumber"), name), where)


def _plain(parent: Element, path: str) -> str:
    return (parent.findtext(path) or "").strip()


def _text(element: Element | None, tell: Tell) -> str:
    shown = _hypertext(element, tell)
    return "\n".join(part for part in (shown.text, shown.quote) if part)


def _hypertext(element: Element | None, tell: Tell) -> Hypertext:
    """What stands in its <text>, by its format."""
    source = (element.findtext("text") or "") if element is not None else ""
    form = element.get("format", "html") if element is not None else "html"
    if form in ("plain_text", "markdown") or (form != "html" and not looks_like_html(source)):
        return Hypertext(source.strip())
    try:
        shown = read_html(source)
    except ValueError as error:
        raise Misshapen("too_long", str(error)) from None
    if shown.has_media:
        tell("media_dropped", "Its pictures, sounds and videos were left out.")
    return shown


def _read_general(draft: Draft, element: Element | None, tell: Tell) -> None:
    """Explanation and, if we wrote it, the proof; of an open question its answer first."""
    shown = _hypertext(element, tell)
    lines = shown.text.split("\n")
    span = find_span(lines[-1]) if shown.quote else None
    if span is None:
        draft.explanation = "\n".join(part for part in (shown.text, shown.quote) if part)
    else:
        draft.quote, (draft.start_s, draft.end_s) = shown.quote, span
        draft.explanation = "\n".join(lines[:-1])
    if draft.kind == "open":
        draft.answer = draft.answer or draft.explanation
        draft.explanation = draft.explanation.removeprefix(draft.answer).strip()


def _list_answers(question: Element) -> list[tuple[float, Element]]:
    return [(read_number(answer.get("fraction", "0")), answer) for answer in question.iterfind("answer")]


def _read_choices(draft: Draft, question: Element, tell: Tell) -> None:
    several = _plain(question, "single").lower() in ("false", "0")
    draft.kind = "multiple_choice" if several else "single_choice"
    shares = set()
    for fraction, answer in _list_answers(question):
        is_right = fraction > 0 if several else fraction > FULL
        shares |= {fraction} if is_right else set()
        if fraction > 0 and not is_right:
            tell("partial_credit_dropped", "Options that are worth a part of the points count as wrong.")
        draft.choices.append(Choice(_text(answer, tell), is_right, _text(answer.find("feedback"), tell)))
    if len(shares) > 1:
        tell("shares_levelled", "Its right options are worth the same now.")


def _read_truth(draft: Draft, question: Element, tell: Tell) -> None:
    draft.kind = "true_false"
    for fraction, answer in _list_answers(question):
        word = _plain(answer, "text").capitalize()
        draft.choices.append(Choice(word, fraction > FULL, _text(answer.find("feedback"), tell)))


def _list_full(question: Element, tell: Tell) -> list[Element]:
    """Answers that are worth all points; what is worth nothing is only there for its feedback."""
    answers = _list_answers(question)
    if any(0 < fraction <= FULL for fraction, _ in answers):
        tell("partial_credit_dropped", "Answers that are worth a part of the points were left out.")
    full = [answer for fraction, answer in answers if fraction > FULL]
    if not full:
        raise Misshapen("no_answer", "It has no answer that is worth all points.")
    return full


def _read_short(draft: Draft, question: Element, tell: Tell) -> None:
    draft.kind = "short_answer"
    texts = [_plain(answer, "text") for answer in _list_full(question, tell)]
    if any("*" in text.replace("\\*", "") for text in texts):
        tell("wildcards", "A * in an answer stands for itself here.")
    draft.answer, *draft.variants = dict.fromkeys(text.replace("\\*", "*") for text in texts)


def _read_number(draft: Draft, question: Element, tell: Tell) -> None:
    first, *more = _list_full(question, tell)
    if more:
        tell("answers_dropped", "Only the first of its numbers was taken.")
    unit = _plain(question, "units/unit/unit_name")
    number = _plain(first, "text")
    read_number(number)
    draft.kind, draft.answer = "numeric", f"{number} {unit}".strip()
    draft.tolerance = abs(read_number(_plain(first, "tolerance") or "0"))


def _read_pairs(draft: Draft, question: Element, tell: Tell) -> None:
    draft.kind = "matching"
    for pair in question.iterfind("subquestion"):
        left, right = _text(pair, tell), _plain(pair, "answer/text")
        if left:
            draft.choices.append(Choice(left, True, match=right))
        else:
            tell("distractor_dropped", "A match without a left side was left out.")


def _read_order(draft: Draft, question: Element, tell: Tell) -> None:
    draft.kind = "ordering"
    steps = sorted(_list_answers(question), key=lambda pair: pair[0])
    draft.choices = [Choice(_text(answer, tell), True) for _, answer in steps]


def _read_essay(draft: Draft, question: Element, tell: Tell) -> None:
    draft.kind, draft.answer = "open", _text(question.find("graderinfo"), tell)


_READ: dict[str, Callable[[Draft, Element, Tell], None]] = {
    "multichoice": _read_choices,
    "truefalse": _read_truth,
    "shortanswer": _read_short,
    "numerical": _read_number,
    "matching": _read_pairs,
    "match": _read_pairs,
    "ordering": _read_order,
    "essay": _read_essay,
}
