from media.hints import Hint
from media.terms import Slides, list_terms, stem_of


def names(text: str) -> list[str]:
    return [term.text for term in list_terms(text, "en")]


def test_the_rare_words_of_a_slide_are_its_terms() -> None:
    assert names("Where it happens: the chloroplast\nStroma: fluid around the thylakoids") == [
        "chloroplast",
        "Stroma",
        "fluid",
        "thylakoids",
    ]


def test_formulas_and_short_scraps_are_not_terms() -> None:
    assert names("hx2aqb -> x1, ii 1789") == []


def test_a_capital_counts_only_inside_a_line() -> None:
    proper = {term.text: term.proper for term in list_terms("Thylakoid membrane\nEstates at Versailles: Clergy", "en")}
    assert proper == {"Thylakoid": False, "membrane": False, "Estates": False, "Versailles": True, "Clergy": False}


def test_words_that_a_reader_ran_together_are_parted() -> None:
    assert names("electrontransport") == ["electron"]


def test_only_the_slide_on_show_gives_terms() -> None:
    slides = Slides([Hint(0, 60, "granum"), Hint(60, 120, "stomata")], "en")
    assert [term.text for term in slides.terms_between(20, 30)] == ["granum"]
    assert [term.text for term in slides.terms_between(59, 61)] == ["granum", "stomata"]
    assert [term.text for term in slides.terms_between(90, 91)] == ["stomata"]
    assert [term.text for term in slides.terms_before(90)] == ["granum", "stomata"]


def test_a_plural_has_the_stem_of_its_singular() -> None:
    assert stem_of("Thylakoids,") == stem_of("thylakoid")
