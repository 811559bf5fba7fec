"""A question as an item of QTI 1.2 as Canvas writes and reads it (canvas-lms, lib/cc/qti/qti_items.rb).

Canvas knows the kind by `question_type`, counts a right answer as 100 percent of `points_possible`, and tells feedback
apart by its name: `general_fb` is for all, `<option>_fb` for who picked the option.
"""

import html
from collections.abc import Sized
from dataclasses import dataclass, field, replace
from decimal import Decimal
from xml.etree.ElementTree import Element

from quizsys.packages.amounts import find_amount, show_amount
from quizsys.packages.losses import tell_by_hand, tell_no_number, tell_unit
from quizsys.packages.qti_kinds import list_keys, list_pairs, list_targets
from quizsys.packages.sheet import Item, Loss, Sheet
from quizsys.packages.steps import place_steps, tell_placed
from quizsys.packages.telling import paragraphs, tell_why, title_item
from quizsys.packages.trees import grow, html_text
from quizsys.packages.truths import is_plain_truth

NAME = "QTI 1.2"
ANSWER = {"respident": "response1"}
_FIRST_OPTION, _FIRST_TARGET = 1001, 2001
_ISOLATE, _END = "\u2067", "\u2069"


@dataclass
class Asked:
    """`kind` in Canvas's words, the fields that take the answer, the rules that score it, feedback by its name.

    `answers` are the ids that Canvas gives to options, prompts or accepted texts.
    """

    kind: str
    fields: list[Element]
    rules: list[Element]
    answers: list[str] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)
    losses: list[Loss] = field(default_factory=list)


class Page:
    """Texts as Canvas shows them, in the direction of the quiz."""

    def __init__(self, sheet: Sheet) -> None:
        self._way = {"dir": "rtl", "lang": sheet.language} if sheet.right_to_left else {}

    def blocks(self, blocks: list[Element]) -> str:
        return html_text([grow("div", self._way, *blocks)] if self._way else blocks)

    def line(self, text: str) -> str:
        text = " ".join(text.split())
        return html_text([grow("span", self._way, text)]) if self._way else html.escape(text, quote=False)

    def plain(self, text: str) -> str:
        """For places where Canvas shows no HTML; invisible marks make it run to the left."""
        text = " ".join(text.split())
        return f"{_ISOLATE}{text}{_END}" if self._way else text


def build_item(sheet: Sheet, number: int, asked: Asked, picture: str | None) -> Element:
    item, page = sheet.items[number - 1], Page(sheet)
    general = {"general_fb": page.blocks(blocks)} if (blocks := tell_why(item, picture)) else {}
    told = {**general, **asked.told}
    outcome = {"maxvalue": "100", "minvalue": "0", "varname": "SCORE", "vartype": "Decimal"}
    return grow(
        "item",
        {"ident": name_item(item), "title": title_item(number, item)},
        grow("itemmetadata", {}, grow("qtimetadata", {}, *_describe(item, asked))),
        grow("presentation", {}, _material(page.blocks(paragraphs(item.stem))), *asked.fields),
        grow(
            "resprocessing",
            {},
            grow("outcomes", {}, grow("decvar", outcome)),
            *([_rule(grow("other"), "general_fb")] if general else []),
            *asked.rules,
        ),
        *(_feedback(name, text) for name, text in told.items()),
    )


def ask(item: Item, page: Page) -> Asked | None:
    """None when nothing is marked as right."""
    if item.kind == "open":
        unscored = grow("respcondition", {"continue": "No"}, grow("conditionvar", {}, grow("other")))
        return Asked("essay_question", [_text_field()], [unscored], losses=[tell_by_hand(item, NAME)])
    if item.kind in ("ordering", "matching"):
        return _ask_pairs(item, page)
    if item.kind == "numeric":
        return _ask_number(item)
    return _ask_choices(item, page) if item.choices and item.kind != "short_answer" else _ask_text(item)


def name_item(item: Item) -> str:
    return f"q-{item.id}"


def _describe(item: Item, asked: Asked) -> list[Element]:
    described = {
        "question_type": asked.kind,
        "points_possible": show_amount(item.points),
        "original_answer_ids": ",".join(asked.answers),
        "assessment_question_identifierref": f"ref-{item.id}",
    }
    return [
        grow("qtimetadatafield", {}, grow("fieldlabel", {}, label), grow("fieldentry", {}, entry))
        for label, entry in described.items()
    ]


def _material(text: str, kind: str = "text/html") -> Element:
    return grow("material", {}, grow("mattext", {"texttype": kind}, text))


def _feedback(name: str, text: str) -> Element:
    return grow("itemfeedback", {"ident": name}, grow("flow_mat", {}, _material(text)))


def _rule(test: Element, feedback: str) -> Element:
    shown = grow("displayfeedback", {"feedbacktype": "Response", "linkrefid": feedback})
    return grow("respcondition", {"continue": "Yes"}, grow("conditionvar", {}, test), shown)


def _score(*tests: Element) -> Element:
    points = grow("setvar", {"action": "Set", "varname": "SCORE"}, "100")
    return grow("respcondition", {"continue": "No"}, grow("conditionvar", {}, *tests), points)


def _equals(value: str) -> Element:
    return grow("varequal", ANSWER, value)


def _ask_choices(item: Item, page: Page) -> Asked | None:
    options = dict(zip(_number(item.choices), item.choices, strict=True))
    right = [option for option, choice in options.items() if choice.correct]
    if not right:
        return None
    several = item.kind == "multiple_choice" or len(right) > 1
    labels = [grow("response_label", {"ident": key}, _material(page.line(one.text))) for key, one in options.items()]
    taken = {"ident": "response1", "rcardinality": "Multiple" if several else "Single"}
    told = {f"{key}_fb": page.blocks(paragraphs(one.feedback)) for key, one in options.items() if one.feedback.strip()}
    rules = [_rule(_equals(name.removesuffix("_fb")), name) for name in told]
    kind = "true_false_question" if is_plain_truth(item) else "multiple_choice_question"
    if several:
        kind = "multiple_answers_question"
        picked = [_equals(key) if one.correct else grow("not", {}, _equals(key)) for key, one in options.items()]
        rules.append(_score(grow("and", {}, *picked)))
    else:
        rules.append(_score(_equals(right[0])))
    return Asked(kind, [grow("response_lid", taken, grow("render_choice", {}, *labels))], rules, [*options], told)


def _ask_pairs(item: Item, page: Page) -> Asked | None:
    """Each prompt is a list to choose from. Canvas has no ordering, so steps are matched to their places."""
    losses: list[Loss] = []
    if item.kind == "ordering":
        pairs = place_steps(item)
        targets = [str(place) for place in range(1, len(pairs) + 1)]
        losses.append(tell_placed(item))
    else:
        pairs = [(item.choices[place].text, match) for place, match in list_pairs(item)]
        targets = list_targets(item)
    if not pairs:
        return None
    labels = {target: str(number) for number, target in enumerate(targets, _FIRST_TARGET)}
    fields, rules, prompts = [], [], _number(pairs)
    for number, (prompt, target) in zip(prompts, pairs, strict=True):
        fields.append(_list_targets(f"response_{number}", page.plain(prompt), labels, page))
        rules.append(_score_part(f"response_{number}", labels[target], len(pairs)))
    return Asked("matching_question", fields, rules, prompts, losses=losses)


def _number(answers: Sized) -> list[str]:
    return [str(number) for number in range(_FIRST_OPTION, _FIRST_OPTION + len(answers))]


def _list_targets(name: str, prompt: str, labels: dict[str, str], page: Page) -> Element:
    listed = [
        grow("response_label", {"ident": label}, _material(page.plain(target), "text/plain"))
        for target, label in labels.items()
    ]
    return grow("response_lid", {"ident": name}, _material(prompt, "text/plain"), grow("render_choice", {}, *listed))


def _score_part(name: str, label: str, parts: int) -> Element:
    share = grow("setvar", {"varname": "SCORE", "action": "Add"}, f"{100 / parts:.2f}")
    return grow("respcondition", {}, grow("conditionvar", {}, grow("varequal", {"respident": name}, label)), share)


def _ask_number(item: Item) -> Asked | None:
    found = find_amount(item.answer)
    if found is None:
        asked = _ask_text(item)
        return replace(asked, losses=[tell_no_number(item)]) if asked else None
    value, unit = found
    exact, margin = Decimal(show_amount(value)), Decimal(show_amount(item.tolerance))
    within = grow("and", {}, _bound("vargte", exact - margin), _bound("varlte", exact + margin))
    rule = _score(grow("or", {}, _equals(show_amount(value)), within))
    losses = [tell_unit(item, unit)] if unit else []
    return Asked("numerical_question", [_text_field({"fibtype": "Decimal"})], [rule], _number([value]), losses=losses)


def _bound(name: str, bound: Decimal) -> Element:
    return grow(name, ANSWER, show_amount(float(bound)))


def _ask_text(item: Item) -> Asked | None:
    keys = list_keys(item)
    if not keys:
        return None
    return Asked("short_answer_question", [_text_field()], [_score(*map(_equals, keys))], _number(keys))


def _text_field(kind: dict[str, str] | None = None) -> Element:
    label = grow("response_label", {"ident": "answer1"} | ({} if kind else {"rshuffle": "No"}))
    return grow("response_str", {"ident": "response1", "rcardinality": "Single"}, grow("render_fib", kind, label))
