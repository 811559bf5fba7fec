"""Terms that are explained one after the other become one matching question."""

from dataclasses import replace

from media.transcript import Word
from quizsys.questions.draft import Draft
from quizsys.questions.language import parse
from quizsys.questions.matching import match_terms
from quizsys.questions.sentences import Sentence
from quizsys.questions.statements import Statement

TERMS = {
    "granum": "a stack of flattened sacs",
    "stroma": "the fluid around the stacks",
    "stomata": "the small holes in a leaf",
    "cuticle": "the waxy layer on a leaf",
}


def make_drafts(terms: dict[str, str], apart_s: float = 4.0) -> list[Draft]:
    return [make_draft(place, term, meaning, apart_s * place) for place, (term, meaning) in enumerate(terms.items())]


def make_draft(place: int, term: str, meaning: str, at_s: float) -> Draft:
    text = f"{meaning} is called {term}."
    words = tuple(Word(at_s + 0.3 * spot, at_s + 0.3 * spot + 0.3, word, 1.0) for spot, word in enumerate(text.split()))
    statement = Statement(Sentence(place, words), text, next(iter(parse([text]))), "The leaf", None, None)
    return Draft("single_choice", f"What do we call {meaning}?", term, statement, statement, 0.9, pattern="called")


def test_each_term_is_shown_with_its_own_description() -> None:
    (draft,) = match_terms(make_drafts(TERMS))
    assert draft.kind == "matching"
    assert {choice.text.lower(): choice.match.lower() for choice in draft.fixed} == TERMS
    assert "Granum → A stack of flattened sacs" in draft.key
    assert (draft.first.index, draft.last.index) == (0, 3)


def test_two_terms_are_too_few() -> None:
    assert list(match_terms(make_drafts(dict(list(TERMS.items())[:2])))) == []


def test_terms_far_apart_are_not_put_together() -> None:
    assert list(match_terms(make_drafts(TERMS, apart_s=40.0))) == []


def test_a_description_that_names_another_term_leaves_it_out() -> None:
    crossed = TERMS | {"cuticle": "the layer over the stomata"}
    (draft,) = match_terms(make_drafts(crossed))
    assert "Cuticle" not in {choice.text for choice in draft.fixed}


def test_a_term_explained_twice_stands_once() -> None:
    drafts = make_drafts(TERMS)
    again = replace(drafts[0], first=drafts[3].first, last=drafts[3].last)
    (draft,) = match_terms([*drafts[:3], again])
    assert len(draft.fixed) == 3
