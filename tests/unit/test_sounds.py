import pytest

from media.sounds import letters, likeness, sound_of


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("phyllicoid", "thylakoid"),
        ("cholera plast", "chloroplast"),
        ("born a part", "Bonaparte"),
        ("synthos", "synthase"),
    ],
)
def test_a_misheard_term_sounds_like_the_term(heard: str, meant: str) -> None:
    assert likeness(sound_of(heard), sound_of(meant)) > 0.74


@pytest.mark.parametrize(("heard", "other"), [("called", "Calvin"), ("that moment", "storming"), ("water", "ATP")])
def test_other_words_do_not(heard: str, other: str) -> None:
    assert likeness(sound_of(heard), sound_of(other)) < 0.7


def test_spellings_of_one_sound_are_equal() -> None:
    assert likeness(sound_of("amortized"), sound_of("amortised")) == 1
    assert letters("Régime!") == "regime"


def test_nothing_is_like_nothing() -> None:
    assert likeness("", "") == 0
