"""Questions from JSON of ours: a package, the command line's `quiz.json`, or a quiz as it is read over the wire."""

import json
from typing import Any

from quizsys.packages.reading import (
    LARGEST,
    MOST_QUESTIONS,
    Draft,
    Found,
    Misshapen,
    Names,
    Problem,
    Reading,
    Unreadable,
    check_options,
)
from quizsys.questions.question import KINDS, Choice

ARROW = " → "
# Characters. What is read at once holds all threads up, and takes ten times its length in memory.
LONGEST_FILE = 4 * 1024 * 1024


def read_json(text: str) -> Reading:
    """Raises Unreadable."""
    if len(text) > LONGEST_FILE:
        raise Unreadable(f"The file has more than {LONGEST_FILE} characters. Send it in parts.")
    try:
        quiz = json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(f"The file is no JSON: {error.msg} in line {error.lineno}.") from None
    except (ValueError, RecursionError):
        raise Unreadable("The file is no JSON that can be read.") from None
    questions = quiz.get("questions") if isinstance(quiz, dict) else None
    if not isinstance(questions, list):
        raise Unreadable("The file is JSON, but no quiz of ours: it has no list named questions.")
    if len(questions) > MOST_QUESTIONS:
        raise Unreadable(f"The file has more than {MOST_QUESTIONS} questions. Send it in parts.")
    found, problems, names = list[Found](), list[Problem](), Names()
    for number, question in enumerate(questions):
        where = f"questions[{number}]"
        try:
            found.append(_read_question(question, where, names))
        except Misshapen as error:
            problems.append(Problem(where, error.code, str(error)))
    return Reading(_text(quiz, "title"), tuple(found), tuple(problems), _text(quiz, "id"))


def _read_question(question: Any, where: str, names: Names) -> Found:
    if not isinstance(question, dict):
        raise _wrong("", "an object")
    draft = Draft()
    draft.kind = _text(question, "kind")
    if draft.kind not in KINDS:
        raise Misshapen("kind_unsupported", f"Its kind is not one of {', '.join(KINDS)}.")
    for name in ("stem", "answer", "explanation", "chapter", "bloom", "difficulty"):
        setattr(draft, name, _text(question, name))
    evidence = _take(question, "evidence", dict, {})
    draft.quote = _text(evidence, "quote")
    draft.start_s, draft.end_s = _number(evidence, "start_s"), _number(evidence, "end_s")
    draft.pause_at_s, draft.tolerance = _number(question, "pause_at_s"), _number(question, "tolerance")
    variants, choices = _take(question, "variants", list, []), _take(question, "choices", list, [])
    check_options(len(variants) + len(choices))
    draft.variants = [_text({"variants": one}, "variants") for one in variants]
    draft.choices = [_read_choice(choice, draft.kind) for choice in choices]
    draft.points = _number(question, "points") if "points" in question else None
    return Found(draft.finish(), draft.points, names.identify(_text(question, "id"), draft.stem), where)


def _read_choice(choice: Any, kind: str) -> Choice:
    if not isinstance(choice, dict):
        raise _wrong("choices", "a list of objects")
    text, match = _text(choice, "text"), _text(choice, "match")
    if kind == "matching" and not match:
        # As the command line's quiz.json writes it.
        text, _, match = text.partition(ARROW)
    return Choice(text, bool(_take(choice, "correct", bool, False)), _text(choice, "feedback"), match)


def _take(values: dict[str, Any], name: str, kind: type[Any], absent: Any) -> Any:
    value = values.get(name)
    if value is None:
        return absent
    if not isinstance(value, kind):
        raise _wrong(name, {str: "a text", list: "a list", dict: "an object", bool: "true or false"}[kind])
    return value


def _text(values: dict[str, Any], name: str) -> str:
    return str(_take(values, name, str, ""))


def _number(values: dict[str, Any], name: str) -> float:
    value = values.get(name)
    if value is None:
        return 0.0
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < LARGEST:
        raise _wrong(name, "a number from 0")
    return float(value)


def _wrong(name: str, wanted: str) -> Misshapen:
    return Misshapen("wrong_type", f"{name or 'It'} should be {wanted}.")
