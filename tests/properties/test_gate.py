"""Whatever is done to a good question, the gate lets nothing through that breaks one of its promises."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.transcript import Word
from quizsys.questions.gate import CHECKS, Grounds, check_question
from quizsys.questions.question import KINDS, Choice, Question
from quizsys.questions.sentences import Sentence, join_text
from quizsys.questions.spoken import squeeze

SPEECH = (
    "Welcome back to biology.",
    "The fluid that surrounds the thylakoids is called the stroma.",
    "It takes three turns, no, sorry, six turns.",
    "Why do leaves look green?",
    "Chlorophyll absorbs red light and reflects most of the green light.",
    "The monarchy was abolished in September 1792.",
)


def make_sentences() -> tuple[Sentence, ...]:
    sentences, start_s = [], 0.0
    for index, text in enumerate(SPEECH):
        words = tuple(Word(start_s + place, start_s + place + 1, word, 0.9) for place, word in enumerate(text.split()))
        sentences.append(Sentence(index, words))
        start_s = words[-1].end_s + 1
    return tuple(sentences)


SENTENCES = make_sentences()
TEXT = join_text(list(SENTENCES))
GROUNDS = Grounds(SENTENCES, SENTENCES[-1].end_s + 2, {0: "greeting", 2: "taken_back"})
GOOD = Question(
    "single_choice",
    "What do we call the fluid that surrounds the thylakoids?",
    (Choice("Granum", False), Choice("Stroma", True), Choice("Chloroplast", False)),
    "Stroma",
    "The lecture says so.",
    SENTENCES[1].text,
    SENTENCES[1].start_s,
    SENTENCES[1].end_s,
    SENTENCES[1].end_s,
    "The chloroplast",
    "remember",
    "medium",
)
CARD = replace(
    GOOD,
    kind="open",
    stem=SPEECH[3],
    choices=(),
    answer=SPEECH[4],
    quote=SPEECH[4],
    start_s=SENTENCES[4].start_s,
    end_s=SENTENCES[4].end_s,
    pause_at_s=SENTENCES[3].end_s,
)


def test_a_good_question_and_a_good_card_pass() -> None:
    assert check_question(GOOD, GROUNDS) is None
    assert check_question(CARD, GROUNDS) is None


@given(st.text(max_size=60) | st.sampled_from(SPEECH) | st.integers(0, 40).map(lambda start: TEXT[start : start + 50]))
def test_a_quote_that_passes_stands_in_the_transcript(quote: str) -> None:
    if check_question(replace(GOOD, quote=quote), GROUNDS) is None:
        assert quote in TEXT
        assert squeeze("Stroma") in squeeze(quote)


@given(st.floats(-10, 90), st.floats(-10, 90), st.floats(-10, 200))
def test_times_that_pass_lie_inside_the_video(start_s: float, end_s: float, pause_s: float) -> None:
    question = replace(GOOD, start_s=start_s, end_s=end_s, pause_at_s=pause_s)
    if check_question(question, GROUNDS) is None:
        assert 0 <= start_s < end_s <= GROUNDS.duration_s + 0.1
        assert end_s - 0.1 <= pause_s <= GROUNDS.duration_s + 0.1
        assert not any(said.start_s + 0.1 < pause_s < said.end_s - 0.1 for said in SENTENCES)


@given(st.sampled_from(range(len(SPEECH))), st.sampled_from(KINDS))
def test_nothing_rests_on_unfit_sentences(index: int, kind: str) -> None:
    said = SENTENCES[index]
    question = replace(GOOD, kind=kind, quote=said.text, start_s=said.start_s, end_s=said.end_s, pause_at_s=said.end_s)
    if index in GROUNDS.unfit:
        assert check_question(question, GROUNDS) is not None


def test_what_was_taken_back_and_what_was_only_a_greeting_are_refused_by_name() -> None:
    said = SENTENCES[2]
    taken = replace(GOOD, kind="numeric", stem="How many turns are needed?", choices=(), answer="6", quote=said.text)
    taken = replace(taken, start_s=said.start_s, end_s=said.end_s, pause_at_s=said.end_s)
    assert check_question(taken, GROUNDS) == "taken_back"
    assert check_question(taken, replace(GROUNDS, unfit={})) is None
    opening = SENTENCES[0]
    judged = replace(GOOD, kind="true_false", stem="True or false: Biology is back.", answer="True", quote=opening.text)
    judged = replace(judged, choices=(Choice("True", True), Choice("False", False)), start_s=0.0, end_s=opening.end_s)
    assert check_question(replace(judged, pause_at_s=opening.end_s), GROUNDS) == "greeting"


WORDS = st.sampled_from(["Granum", "granum", "the granum", "Stroma", "stromas", "Chloroplast", "Membrane", ""])


@given(st.lists(st.builds(Choice, WORDS, st.booleans()), max_size=6), WORDS)
def test_choices_that_pass_are_distinct_with_one_right(choices: list[Choice], answer: str) -> None:
    question = replace(GOOD, choices=tuple(choices), answer=answer)
    if check_question(question, GROUNDS) is None:
        texts = {squeeze(choice.text) for choice in choices}
        assert 3 <= len(choices) <= 4
        assert len(texts) == len(choices)
        assert [choice.text for choice in choices if choice.correct] == [answer]
        assert squeeze(answer) == "stroma"


@given(
    st.lists(
        st.sampled_from(["stroma", "fluid", "What", "this", "is", "it", "thylakoids", "granum", "he", "called"]),
        max_size=9,
    )
)
def test_a_stem_that_passes_gives_nothing_away_and_stands_alone(words: list[str]) -> None:
    stem = " ".join(words).capitalize() + "?"
    if check_question(replace(GOOD, stem=stem), GROUNDS) is None:
        assert "stroma" not in stem.lower()
        assert "granum" not in stem.lower()
        assert not re.search(r"\bhe\b", stem, re.I)
        assert not stem.lower().startswith(("this", "it "))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"stem": "Stroma?"}, "bad_stem"),
        ({"stem": "The fluid is called ____."}, "bad_stem"),
        ({"kind": "cloze"}, "bad_stem"),
        ({"choices": GOOD.choices[:2]}, "bad_choices"),
        ({"choices": (*GOOD.choices, Choice("Membrane", True))}, "bad_choices"),
        ({"choices": (*GOOD.choices, Choice("The granum", False))}, "same_choices"),
        ({"answer": "Granum"}, "answer_mismatch"),
        ({"choices": (*GOOD.choices, Choice("All of the above", False))}, "option_style"),
        (
            {"choices": (*GOOD.choices, Choice("A very long option indeed, far longer than all the rest", False))},
            "option_lengths",
        ),
        ({"stem": "Which of these is not the fluid that surrounds the thylakoids?"}, "negative_stem"),
        ({"quote": "The fluid is called the stroma."}, "quote_not_said"),
        ({"quote": "The stroma"}, "quote_length"),
        ({"start_s": 40.0, "end_s": 41.0}, "span_elsewhere"),
        ({"end_s": 1000.0}, "span_outside"),
        ({"pause_at_s": 2.0}, "pause_misplaced"),
        ({"pause_at_s": SENTENCES[1].end_s + 3}, "pause_in_sentence"),
        ({"pause_at_s": 0.0}, "pause_outside"),
        ({"stem": "What do we call the stromal fluid?"}, "key_in_stem"),
        ({"stem": "What surrounds the granum?"}, "option_in_stem"),
        ({"choices": (*GOOD.choices, Choice("Stroma fluid", False))}, "several_right"),
        ({"stem": "What does this surround?"}, "points_away"),
        ({"stem": "How is it called?"}, "points_away"),
        ({"stem": "With open addressing, what happens when its list gets long?"}, "points_away"),
        ({"chapter": "The stroma and the thylakoids"}, "key_is_title"),
    ],
)
def test_each_check_refuses_with_its_reason(change: dict[str, object], reason: str) -> None:
    assert check_question(replace(GOOD, **change), GROUNDS) == reason  # type: ignore[arg-type]


def test_a_key_or_number_that_was_not_said_is_refused() -> None:
    other = replace(
        GOOD, answer="Cytosol", choices=(Choice("Granum", False), Choice("Cytosol", True), Choice("Membrane", False))
    )
    assert check_question(other, GROUNDS) == "key_not_said"
    said = SENTENCES[5]
    dated = replace(
        GOOD,
        stem="When was the monarchy abolished?",
        quote=said.text,
        start_s=said.start_s,
        end_s=said.end_s,
        pause_at_s=said.end_s,
    )
    choices = tuple(Choice(text, text == "1793") for text in ("1791", "1793", "1794"))
    assert check_question(replace(dated, answer="1793", choices=choices), GROUNDS) == "number_not_said"


def test_a_key_that_stands_in_the_lesson_s_title_is_refused() -> None:
    assert check_question(GOOD, replace(GROUNDS, titles=("Stromas: an introduction",))) == "key_is_title"
    assert check_question(GOOD, replace(GROUNDS, titles=("Photosynthesis",))) is None


def test_a_right_option_that_alone_repeats_the_stem_is_refused() -> None:
    said = SENTENCES[4]
    texts = (said.text.rstrip("."), "Thylakoids hold all the pigments of the leaf", "Granum stacks let through air")
    asked = replace(
        GOOD,
        stem="How does chlorophyll treat daylight?",
        answer=texts[0],
        choices=tuple(Choice(text, text == texts[0]) for text in texts),
        quote=said.text,
        start_s=said.start_s,
        end_s=said.end_s,
        pause_at_s=said.end_s,
    )
    assert check_question(asked, GROUNDS) == "key_echoes_stem"
    rivals = (*asked.choices[:2], Choice("Chlorophyll lets through every colour but blue", False))
    assert check_question(replace(asked, choices=rivals), GROUNDS) is None
    assert check_question(replace(asked, kind="short_answer", choices=()), GROUNDS) is None


def test_a_statement_about_what_the_viewer_is_doing_is_refused() -> None:
    choices = (Choice("True", True), Choice("False", False))
    judged = replace(
        GOOD,
        kind="true_false",
        stem="True or false: You are breathing the stroma that surrounds thylakoids.",
        answer="True",
        choices=choices,
    )
    assert check_question(judged, GROUNDS) == "second_person"
    assert check_question(replace(judged, stem="True or false: Thylakoids are in the stroma."), GROUNDS) is None


def test_a_card_whose_pause_comes_after_its_answer_is_refused() -> None:
    assert check_question(replace(CARD, pause_at_s=SENTENCES[4].end_s), GROUNDS) == "pause_misplaced"


def test_the_gate_is_the_sum_of_its_checks() -> None:
    assert len(CHECKS) == len(set(CHECKS))
    assert all(check(GOOD, GROUNDS) is None for check in CHECKS)
