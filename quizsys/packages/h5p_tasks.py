"""Each question as an H5P task, with the types and versions that Interactive Video 1.24 to 1.28 have in common.

After the semantics.json of each type. All texts are HTML. Blanks and Drag Text find gaps by `*`, `/` and `:`, which
nothing escapes. Blanks reads HTML entities only after that, so there these characters are entities. In Drag Text some
sites resolve entities before; nothing is typed there, so characters that look the same stand for them.
"""

import html
import re
from collections.abc import Callable
from typing import Any

from quizsys.packages.citing import explain
from quizsys.packages.sheet import Item, Loss
from quizsys.packages.truths import is_plain_truth

CHOICE, TRUTH, BLANKS, DRAG, FREE = (
    "H5P.MultiChoice 1.16",
    "H5P.TrueFalse 1.8",
    "H5P.Blanks 1.14",
    "H5P.DragText 1.10",
    "H5P.FreeTextQuestion 1.0",
)
TITLES = {
    CHOICE: "Multiple Choice",
    TRUTH: "True/False Question",
    BLANKS: "Fill in the Blanks",
    DRAG: "Drag the Words",
    FREE: "Free Text Question",
}
LONGEST_TITLE = 255
LONGEST_FEEDBACK = 2048
GAP = re.compile("_{3,}")
_MARKS = str.maketrans({mark: f"&#{ord(mark)};" for mark in "*/:"})
_STAR = str.maketrans({"*": "&#42;"})
_ALIKE = str.maketrans({"*": "\u2217", ":": "\u2236", "\\": "\u2216"})
_DECIMAL = re.compile(r"\d+\.\d+")
Made = tuple[str, dict[str, Any], float]
"""The type, its parameters, and how many points it gives."""


def make_task(item: Item, rtl: bool, losses: list[Loss]) -> dict[str, Any]:
    """An `action` of Interactive Video. Its id is the question's, so that a new version of the file has the same."""
    library, params, points = _choose_maker(item)(item, rtl)
    if points != item.points:
        detail = f"H5P counts it as {points:g} instead of {item.points:g}."
        losses.append(Loss(item.id, "points_changed", detail))
    losses.extend(_list_losses(item, library))
    title = one_line(item.stem, LONGEST_TITLE)
    metadata = {"contentType": TITLES[library], "license": "U", "title": title}
    return {"library": library, "params": params, "subContentId": item.id.lower(), "metadata": metadata}


def _choose_maker(item: Item) -> Callable[[Item, bool], Made]:
    """What lacks its options or its answer, as a teacher's draft may, is asked more freely."""
    if item.kind in ("ordering", "matching") and item.choices:
        return _make_drag
    if item.choices and item.kind != "open":
        return _make_truth if is_plain_truth(item) else _make_choice
    return _make_blank if item.kind != "open" and _list_accepted(item) else _make_free


def one_line(text: str, most_chars: int) -> str:
    """H5P refuses a whole file for a title of two lines."""
    return " ".join(text.split())[:most_chars].strip() or "Quiz"


def plain(text: str, most_chars: int = LONGEST_FEEDBACK) -> str:
    """For a field without markup: on one line and escaped, no longer than that with all its entities."""
    kept = " ".join(text.split())[:most_chars]
    while len(html.escape(kept, quote=False)) > most_chars:
        kept = kept[:-1]
    return html.escape(kept, quote=False)


def _list_losses(item: Item, library: str) -> list[Loss]:
    losses = []
    if item.kind == "numeric" and item.tolerance:
        detail = f"H5P knows no tolerance: only the exact number counts, not what is {item.tolerance:g} off."
        losses.append(Loss(item.id, "tolerance_dropped", detail))
    if item.kind == "ordering":
        detail = "Asked by dragging each step to its place, since Interactive Video knows no ordering."
        losses.append(Loss(item.id, "kind_changed", detail))
    if library == FREE:
        detail = "H5P shows no answer to an open question: tell the lecturer's own answer elsewhere."
        losses.append(Loss(item.id, "answer_dropped", detail))
    if library in (DRAG, BLANKS) and any(choice.feedback for choice in item.choices):
        losses.append(Loss(item.id, "feedback_dropped", "H5P tells nothing about single options of this kind."))
    return losses


def _html(text: str, rtl: bool, tag: str = "p") -> str:
    """Escaped, its lines kept, its direction set. Sites that filter `dir` still show the letters in their order."""
    lines = "<br>".join(html.escape(line, quote=False) for line in text.strip().splitlines())
    return f'<{tag} dir="rtl">{lines}</{tag}>' if rtl else f"<{tag}>{lines}</{tag}>"


def _overall(item: Item) -> list[dict[str, Any]]:
    """What is told whatever the score."""
    return [{"from": 0, "to": 100, "feedback": plain(explain(item))}]


def _make_choice(item: Item, rtl: bool) -> Made:
    several = item.kind == "multiple_choice"
    right = sum(choice.correct for choice in item.choices)
    each = several and item.points == right
    answers = [
        {
            "text": _html(choice.text, rtl, "div"),
            "correct": choice.correct,
            "tipsAndFeedback": {
                "tip": "",
                "chosenFeedback": _html(choice.feedback, rtl, "div") if choice.feedback.strip() else "",
                "notChosenFeedback": "",
            },
        }
        for choice in item.choices
    ]
    behaviour = {
        **_BEHAVIOUR,
        **{"type": "multi" if several else "single", "singlePoint": not each, "randomAnswers": True},
        **{"showSolutionsRequiresInput": True, "confirmCheckDialog": False, "confirmRetryDialog": False},
        **{"autoCheck": False, "passPercentage": 100, "showScorePoints": True},
    }
    params = {
        "question": _html(item.stem, rtl),
        "answers": answers,
        "overallFeedback": _overall(item),
        "behaviour": behaviour,
    }
    return CHOICE, params, float(right) if each else 1.0


def _make_truth(item: Item, rtl: bool) -> Made:
    """True or false in those words; in others it is a choice, since only the order would tell which is true."""
    right = next(choice for choice in item.choices if choice.correct)
    wrong = next(choice for choice in item.choices if not choice.correct)
    behaviour = {
        **{"enableRetry": True, "enableSolutionsButton": True, "enableCheckButton": True},
        **{"confirmCheckDialog": False, "confirmRetryDialog": False, "autoCheck": False},
        "feedbackOnCorrect": plain(f"{right.feedback} {explain(item)}"),
        "feedbackOnWrong": plain(f"{wrong.feedback} {explain(item)}"),
    }
    truth = right.text.strip().lower()
    return TRUTH, {"question": _html(item.stem, rtl), "correct": truth, "behaviour": behaviour}, 1.0


def _make_blank(item: Item, rtl: bool) -> Made:
    """The gap stands where the stem has it, else on a line of its own."""
    gap = f"*{'/'.join(plain(text).translate(_MARKS) for text in _list_accepted(item))}*"
    if GAP.search(item.stem):
        text, line = "", GAP.sub("\0", item.stem, count=1)
        question = _html(line, rtl).translate(_STAR).replace("\0", gap)
    else:
        text, question = _html(item.stem, rtl), f"<p>{gap}</p>"
    params = {
        "text": text,
        "questions": [question],
        "overallFeedback": _overall(item),
        "behaviour": {
            **_BEHAVIOUR,
            **{"autoCheck": False, "caseSensitive": False, "showSolutionsRequiresInput": True, "separateLines": False},
            **{"confirmCheckDialog": False, "confirmRetryDialog": False, "acceptSpellingErrors": False},
        },
    }
    return BLANKS, params, 1.0


def _list_accepted(item: Item) -> list[str]:
    """A decimal number also with a comma, as half the world writes it."""
    texts = [item.answer, *item.variants]
    if item.kind == "numeric" and _DECIMAL.fullmatch(item.answer.strip()):
        texts.append(item.answer.replace(".", ","))
    return list(dict.fromkeys(text.strip() for text in texts if text.strip()))


def _make_drag(item: Item, rtl: bool) -> Made:
    """Each line has a gap for what belongs there: its step, or its partner."""
    if item.kind == "ordering":
        lines = [f"{number}. *{_alike(choice.text)}*" for number, choice in enumerate(item.choices, 1)]
    else:
        lines = [f"{_alike(choice.text)} – *{_alike(choice.match)}*" for choice in item.choices]
    params = {
        "taskDescription": _html(item.stem, rtl),
        "textField": "\n".join(lines),
        "distractors": "",
        "overallFeedback": _overall(item),
        "behaviour": {**_BEHAVIOUR, "instantFeedback": False},
    }
    return DRAG, params, float(len(lines))


def _alike(text: str) -> str:
    return plain(text.translate(_ALIKE))


def _make_free(item: Item, _rtl: bool) -> Made:
    params = {"question": plain(item.stem), "maxScore": item.points, "isRequired": False}
    return FREE, params, item.points


_BEHAVIOUR = {"enableRetry": True, "enableSolutionsButton": True, "enableCheckButton": True}
