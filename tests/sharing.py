"""A published quiz with a question of every kind and a link to it, as learners find them."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.running import Server
from quizsys.clock import utc_now
from quizsys.config import read_settings
from quizsys.db import Store
from quizsys.engine import apply_migrations
from quizsys.models.quizzes import APPROVED, QuestionRow
from quizsys.questions.question import Choice, QuizDraft
from quizsys.schemas.links import LinkCreateRequest
from quizsys.services.claims import Claim
from quizsys.services.generation import apply_quiz
from quizsys.services.links import create_link
from quizsys.services.transcripts import find_current
from quizsys.services.versions import publish_quiz
from tests.quizzing import add_lesson, make_question
from tests.wire import Answer, call, send_json

STEPS = ("Light hits the leaf", "Water is split", "Sugar is made")
PAIRS = (("granum", "a stack"), ("stroma", "a fluid"), ("lumen", "a space"))
QUESTIONS = (
    make_question(0, "What do we call a stack of thylakoids?", "Granum", "Stroma", "Lumen"),
    make_question(
        2,
        "Which are limiting factors?",
        "Light, Temperature",
        kind="multiple_choice",
        choices=(Choice("Light", True), Choice("Music", False), Choice("Temperature", True), Choice("Prayer", False)),
    ),
    make_question(1, "True or false: the stroma is a fluid.", "True", "False", kind="true_false"),
    make_question(3, "What does a plant close?", "Stomata", kind="short_answer", variants=("stomas",)),
    make_question(2, "How many factors are there?", "3", kind="numeric", tolerance=0.5),
    make_question(0, "Put in order.", "", kind="ordering", choices=tuple(Choice(step, True) for step in STEPS)),
    make_question(
        1, "Match.", "", kind="matching", choices=tuple(Choice(left, True, match=right) for left, right in PAIRS)
    ),
    make_question(3, "Why does it close them?", "To save water", kind="open"),
)
KINDS = tuple(question.kind for question in QUESTIONS)


def publish(questions: tuple[Any, ...] = QUESTIONS, asset_id: str = "asset", project_id: str = "p") -> str:
    """A lesson with a published quiz; returns the quiz's id."""
    add_lesson(asset_id, project_id)
    claim = Claim("job", project_id, asset_id, "quiz_generation", {}, 1, "me")
    current = find_current(asset_id)
    assert current is not None
    quiz_id = str(apply_quiz(claim, QuizDraft("Plants", "offline-1", questions, (), "", current.id))["quiz_id"])
    approve(quiz_id)
    publish_quiz(project_id, quiz_id, "Ada")
    return quiz_id


def approve(quiz_id: str) -> None:
    """All its questions."""
    QuestionRow.update(status=APPROVED).where(QuestionRow.quiz_id == quiz_id).execute()


def share(quiz_id: str, project_id: str = "p", **asked: Any) -> dict[str, Any]:
    """A link to it; returns it as its teacher sees it."""
    return create_link(project_id, quiz_id, dict(LinkCreateRequest().load(asked)), "Ada")


def prepare(folder: Path, *works: Callable[[], Any]) -> list[Any]:
    """Do this in the database of a server that is not running (yet)."""
    env = {"STORAGE_ROOT": str(folder), "DATABASE_URL": f"sqlite:///{folder}/app.db", "LOG_FILE": ""}
    settings = read_settings(env, dotenv=None)
    apply_migrations(settings)

    async def run() -> list[Any]:
        store = Store(settings.database_url)
        await store.open()
        try:
            return [await store.run(work) for work in works]
        finally:
            await store.close()

    return asyncio.run(run())


class Device:
    """A learner's, at a link; `key` once it has been told."""

    def __init__(self, server: Server, token: str, key: str = "") -> None:
        self.server, self.root, self.key = server, f"/share/{token}", key
        self.attempt: dict[str, Any] = {}
        self.made = 0

    @property
    def headers(self) -> dict[str, object]:
        return {"x-learner-key": self.key} if self.key else {}

    def get(self, path: str = "", **headers: object) -> Answer:
        return call(self.server, "GET", self.root + path, **(self.headers | headers))

    def post(self, path: str, body: object, **headers: object) -> Answer:
        return send_json(self.server, self.root + path, body, **(self.headers | headers))

    def start(self, name: str = "Eve") -> dict[str, Any]:
        given = self.post("/attempts", {"name": name})
        assert given.status in (200, 201), given
        self.attempt = given.json()
        self.key = self.attempt["learner_key"] or self.key
        return self.attempt

    @property
    def place(self) -> str:
        return f"/attempts/{self.attempt['id']}"

    def read(self) -> dict[str, Any]:
        given = self.get(self.place)
        assert given.status == 200, given
        return dict(given.json())

    def find(self, kind: str) -> dict[str, Any]:
        """The question of that kind, as it stands."""
        return next(question for question in self.read()["questions"] if question["kind"] == kind)

    def send(self, question: dict[str, Any], answer: object, **more: object) -> Answer:
        self.made += 1
        body = {"client_id": f"{utc_now():%H%M%S%f}-{self.made}", "question_id": question["id"], "answer": answer}
        return self.post(f"{self.place}/answers", body | more)


def answer_something(question: dict[str, Any]) -> dict[str, Any]:
    """Any answer that a question takes."""
    count, prompts = len(question["choices"]), len(question["prompts"])
    values = {"choice": 0, "choices": [], "order": list(range(count)), "pairs": [0] * prompts, "text": "?"}
    return {question["form"]: values[question["form"]]}


def answer_right(question: dict[str, Any]) -> dict[str, Any]:
    """A right answer to one of QUESTIONS as its learner sees it."""
    match question["kind"]:
        case "single_choice":
            return {"choice": question["choices"].index("Granum")}
        case "true_false":
            return {"choice": question["choices"].index("True")}
        case "multiple_choice":
            return {"choices": sorted(question["choices"].index(text) for text in ("Light", "Temperature"))}
        case "ordering":
            return {"order": [question["choices"].index(step) for step in STEPS]}
        case "matching":
            right = dict(PAIRS)
            return {"pairs": [question["matches"].index(right[prompt]) for prompt in question["prompts"]]}
        case "numeric":
            return {"text": "3 factors"}
        case "short_answer":
            return {"text": "the Stomata."}
    return {"text": "Because it saves water."}
