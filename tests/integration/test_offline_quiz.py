"""A spoken lesson becomes a quiz whose every question is proven, fit to be asked, and asked once."""

import pickle
from dataclasses import replace

import pytest

from media.slides import Slide
from media.transcript import Segment, Transcript, Word
from quizsys.questions import Lesson, QuizDraft
from quizsys.questions.offline import write_questions
from quizsys.questions.sentences import join_text, list_sentences

SLIDES = (
    (
        "The chloroplast",
        "Chloroplast: the organelle\nThylakoids: flattened sacs\nGranum: a stack of thylakoids\nStroma: fluid",
        (
            "Good morning everyone, and welcome back to biology.",
            "Right, so photosynthesis is the process by which plants use the energy of light to make sugar.",
            "A stack of thylakoids is called a granum.",
            "The fluid that surrounds the thylakoids is called the stroma.",
            "The light reactions take place in the membranes, while the Calvin cycle takes place in the stroma.",
            "I always picture a pile of green coins standing in a bowl of soup.",
        ),
    ),
    (
        "What limits the rate?",
        "Limiting factors: light, CO2, temperature\nToo hot: enzymes lose their shape",
        (
            "Finally, what limits the rate of photosynthesis?",
            "The three main limiting factors are light intensity, carbon dioxide concentration and temperature.",
            "If it gets too hot, the enzymes lose their shape, and the rate falls.",
            "When a pigment absorbs a photon, one of its electrons is raised to a higher energy level.",
            "The cycle needs three turns, no, sorry, I mean six turns, for one glucose.",
            "Now, what happens when a plant runs out of water?",
            "You simply wait for rain.",
            "No, wait, that's wrong, a plant cannot just wait.",
            "In a drought, a plant closes its stomata to save water, and that also cuts off its carbon dioxide.",
            "The lab reports are due on Friday.",
        ),
    ),
)
NOISE = ("Good morning", "I always picture", "three turns", "You simply wait", "No, wait", "due on Friday")


def make_lesson(repeat: int = 1) -> Lesson:
    segments, slides, now_s = [], [], 0.0
    for title, text, say in SLIDES * repeat:
        start_s = now_s
        for sentence in say:
            words = tuple(
                Word(now_s + 0.35 * place, now_s + 0.35 * place + 0.3, word, 0.9)
                for place, word in enumerate(sentence.split())
            )
            segments.append(Segment(words[0].start_s, words[-1].end_s, sentence, words))
            now_s = words[-1].end_s + 0.4
        slides.append(Slide(start_s, now_s, title, f"{title}\n{text}", "", 1.0))
    return Lesson("Photosynthesis", now_s + 1, Transcript("en", "test", tuple(segments)), tuple(slides))


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return make_lesson()


@pytest.fixture(scope="module")
def quiz(lesson: Lesson) -> QuizDraft:
    return write_questions(lesson, count=8)


def test_a_dense_lesson_gives_several_questions_of_several_kinds(quiz: QuizDraft) -> None:
    assert len(quiz.questions) >= 4
    assert {"open", "short_answer", "true_false"} <= {question.kind for question in quiz.questions}
    assert quiz.note == ""


def test_every_quote_stands_in_the_transcript_and_every_time_in_the_video(lesson: Lesson, quiz: QuizDraft) -> None:
    text = join_text(list_sentences(lesson.transcript))
    for question in quiz.questions:
        assert question.quote in text
        assert 0 <= question.start_s < question.end_s <= lesson.duration_s
        assert 0 < question.pause_at_s <= lesson.duration_s


def test_a_card_pauses_before_its_answer_and_other_questions_after_their_proof(quiz: QuizDraft) -> None:
    for question in quiz.questions:
        before = question.pause_at_s <= question.start_s
        assert before == (question.kind == "open")


def test_nothing_is_asked_about_noise_or_what_was_taken_back(quiz: QuizDraft) -> None:
    for question in quiz.questions:
        assert not any(noise in question.quote for noise in NOISE)


def test_a_card_whose_answer_was_taken_back_reveals_the_corrected_one(quiz: QuizDraft) -> None:
    card = next(question for question in quiz.questions if "runs out of water" in question.stem)
    assert card.answer.startswith("In a drought")


def test_the_key_is_the_term_that_the_lecturer_gave(quiz: QuizDraft) -> None:
    keys = {question.stem: question.answer for question in quiz.questions}
    assert keys.get("What do we call a stack of thylakoids?", "Granum").lower() == "granum"
    assert keys.get("What do we call the fluid that surrounds the thylakoids?", "Stroma").lower() == "stroma"


def test_the_same_lesson_gives_the_same_quiz(lesson: Lesson, quiz: QuizDraft) -> None:
    assert write_questions(lesson, count=8) == quiz


def test_a_seed_gives_one_quiz_and_another_seed_another(lesson: Lesson) -> None:
    first, same, other = (write_questions(lesson, count=3, seed=seed) for seed in (1, 1, 2))
    assert first == same
    assert first.questions != other.questions


def test_a_lesson_said_twice_is_asked_once() -> None:
    stems = [question.stem for question in write_questions(make_lesson(repeat=3), count=40).questions]
    assert len(stems) == len(set(stems))


def test_count_caps_the_quiz(lesson: Lesson) -> None:
    assert len(write_questions(lesson, count=2).questions) == 2


def test_a_quiz_crosses_a_process_border(quiz: QuizDraft) -> None:
    assert pickle.loads(pickle.dumps(quiz)) == quiz


def test_progress_only_rises_to_the_end(lesson: Lesson) -> None:
    seen: list[float] = []
    write_questions(lesson, report=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 100


def test_no_punctuation_no_english_and_nothing_said_are_told_in_a_sentence(lesson: Lesson) -> None:
    bare = (
        " ".join(" ".join(segment.text.split()) for segment in lesson.transcript.segments)
        .replace(".", "")
        .replace("?", "")
    )
    cases = {
        "full stops": Transcript("en", "test", (Segment(0, 60, bare, ()),)),
        "English only": replace(lesson.transcript, language="es"),
        "hardly anything": Transcript("en", "test", ()),
    }
    for words, transcript in cases.items():
        draft = write_questions(replace(lesson, transcript=transcript))
        assert draft.questions == ()
        assert words in draft.note


def test_spanish_under_an_english_label_gives_nothing(lesson: Lesson) -> None:
    said = "La fotosíntesis es el proceso por el cual las plantas usan la energía de la luz. " * 6
    draft = write_questions(replace(lesson, transcript=Transcript("en", "test", (Segment(0, 90, said.strip(), ()),))))
    assert draft.questions == ()
    assert draft.note


def test_a_question_tells_a_later_ranker_what_it_was_made_by(quiz: QuizDraft) -> None:
    assert all(question.maker.pattern and question.maker.score for question in quiz.questions)
