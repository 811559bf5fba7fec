"""True or false in the words that formats with a kind of that name mean."""

from quizsys.packages.sheet import Item

TRUE, FALSE = "true", "false"


def is_plain_truth(item: Item) -> bool:
    """Whether its options say just that; in other words or languages it is a choice between two."""
    texts = sorted(choice.text.strip().lower() for choice in item.choices)
    return item.kind == "true_false" and texts == [FALSE, TRUE] and sum(choice.correct for choice in item.choices) == 1
