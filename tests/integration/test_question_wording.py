"""Questions are worded so that they stand alone, hold no slips of the recogniser, and never point at their own key."""

import pytest

from media.slides import Slide
from media.transcript import Segment, Transcript, Word
from quizsys.questions import Lesson, Question
from quizsys.questions.board import read_board
from quizsys.questions.language import parse
from quizsys.questions.offline import write_questions
from quizsys.questions.scenes import Scenes
from quizsys.questions.statements import find_flaw

CHAINING = (
    "Separate chaining",
    "Each bucket holds a linked list\nLookup: hash, then walk the chain",
    (
        "So, a hash table is a data structure that stores pairs of keys and values.",
        "Underneath there is an array, and each slot of the array is called a bucket.",
        "With separate chaining, each bucket holds a linked list of all its entries.",
        "When a bucket is full, the whole table turns into one long list.",
        "A hash function must be deterministic, which means that the same key always gives the same hash.",
    ),
)
ADDRESSING = (
    "Open addressing",
    "All entries live in the array itself\nLinear probing: try the next slot\nTombstones mark deleted slots",
    (
        "With open addressing, all the entries live in the array itself.",
        "If a slot is taken, we look for another one, and linear probing simply tries the next slot.",
        "Now, what happens when we delete an entry?",
        "So instead of emptying a deleted slot, we leave a marker in it, and that marker is called a tombstone.",
        "Can we avoid collisions altogether?",
        "No, collisions cannot be avoided because there are more possible keys than buckets.",
        "And they come sooner than you would expect in a group of just 23 people.",
        "The keys should be immutable because it's hash changes if a key changes after it was inserted.",
        "French society was divided into two legal groups, which were called estates.",
    ),
)

RESIZING = (
    "Load factor and resizing",
    "Load factor = entries / buckets",
    (
        "The load factor is the number of entries divided by the number of buckets.",
        "Why do people like fast programs?",
        "People like fast programs because nobody likes to wait for a slow machine.",
    ),
)
SACS = (
    "The plastid",
    "Granum: a stack of sacs\nStroma: the fluid\nThylakoids: flattened sacs",
    (
        "A stack of sacs in the plastid is called a granum.",
        "The fluid that surrounds the stacks is called the stroma.",
        "The flattened sacs inside the plastid are called thylakoids.",
        "The granum catches the light, and the stroma holds the enzymes of the plastid.",
    ),
)


def make_lesson(*shown: tuple[str, str, tuple[str, ...]], unsure: str = "") -> Lesson:
    segments, slides, now_s = [], [], 0.0
    for title, text, say in shown:
        start_s = now_s
        for sentence in say:
            words = tuple(
                Word(now_s + 0.35 * place, now_s + 0.35 * place + 0.3, word, 0.5 if word == unsure else 0.95)
                for place, word in enumerate(sentence.split())
            )
            segments.append(Segment(words[0].start_s, words[-1].end_s, sentence, words))
            now_s = words[-1].end_s + 5.0
        slides.append(Slide(start_s, now_s, title, f"{title}\n{text}", "", 1.0))
    return Lesson("Hash tables", now_s + 1, Transcript("en", "test", tuple(segments)), tuple(slides))


@pytest.fixture(scope="module")
def questions() -> tuple[Question, ...]:
    return write_questions(make_lesson(CHAINING, ADDRESSING), count=20).questions


def find(questions: tuple[Question, ...], words: str) -> Question:
    return next(question for question in questions if words in question.stem)


def test_a_consequence_without_rivals_of_its_build_is_to_be_written(questions: tuple[Question, ...]) -> None:
    asked = find(questions, "when a bucket is full")
    assert (asked.kind, asked.choices) == ("short_answer", ())
    assert asked.answer == "The whole table turns into one long list"


def test_no_clause_of_the_lecture_stands_beside_a_key_that_it_does_not_rival(questions: tuple[Question, ...]) -> None:
    assert not any(question.choices and len(question.answer.split()) > 4 for question in questions)


def test_a_stem_names_the_method_on_its_slide(questions: tuple[Question, ...]) -> None:
    assert find(questions, "if a slot is taken").stem.startswith("With open addressing, what happens")
    assert find(questions, "delete an entry").stem == "With open addressing, what happens when we delete an entry?"


def test_the_array_is_said_to_be_a_hash_table_s(questions: tuple[Question, ...]) -> None:
    assert find(questions, "each slot of the array").stem == "In hash tables, what do we call each slot of the array?"


def test_the_lesson_s_title_is_never_the_answer(questions: tuple[Question, ...]) -> None:
    assert not any("hash table" in question.answer.lower().split(".")[0][:12] for question in questions)
    refused = write_questions(make_lesson(CHAINING, ADDRESSING), count=20).refused
    assert "key_is_title" in {refusal.reason for refusal in refused}


def test_a_slide_s_title_that_holds_the_answer_is_not_shown(questions: tuple[Question, ...]) -> None:
    others = write_questions(make_lesson(CHAINING, RESIZING), count=20).questions
    assert find(others, "entries divided by").chapter == ""
    assert find(questions, "if a slot is taken").chapter == "Open addressing"


def test_a_lecturer_s_question_that_stands_alone_is_asked_as_it_was() -> None:
    others = write_questions(make_lesson(CHAINING, RESIZING), count=20).questions
    assert find(others, "fast programs").stem == "Why do people like fast programs?"


def test_a_yes_no_card_asks_why_and_ends_with_its_reason(questions: tuple[Question, ...]) -> None:
    card = find(questions, "avoid collisions")
    assert card.stem.endswith("Why or why not?")
    assert card.answer == "No, collisions cannot be avoided because there are more possible keys than buckets."


def test_a_card_s_answer_starts_without_its_link(questions: tuple[Question, ...]) -> None:
    card = find(questions, "delete an entry")
    assert card.answer.startswith("Instead of emptying")
    assert card.quote.startswith("So instead of emptying")


def test_groups_are_asked_for_without_single_things_beside_them(questions: tuple[Question, ...]) -> None:
    asked = find(questions, "two legal groups")
    assert asked.stem.endswith("groups. What were they called?")
    assert (asked.kind, asked.answer) == ("short_answer", "Estates")


def test_a_plural_key_has_no_single_things_beside_it() -> None:
    title, shown, (_, *say) = SACS
    lesson = make_lesson((title, shown, (*say, *CHAINING[2])))
    asked = find(write_questions(lesson, count=20).questions, "flattened sacs")
    assert (asked.kind, asked.choices, asked.answer) == ("short_answer", (), "Thylakoids")


def test_terms_explained_one_after_the_other_are_to_be_matched() -> None:
    (asked,) = (question for question in write_questions(make_lesson(SACS)).questions if question.kind == "matching")
    assert [(choice.text, choice.match) for choice in asked.choices] == [
        ("Granum", "A stack of sacs"),
        ("Stroma", "The fluid that surrounds the stacks"),
        ("Thylakoids", "The flattened sacs inside the plastid"),
    ]


def test_a_sentence_whose_verb_was_heard_badly_is_not_asked_about() -> None:
    heard = make_lesson(CHAINING, ADDRESSING, unsure="turns")
    draft = write_questions(heard, count=20)
    assert not any("turns into one long list" in question.quote for question in draft.questions)
    assert "misheard" in {refusal.reason for refusal in draft.refused}


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("the enzyme rubisco is carbon dioxide to 5 carbon sugar called RuBP.", "broken"),
        ("the plant turns carbon dioxide into 5 carbon sugar.", "broken"),
        ("the plant turns carbon dioxide into a 5-carbon sugar.", None),
        ("practice is the key to success in mathematics.", None),
        ("the island is home to many kinds of birds.", None),
        ("the rate rose in 1961 wartime production figures.", None),
    ],
)
def test_a_broken_sentence_is_told_from_a_whole_one(text: str, flaw: str | None) -> None:
    assert find_flaw(next(iter(parse([text])))) == flaw


@pytest.mark.parametrize(
    ("title", "settings"),
    [
        ("Photosynthesis: turning light into sugar", ["photosynthesis"]),
        ("The French Revolution, 1789-1799", ["the French Revolution"]),
        ("Hash tables", ["hash tables"]),
        ("Why the system broke down", []),
        ("Lecture 3", []),
        ("What limits the rate?", []),
    ],
)
def test_only_a_title_that_is_a_short_term_is_a_setting(title: str, settings: list[str]) -> None:
    said = "today photosynthesis is compared with the French Revolution and with hash tables in this Lecture on rate."
    scenes = Scenes(read_board([Slide(0, 9, title, title, "", 1.0)]), title, said)
    assert list(filter(None, scenes.topics)) == settings
