"""Questions from GIFT, as Moodle's importer and gift-pegjs understand it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from quizsys.packages.citing import find_citation
from quizsys.packages.hypertext import looks_like_html, read_html
from quizsys.packages.reading import (
    MOST_QUESTIONS,
    Draft,
    Found,
    Misshapen,
    Names,
    Problem,
    Reading,
    Unreadable,
    check_options,
    check_pieces,
    join_blank,
    read_number,
)
from quizsys.questions.question import Choice

# Escaped signs stand aside as control characters, which no text has, until the others have been looked at.
_ASIDE = {"\\": "\x01", "~": "\x02", "=": "\x03", "#": "\x04", "{": "\x05", "}": "\x06", ":": "\x07", "n": "\x0b"}
_BACK = str.maketrans({mark: "\n" if sign == "n" else sign for sign, mark in _ASIDE.items()})
_ESCAPED = re.compile(r"\\([\\~=#{}:n])")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FORMAT = re.compile(r"\s*\[(html|plain|markdown|moodle)\]")
_WEIGHT = re.compile(r"\s*%(-?\d{1,3}(?:\.\d*)?)%")
_SPAN = re.compile(r"(.+?)\.\.(.+)", re.DOTALL)
TRUTHS = {"T": True, "TRUE": True, "F": False, "FALSE": False}
GENERAL = "####"
LONGEST_BLOCK = 1_000_000


@dataclass(frozen=True)
class _Block:
    """Lines without an empty one between them, comments apart."""

    line: int
    text: str
    comments: str


@dataclass(frozen=True)
class _Option:
    """`mark` is `=` or `~`; `weight` a percentage, None if none was written."""

    mark: str
    weight: float | None
    text: str
    feedback: str


class _Texts:
    """Texts as they are meant: unescaped, and out of HTML where their format says so."""

    def __init__(self, form: str, tell: Callable[[str, str], None]) -> None:
        self.form = form
        self.tell = tell

    def read(self, raw: str) -> str:
        found = _FORMAT.match(raw)
        form = found[1] if found else self.form
        text = (raw[found.end() :] if found else raw).strip()
        if form != "markdown":
            # Lines that were only wrapped; those that are meant are escaped.
            text = " ".join(line.strip(" \t") for line in text.split("\n"))
        if form in ("plain", "markdown") or not looks_like_html(text):
            return text.translate(_BACK).strip()
        try:
            shown = read_html(text.translate(_BACK))
        except ValueError as error:
            raise Misshapen("too_long", str(error)) from None
        if shown.has_media:
            self.tell("media_dropped", "Its pictures, sounds and videos were left out.")
        return "\n".join(part for part in (shown.text, shown.quote) if part)


def read_gift(text: str) -> Reading:
    """Raises Unreadable if there is no question in it."""
    title, found, problems, names = "", list[Found](), list[Problem](), Names()
    for block in _list_blocks(_UNSEEN.sub("", text)):
        where = f"line {block.line}"
        if block.text.startswith("$CATEGORY:"):
            category, _, rest = block.text.partition("\n")
            title = (
                title or category.partition(":")[2].replace("//", "\x01").split("/")[-1].replace("\x01", "/").strip()
            )
            block = replace(block, text=rest.strip())
        if not block.text:
            continue
        if len(found) >= MOST_QUESTIONS:
            raise Unreadable(f"The file has more than {MOST_QUESTIONS} questions. Send it in parts.")
        check_pieces(len(found) + len(problems))
        try:
            told: list[Problem] = []
            found.append(_read_block(block, where, names, told))
            problems += told
        except Misshapen as error:
            problems.append(Problem(where, error.code, str(error)))
    if not found and not problems:
        raise Unreadable("There is no question in this file. A question of GIFT has its answers in braces.")
    return Reading(title, tuple(found), tuple(problems))


def _list_blocks(text: str) -> Iterator[_Block]:
    lines: list[str] = []
    comments: list[str] = []
    first = 1
    for number, line in enumerate([*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""], 1):
        if line.strip().startswith("//"):
            comments.append(line)
        elif line.strip():
            first = first if lines else number
            lines.append(line)
        elif lines:
            yield _Block(first, "\n".join(lines).strip(), "\n".join(comments))
            lines, comments = [], []
        else:
            comments = []


def _read_block(block: _Block, where: str, names: Names, problems: list[Problem]) -> Found:
    if len(block.text) + len(block.comments) > LONGEST_BLOCK:
        raise Misshapen("too_long", f"It has more than {LONGEST_BLOCK} characters. Leave its pictures out.")
    text = _ESCAPED.sub(lambda sign: _ASIDE[sign[1]], block.text)
    name = ""
    if text.startswith("::") and "::" in text[2:]:
        name, _, text = text[2:].partition("::")
        text = text.strip()
    opened, closed = text.find("{"), text.find("}")
    if opened < 0 and closed < 0:
        raise Misshapen("not_a_question", "It has no answers in braces, so it is a description. It was left out.")
    if not 0 <= opened < closed:
        raise Misshapen("braces", "Its braces do not match. Put the answers between { and }, and a \\ before others.")
    before, body, after = text[:opened], text[opened + 1 : closed], text[closed + 1 :]
    form = _FORMAT.match(before)
    texts = _Texts(form[1] if form else "moodle", lambda code, detail: problems.append(Problem(where, code, detail)))
    draft = Draft(stem=texts.read(join_blank(before, after)))
    body, _, general = body.strip().partition(GENERAL) if body.count(GENERAL) < 2 else body.strip().rpartition(GENERAL)
    _read_answers(draft, body.strip(), texts)
    _read_general(draft, texts.read(general))
    draft.settle()
    draft.sort_tags(_list_marks(block.comments, "tag"))
    told = next(_list_marks(block.comments, "id"), "")
    return Found(draft.finish(), None, names.identify(told.strip(), name or draft.stem), where)


def _list_marks(comments: str, name: str) -> Iterator[str]:
    """What stands in `[id:...]` or `[tag:...]`. Not by a pattern: one that seeks its end from each start is slow."""
    for piece in comments.split(f"[{name}:")[1:]:
        text, closed, _ = piece.partition("]")
        if text and closed and "\n" not in text and "\t" not in text:
            yield text


def _read_general(draft: Draft, told: str) -> None:
    """Explanation and, if we wrote it, the proof; of an open question its answer first."""
    lines = told.split("\n")
    cited = find_citation(lines[-1])
    if cited is not None:
        draft.quote, draft.start_s, draft.end_s = cited
        lines = lines[:-1]
    text = "\n".join(lines).strip()
    if draft.kind == "open":
        answer, _, text = text.partition("\n\n")
        draft.answer = answer.strip()
    draft.explanation = text.strip()


def _read_answers(draft: Draft, body: str, texts: _Texts) -> None:
    if not body:
        draft.kind = "open"
    elif body.startswith("#"):
        _read_numbers(draft, body[1:], texts)
    elif "~" in body:
        _read_choices(draft, body, texts)
    elif "=" in body and "->" in body:
        _read_pairs(draft, body, texts)
    elif body.partition("#")[0].strip() in TRUTHS:
        _read_truth(draft, body, texts)
    else:
        draft.kind = "short_answer"
        _keep_answers(draft, _list_full(body, texts), texts)


def _list_options(body: str, texts: _Texts) -> list[_Option]:
    check_options(body.count("=") + body.count("~"))
    pieces = re.findall(r"([=~]?)([^=~]+)|([=~])", body)
    options = []
    for mark, piece, bare in pieces:
        if bare or not piece.strip():
            continue
        weight = _WEIGHT.match(piece)
        text, _, feedback = (piece[weight.end() :] if weight else piece).partition("#")
        options.append(
            _Option(mark or "=", float(weight[1]) if weight else None, texts.read(text), texts.read(feedback))
        )
    return options


def _list_full(body: str, texts: _Texts) -> list[_Option]:
    """Answers that are worth all points; what is worth nothing is only there for its feedback."""
    options = [option for option in _list_options(body, texts) if option.mark == "=" and option.weight != 0]
    full = [option for option in options if option.weight in (None, 100)]
    if len(full) < len(options):
        texts.tell("partial_credit_dropped", "Answers that are worth a part of the points were left out.")
    return full


def _read_choices(draft: Draft, body: str, texts: _Texts) -> None:
    options = _list_options(body, texts)
    several = all(option.mark == "~" for option in options)
    draft.kind = "multiple_choice" if several else "single_choice"
    for option in options:
        is_right = option.mark == "=" or (several and (option.weight or 0) > 0)
        draft.choices.append(Choice(option.text, is_right, option.feedback))
    if not several and any(option.mark == "~" and (option.weight or 0) > 0 for option in options):
        texts.tell("partial_credit_dropped", "Options that are worth a part of the points count as wrong.")
    if not several and sum(choice.correct for choice in draft.choices) > 1:
        draft.kind = "multiple_choice"
        texts.tell("several_right", "Several options are right, so it is a multiple choice now.")


def _keep_answers(draft: Draft, options: list[_Option], texts: _Texts) -> None:
    if not options:
        raise Misshapen("no_answer", "It has no answer that is worth all points.")
    if any("*" in option.text.replace("\\*", "") for option in options):
        texts.tell("wildcards", "A * in an answer stands for itself here.")
    draft.answer, *draft.variants = dict.fromkeys(option.text.replace("\\*", "*") for option in options)


def _read_truth(draft: Draft, body: str, texts: _Texts) -> None:
    word, _, told = body.partition("#")
    wrong, _, right = told.partition("#")
    is_true = TRUTHS[word.strip()]
    draft.kind = "true_false"
    draft.choices = [
        Choice(text, value == is_true, texts.read(right if value == is_true else wrong))
        for text, value in (("True", True), ("False", False))
    ]


def _read_pairs(draft: Draft, body: str, texts: _Texts) -> None:
    draft.kind = "matching"
    check_options(body.count("="))
    for piece in filter(str.strip, body.split("=")):
        left, arrow, right = piece.partition("->")
        if not arrow:
            raise Misshapen("pairs", "One of its pairs has no -> between its sides.")
        if left.strip():
            draft.choices.append(Choice(texts.read(left), True, match=right.translate(_BACK).strip()))
        else:
            texts.tell("distractor_dropped", "A match without a left side was left out.")


def _read_numbers(draft: Draft, body: str, texts: _Texts) -> None:
    options = _list_full(body, texts)
    if not options:
        raise Misshapen("no_answer", "It has no number that is worth all points.")
    if len(options) > 1:
        texts.tell("answers_dropped", "Only the first of its numbers was taken.")
    draft.kind = "numeric"
    text = options[0].text
    if span := _SPAN.fullmatch(text):
        low, high = read_number(span[1]), read_number(span[2])
        draft.answer, draft.tolerance = f"{(low + high) / 2:.12g}", float(f"{abs(high - low) / 2:.12g}")
        return
    first, _, margin = text.partition(":")
    read_number(first)
    draft.answer, draft.tolerance = first.strip(), abs(read_number(margin or "0"))
