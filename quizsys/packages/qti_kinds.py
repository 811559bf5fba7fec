"""How QTI 2.1 asks for each kind of question and scores it; QTI 3.0 does the same under other names.

After the IMS QTI 2.1 specification (assessment test, section and item information model). One response, `RESPONSE`;
its points go to `SCORE`.
"""

import hashlib
from dataclasses import dataclass, replace
from decimal import Decimal
from xml.etree.ElementTree import Element

from quizsys.packages.amounts import find_amount, show_amount
from quizsys.packages.losses import tell_by_hand, tell_no_number, tell_unit
from quizsys.packages.sheet import Item, Loss
from quizsys.packages.steps import place_steps
from quizsys.packages.trees import grow

RESPONSE, SCORE = {"identifier": "RESPONSE"}, {"identifier": "SCORE"}
ASKED = {"responseIdentifier": "RESPONSE"}


@dataclass(frozen=True)
class Asked:
    """`declaration` of the response with its key, the `interaction` that takes it, the rules that score it."""

    declaration: Element
    interaction: Element
    scoring: tuple[Element, ...] = ()
    losses: tuple[Loss, ...] = ()


def ask(item: Item, name: str) -> Asked | None:
    """None when nothing is marked as right. `name` is the format's, for what the teacher is told."""
    if item.kind == "open":
        return _ask_open(item, name)
    if item.kind == "ordering":
        return _ask_order(item, name) if item.choices else None
    if item.kind == "matching":
        return _ask_pairs(item)
    if item.kind == "numeric":
        return _ask_number(item)
    return _ask_choices(item) if item.choices and item.kind != "short_answer" else _ask_text(item)


def identify(place: int) -> str:
    """An option by its place among the question's choices, from 0."""
    return f"c{place + 1}"


def list_keys(item: Item) -> list[str]:
    """Every text that counts as right, each once however it is capitalised; the plain answer first."""
    texts = [item.answer, *item.variants, *(choice.text for choice in item.choices if choice.correct)]
    keys: dict[str, str] = {}
    for text in texts:
        keys.setdefault(" ".join(text.split()).casefold(), " ".join(text.split()))
    return [text for text in keys.values() if text]


def list_targets(item: Item) -> list[str]:
    """What the prompts of a matching go with, each once, in an order that tells nothing and is always the same."""
    matches = dict.fromkeys(choice.match for choice in item.choices if choice.match)
    return sorted(matches, key=lambda text: hashlib.sha256(f"{item.id} {text}".encode()).digest())


def list_pairs(item: Item) -> list[tuple[int, str]]:
    """The place of each prompt and what goes with it. A choice without a text is one more thing to match with."""
    return [(place, choice.match) for place, choice in enumerate(item.choices) if choice.text and choice.match]


def _declare(cardinality: str, base: str, values: list[str], mapping: Element | None = None) -> Element:
    declaration = grow("responseDeclaration", RESPONSE | {"cardinality": cardinality, "baseType": base})
    if values:
        declaration.append(grow("correctResponse", {}, *(grow("value", {}, value) for value in values)))
    if mapping is not None:
        declaration.append(mapping)
    return declaration


def _map(item: Item, worth: dict[str, float], **attributes: str) -> Element:
    bounds = {"lowerBound": "0", "upperBound": show_amount(item.points), "defaultValue": "0"}
    entries = [
        grow("mapEntry", {"mapKey": key, "mappedValue": show_amount(points)} | attributes)
        for key, points in worth.items()
    ]
    return grow("mapping", bounds, *entries)


def _score_mapped() -> tuple[Element, ...]:
    return (grow("setOutcomeValue", SCORE, grow("mapResponse", RESPONSE)),)


def _score_if(test: Element, item: Item) -> tuple[Element, ...]:
    points = grow("baseValue", {"baseType": "float"}, show_amount(item.points))
    rule = grow("responseIf", {}, test, grow("setOutcomeValue", SCORE, points))
    return (grow("responseCondition", {}, rule),)


def _is_correct(test: str, **attributes: str) -> Element:
    return grow(test, attributes, grow("variable", RESPONSE), grow("correct", RESPONSE))


def _ask_choices(item: Item) -> Asked | None:
    right = [identify(place) for place, choice in enumerate(item.choices) if choice.correct]
    if not right:
        return None
    several = item.kind == "multiple_choice" or len(right) > 1
    options = [grow("simpleChoice", {"identifier": identify(n)}, one.text) for n, one in enumerate(item.choices)]
    shown = ASKED | {"shuffle": "false", "maxChoices": "0" if several else "1"}
    interaction = grow("choiceInteraction", shown, *options)
    if not several:
        return Asked(_declare("single", "identifier", right), interaction, _score_if(_is_correct("match"), item))
    wrong = len(item.choices) - len(right)
    worth = {
        identify(place): item.points / len(right) if choice.correct else -item.points / wrong
        for place, choice in enumerate(item.choices)
    }
    return Asked(_declare("multiple", "identifier", right, _map(item, worth)), interaction, _score_mapped())


def _ask_order(item: Item, name: str) -> Asked:
    mixed = [int(place) - 1 for _, place in place_steps(item)]
    steps = [grow("simpleChoice", {"identifier": identify(place)}, item.choices[place].text) for place in mixed]
    right = [identify(place) for place in range(len(item.choices))]
    strict = Loss(
        item.id, "partial_credit_dropped", f"{name} gives a nearly right order no points, where we give some."
    )
    return Asked(
        _declare("ordered", "identifier", right),
        grow("orderInteraction", ASKED | {"shuffle": "true"}, *steps),
        _score_if(_is_correct("match"), item),
        (strict,),
    )


def _ask_pairs(item: Item) -> Asked | None:
    pairs, targets = list_pairs(item), list_targets(item)
    if not pairs:
        return None
    keys = [f"{identify(place)} m{targets.index(match) + 1}" for place, match in pairs]
    worth = dict.fromkeys(keys, item.points / len(keys))
    prompts = [
        grow("simpleAssociableChoice", {"identifier": identify(place), "matchMax": "1"}, item.choices[place].text)
        for place, _ in pairs
    ]
    matches = [
        grow("simpleAssociableChoice", {"identifier": f"m{number}", "matchMax": "0"}, text)
        for number, text in enumerate(targets, 1)
    ]
    sets = (grow("simpleMatchSet", {}, *prompts), grow("simpleMatchSet", {}, *matches))
    shown = ASKED | {"shuffle": "false", "maxAssociations": str(len(pairs))}
    declaration = _declare("multiple", "directedPair", keys, _map(item, worth))
    return Asked(declaration, grow("matchInteraction", shown, *sets), _score_mapped())


def _ask_number(item: Item) -> Asked | None:
    found = find_amount(item.answer)
    if found is None:
        asked = _ask_text(item)
        return replace(asked, losses=(tell_no_number(item),)) if asked else None
    value, unit = found
    return Asked(
        _declare("single", "float", [show_amount(value)]),
        _text_field(),
        _score_if(_is_near(value, item.tolerance), item),
        (tell_unit(item, unit),) if unit else (),
    )


def _is_near(value: float, tolerance: float) -> Element:
    """By two bounds, for not every player knows the tolerance of `equal`."""
    if not tolerance:
        return _is_correct("equal", toleranceMode="exact")
    exact, margin = Decimal(show_amount(value)), Decimal(show_amount(tolerance))
    bounds = (("gte", exact - margin), ("lte", exact + margin))
    return grow("and", {}, *(_compare(name, "float", show_amount(float(bound))) for name, bound in bounds))


def _compare(name: str, base: str, value: str, **attributes: str) -> Element:
    return grow(name, attributes, grow("variable", RESPONSE), grow("baseValue", {"baseType": base}, value))


def _ask_text(item: Item) -> Asked | None:
    """Importers read the accepted answers from the mapping; players score by the rule, whose case all of them heed."""
    keys = list_keys(item)
    if not keys:
        return None
    mapping = _map(item, dict.fromkeys(keys, item.points), caseSensitive="false")
    matches = [_compare("stringMatch", "string", key, caseSensitive="false") for key in keys]
    return Asked(
        _declare("single", "string", keys[:1], mapping), _text_field(), _score_if(grow("or", {}, *matches), item)
    )


def _text_field() -> Element:
    return grow("p", {}, grow("textEntryInteraction", ASKED | {"expectedLength": "30"}))


def _ask_open(item: Item, name: str) -> Asked:
    field = grow("extendedTextInteraction", ASKED | {"expectedLines": "6"})
    return Asked(_declare("single", "string", []), field, losses=(tell_by_hand(item, name),))
