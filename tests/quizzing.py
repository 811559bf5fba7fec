"""A quiz with a transcript under it, for tests of what teachers do."""

from typing import Any

from media.transcript import Segment, Transcript, Word
from quizsys.models.assets import Asset
from quizsys.questions.question import Choice, Maker, Question, QuizDraft
from quizsys.services.claims import Claim
from quizsys.services.generation import apply_quiz
from quizsys.services.transcripts import Origin, find_current, insert_revision
from tests.queueing import add_asset

SAID = (
    "A stack of thylakoids is called a granum.",
    "The fluid that surrounds the thylakoids is called the stroma.",
    "The three main limiting factors are light, carbon dioxide and temperature.",
    "In a drought, a plant closes its stomata to save water.",
)
MADE = Maker("offline-1", pattern="called", score=0.6)


def make_transcript(*said: str, from_s: float = 0.0) -> Transcript:
    """A sentence every ten seconds, half a second for each word."""
    segments = []
    for place, sentence in enumerate(said):
        start_s = from_s + 10.0 * place
        words = [Word(start_s + 0.5 * n, start_s + 0.5 * n + 0.5, text, 0.9) for n, text in enumerate(sentence.split())]
        segments.append(Segment(start_s, words[-1].end_s, sentence, tuple(words)))
    return Transcript("en", "test", tuple(segments))


def make_question(place: int, stem: str, right: str, *wrong: str, **more: Any) -> Question:
    choices = (Choice(right, True, "Right."), *(Choice(text, False, "No.") for text in wrong))
    values = {
        "kind": "single_choice",
        "stem": stem,
        "choices": choices if wrong else (),
        "answer": right,
        "explanation": "",
        "quote": SAID[place],
        "start_s": 10.0 * place,
        "end_s": 10.0 * place + 0.5 * len(SAID[place].split()),
        "pause_at_s": 10.0 * place + 9,
        "chapter": "",
        "bloom": "remember",
        "difficulty": "medium",
        "maker": MADE,
    }
    return Question(**(values | more))


QUESTIONS = (
    make_question(0, "What do we call a stack of thylakoids?", "Granum", "Stroma", "Lumen"),
    make_question(1, "What do we call the fluid around the thylakoids?", "Stroma", "Granum", "Cytosol"),
    make_question(3, "What does a plant close in a drought?", "Stomata", kind="short_answer"),
)


def add_lesson(asset_id: str = "asset", project_id: str = "p") -> None:
    """A video of a minute with a transcript."""
    add_asset(asset_id, project_id)
    Asset.update(metadata={"duration": 60.0}).where(Asset.id == asset_id).execute()
    insert_revision(Asset.get_by_id(asset_id), make_transcript(*SAID), Origin())


def add_quiz(asset_id: str = "asset", project_id: str = "p") -> str:
    """As the generator would; returns its id."""
    current = find_current(asset_id)
    claim = Claim("job", project_id, asset_id, "quiz_generation", {}, 1, "me")
    draft = QuizDraft("Plants", "offline-1", QUESTIONS, (), "", current.id if current else "")
    return str(apply_quiz(claim, draft)["quiz_id"])
