"""A question as an item of QTI 2.1, and a quiz as a test of it. QTI 3.0 renames what is built here (`qti30.py`)."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from quizsys.packages.amounts import show_amount
from quizsys.packages.qti_kinds import Asked, identify
from quizsys.packages.sheet import Item, Sheet
from quizsys.packages.telling import paragraphs, tell_why, title_item
from quizsys.packages.trees import grow

TOLD = "general_fb"
"""What everyone is told after an answer. Canvas knows it by this name."""
_CHOSEN = ("single_choice", "multiple_choice", "true_false", "cloze")


def name_item(item: Item) -> str:
    """The same for the life of the question; QTI wants a letter first."""
    return f"q-{item.id}"


def name_quiz(sheet: Sheet) -> str:
    return f"quiz-{sheet.id}"


def build_item(sheet: Sheet, number: int, asked: Asked, picture: str | None, stretch: Element | None) -> Element:
    """`stretch` of the video stands before the question, `picture` in what is told afterwards."""
    item = sheet.items[number - 1]
    told = _list_feedback(item, picture)
    before = [stretch] if stretch is not None else []
    outcomes = sorted({_outcome(identifier) for identifier in told})
    attributes = {"identifier": name_item(item), "title": title_item(number, item), "xml:lang": sheet.language}
    return grow(
        "assessmentItem",
        attributes | {"adaptive": "false", "timeDependent": "false"},
        asked.declaration,
        *_declare_outcomes(item, asked.declaration, outcomes),
        grow("itemBody", {}, *before, grow("div", {}, *paragraphs(item.stem)), asked.interaction),
        grow("responseProcessing", {}, *asked.scoring, *_set_outcomes(outcomes)),
        *(_show(identifier, blocks) for identifier, blocks in told.items()),
    )


def can_tell_choices(item: Item) -> bool:
    """Whether a learner picks single options, so that each can have its own feedback."""
    return item.kind in _CHOSEN


def _list_feedback(item: Item, picture: str | None) -> dict[str, list[Element]]:
    """By the identifier of the option picked, and what everyone is told."""
    picked = {
        identify(place): paragraphs(choice.feedback)
        for place, choice in enumerate(item.choices)
        if can_tell_choices(item)
    }
    told = picked | {TOLD: tell_why(item, picture)}
    return {identifier: blocks for identifier, blocks in told.items() if blocks}


def _outcome(identifier: str) -> str:
    """Which outcome shows a feedback. One for the options and one for everyone: few players mix them in one."""
    return "FEEDBACK" if identifier == TOLD else "CHOSEN"


def _declare_outcomes(item: Item, response: Element, outcomes: list[str]) -> list[Element]:
    points = show_amount(item.points)
    most = {"normalMaximum": points} if item.points > 0 else {}
    number, name = {"cardinality": "single", "baseType": "float"}, {"baseType": "identifier"}
    cardinalities = {"FEEDBACK": "single", "CHOSEN": response.get("cardinality", "")}
    return [
        grow("outcomeDeclaration", {"identifier": "SCORE"} | number | most, _default("0")),
        grow("outcomeDeclaration", {"identifier": "MAXSCORE"} | number, _default(points)),
        *(
            grow("outcomeDeclaration", {"identifier": outcome, "cardinality": cardinalities[outcome]} | name)
            for outcome in outcomes
        ),
    ]


def _default(value: str) -> Element:
    return grow("defaultValue", {}, grow("value", {}, value))


def _set_outcomes(outcomes: list[str]) -> list[Element]:
    """An option's feedback has the option's own identifier, so the answer itself chooses it."""
    values = {
        "CHOSEN": grow("variable", {"identifier": "RESPONSE"}),
        "FEEDBACK": grow("baseValue", {"baseType": "identifier"}, TOLD),
    }
    return [grow("setOutcomeValue", {"identifier": outcome}, values[outcome]) for outcome in outcomes]


def _show(identifier: str, blocks: list[Element]) -> Element:
    shown = {"outcomeIdentifier": _outcome(identifier), "identifier": identifier, "showHide": "show"}
    return grow("modalFeedback", shown, *blocks)


def build_test(sheet: Sheet, items: Iterable[Item]) -> Element:
    """Every question on its own, in any order, marked and explained as soon as it is answered."""
    references = [
        grow("assessmentItemRef", {"identifier": name_item(item), "href": f"{name_item(item)}.xml"}) for item in items
    ]
    section = {"identifier": "questions", "title": sheet.title or sheet.source_filename, "visible": "true"}
    part = {"identifier": "quiz", "navigationMode": "nonlinear", "submissionMode": "individual"}
    total = grow("sum", {}, grow("testVariables", {"variableIdentifier": "SCORE"}))
    score = {"identifier": "SCORE", "cardinality": "single", "baseType": "float"}
    return grow(
        "assessmentTest",
        {"identifier": name_quiz(sheet), "title": sheet.title or sheet.source_filename},
        grow("outcomeDeclaration", score, _default("0")),
        grow(
            "testPart",
            part,
            grow("itemSessionControl", {"maxAttempts": "0", "showFeedback": "true"}),
            grow("assessmentSection", section, *references),
        ),
        grow("outcomeProcessing", {}, grow("setOutcomeValue", {"identifier": "SCORE"}, total)),
    )
