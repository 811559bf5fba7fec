"""A lesson with a quiz that changes, in a store of its own."""

import json
from pathlib import Path
from shutil import copyfile
from typing import Any

from quizsys.models.assets import Asset
from quizsys.models.quizzes import Quiz
from quizsys.questions.question import QuizDraft
from quizsys.services import generation
from quizsys.services.claims import Claim
from quizsys.services.following import follow_transcript
from quizsys.services.transcripts import Origin, find_current, insert_revision
from tests.direct_store import DirectStore
from tests.quizzing import SAID, add_lesson, make_transcript
from tests.sharing import QUESTIONS

MORE = (
    "The pores in the surface of a leaf are called stomata.",
    "The enzyme that fixes carbon dioxide is called rubisco.",
    "The green pigment that absorbs light is called chlorophyll.",
    "The sugar that plants store is called starch.",
)
HEARD_FIRST = (*SAID, *MORE)
Snapshot = dict[str, dict[str, Any]]


class World:
    def __init__(self, database: Path) -> None:
        self.database = database

    def open(self, folder: Path) -> None:
        copyfile(self.database, folder / "app.db")
        self.store = DirectStore(folder / "app.db")
        self.store.write(add_lesson)
        self.store.write(self.hear, HEARD_FIRST, 0.0)
        self.quiz_id = self.store.write(self.add_quiz)

    def hear(self, said: tuple[str, ...], from_s: float) -> None:
        """A new transcript, which the quiz follows."""
        asset = Asset.get_by_id("asset")
        asset.metadata = {"duration": 120.0}
        asset.save()
        insert_revision(asset, make_transcript(*said, from_s=from_s), Origin())
        follow_transcript("p", "asset")

    def add_quiz(self) -> str:
        return str(generation.apply_quiz(self.claim(), self.draft(QUESTIONS))["quiz_id"])

    def claim(self, **payload: str) -> Claim:
        return Claim("job", "p", "asset", "quiz_generation", dict(payload), 1, "me")

    def draft(self, found: tuple[Any, ...]) -> QuizDraft:
        current = find_current("asset")
        return QuizDraft("Plants", "offline-1", found, (), "", current.id if current else "")

    def look(self) -> tuple[Snapshot, int, str]:
        """Quiz and questions, also removed ones, by id and column; the revision and the status."""
        return self.store.look(self._look)  # type: ignore[no-any-return]

    def _look(self) -> tuple[Snapshot, int, str]:
        quiz = Quiz.get_by_id(self.quiz_id)
        cursor = self.store.db.execute_sql("SELECT * FROM questions WHERE quiz_id = ?", (self.quiz_id,))
        names = [told[0] for told in cursor.description]
        found = {row["id"]: row for row in (dict(zip(names, values, strict=True)) for values in cursor.fetchall())}
        for row in found.values():
            assert row.pop("revision") <= quiz.revision
            del row["updated_at"]
            row["provenance"] = json.loads(row["provenance"])
        return found | {quiz.id: {"title": quiz.title}}, quiz.revision, quiz.status
