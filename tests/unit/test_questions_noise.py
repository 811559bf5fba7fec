"""Greetings, housekeeping and asides are told from the lesson itself."""

import pytest

from quizsys.questions.noise import find_asides, find_noise


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Good morning everyone, and welcome back to biology.", "greeting"),
        ("Thanks, and bye for now.", "greeting"),
        ("The lab reports are due on Friday.", "housekeeping"),
        ("For next time, please read chapter nine.", "housekeeping"),
        ("There are no office hours this week.", "housekeeping"),
        ("Let's jump ahead a few years.", "meta"),
        ("Okay, next slide.", "meta"),
        ("Keep those two names in mind.", "meta"),
        ("I tried that at my sister's wedding once.", "first_person"),
        ("We'll discuss the other organelles in a while.", "meta"),
        ("When you click the button, the menu opens.", "meta"),
        ("Call do_it() when get_key returns.", "code"),
        ("The index is n modulo k.", "formula"),
        ("Why do leaves look green?", "question"),
        ("This has no end", "unfinished"),
    ],
)
def test_noise_has_a_reason(text: str, reason: str) -> None:
    assert find_noise(text) == reason


@pytest.mark.parametrize(
    "text",
    [
        "Helper t cells tell the b cells what to do, and the B cell divides.",
        "The plates slide past each other at a transform boundary.",
        "Tea and coffee are substitutes.",
        "In photosystem I the electrons are energised once more.",
        "The due process clause protects citizens.",
        "So, let me say that again, the first stage gives us A T P.",
        "That's the linear worst case I promised you.",
        "The water must of course be split.",
        "Electrons flow back to the membrane.",
        "B cells and T cells are lymphocytes.",
        "It's the nucleus that holds the DNA.",
    ],
)
def test_content_is_not_noise(text: str) -> None:
    assert find_noise(text) is None


def test_what_follows_an_aside_off_topic_is_one_too() -> None:
    texts = ["I always picture a pile of coins.", "The soup was cold.", "The stroma is a fluid."]
    assert find_asides(texts, [False, False, True]) == {0: "first_person", 1: "aside"}
