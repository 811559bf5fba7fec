"""Whatever teachers, machines and learners do to a quiz: it is what a plain model of undo says, what is published and
what is being answered stays, and no machine writes over a person."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from quizsys.errors import Code, QuizsysError
from quizsys.models.quizzes import APPROVED, ARCHIVED, DRAFT, PUBLISHED, REJECTED, QuestionRow
from quizsys.questions.question import Question
from quizsys.schemas.links import LinkCreateRequest
from quizsys.services import answers, attempts, links, questions, quizzes, regeneration, reviews, versions
from quizsys.services.answers import Given
from quizsys.services.attempts import Pass
from quizsys.services.claims import Claim
from quizsys.services.contents import BY_HUMAN, FIELDS
from quizsys.services.reviews import Asked
from tests.quiz_world import HEARD_FIRST, MORE, Snapshot, World
from tests.quizzing import SAID, make_question
from tests.sharing import QUESTIONS, answer_something

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
WHO = "Ada"
# What a change of the transcript writes, which is told and never undone.
HEARD = {"quote", "evidence_start_s", "evidence_end_s", "pause_at_s", "stale", "warnings", "transcript_id"}
picks = st.integers(0, 1000)
STEMS = st.sampled_from(["What is a stack called?", "Name the fluid around them.", "Which one closes?", "How many?"])
EDITS = st.fixed_dictionaries(
    {},
    optional={
        "stem": STEMS,
        "explanation": st.sampled_from(["", "Because.", "See the slide."]),
        "points": st.sampled_from([0.5, 1.0, 3.0]),
        "difficulty": st.sampled_from(["easy", "medium", "hard"]),
        "pause_at_s": st.sampled_from([9.0, 25.0, 40.0]),
        "chapter": st.sampled_from(["", "Leaves"]),
    },
)


def make_draft(place: int, stem: str, right: str, *wrong: str) -> Question:
    """About one of the sentences that no question asks about at first."""
    start_s = 10.0 * (len(SAID) + place)
    times = {"start_s": start_s, "end_s": start_s + 0.5 * len(MORE[place].split()), "pause_at_s": start_s + 9}
    return make_question(0, stem, right, *wrong, quote=MORE[place], **times)


NEW_DRAFTS = (
    make_draft(0, "What are the pores in a leaf called?", "Stomata", "Veins", "Hairs"),
    make_draft(1, "Which enzyme fixes carbon dioxide?", "Rubisco", "Amylase", "Lipase"),
    make_draft(2, "Which pigment absorbs light?", "Chlorophyll", "Melanin", "Haemoglobin"),
    make_draft(3, "Which sugar do plants store?", "Starch", "Lactose", "Glycogen"),
)


@pytest.fixture(scope="module")
def world(empty_database: Path) -> World:
    return World(empty_database)


def make_machine(world: World) -> type[RuleBasedStateMachine]:
    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.folder = TemporaryDirectory(prefix="quizsys-quiz-", dir=MEMORY)
            world.open(Path(self.folder.name))
            self.now, self.revision, self.status = world.look()
            self.done: list[tuple[Snapshot, Snapshot]] = []
            self.undone: list[tuple[Snapshot, Snapshot]] = []
            self.versions: dict[int, str] = {}
            self.sat: dict[str, tuple[Pass, Any]] = {}
            self.link = ""
            self.was_heard = False
            self.judge(list(range(len(QUESTIONS))), APPROVED)
            self.publish()

        def teardown(self) -> None:
            told = world.store.look(quizzes.get_quiz, "p", world.quiz_id)
            assert [question["id"] for question in told["questions"]] == self.question_ids()
            world.store.stop()
            self.folder.cleanup()

        def do(self, service: Callable[..., Any], *args: Any) -> Any:
            """Of the quiz. What is archived takes no change, and nothing is changed by what is refused."""
            try:
                return world.store.write(service, "p", world.quiz_id, *args)
            except QuizsysError as error:
                refusal = error
            assert refusal.code in (Code.CONFLICT, Code.NOT_FOUND), refusal
            assert world.look() == (self.now, self.revision, self.status)
            return refusal

        def note(self, outcome: Any) -> None:
            """A change that can be undone, if it was one."""
            found, revision, self.status = world.look()
            if isinstance(outcome, QuizsysError):
                return
            if found != self.now:
                assert revision > self.revision
                self.done.append((self.now, found))
                self.undone.clear()
            self.now, self.revision = found, revision

        def question_ids(self, *statuses: str) -> list[str]:
            rows = [row for row in self.now.values() if "stem" in row and not row["removed"]]
            fitting = [row for row in rows if not statuses or row["status"] in statuses]
            return [row["id"] for row in sorted(fitting, key=lambda row: (row["position"], row["id"]))]

        def pick(self, number: int) -> str:
            known = self.question_ids()
            return known[number % len(known)] if known else "none"

        @rule(number=picks, values=EDITS, is_late=st.booleans())
        def edit(self, number: int, values: dict[str, Any], is_late: bool) -> None:
            question_id = self.pick(number)
            base = self.revision - 1 if is_late else None
            is_seen = not is_late or self.question_revision(question_id) <= self.revision - 1
            try:
                args = ("p", world.quiz_id, question_id, base, values)
                proposal = world.store.look(questions.propose_edit, *args)
            except QuizsysError:
                assert not is_seen or self.status == ARCHIVED or question_id == "none"
                return
            assert is_seen
            outcome = self.do(questions.save_edit, question_id, WHO, proposal)
            before = self.now.get(question_id)
            self.note(outcome)
            if not isinstance(outcome, QuizsysError) and before is not None:
                self.check_edited(before, self.now[question_id], values)

        def question_revision(self, question_id: str) -> int:
            found = world.store.look(lambda: QuestionRow.get_or_none(QuestionRow.id == question_id))
            return found.revision if found else 0

        def check_edited(self, before: dict[str, Any], after: dict[str, Any], values: dict[str, Any]) -> None:
            for field in values:
                columns = FIELDS[field]
                if any(before[name] != after[name] for name in columns):
                    assert after["provenance"][field]["by"] == BY_HUMAN
            for name in ("stem", "explanation", "points", "difficulty"):
                assert after[name] == values.get(name, before[name])

        @rule(values=EDITS.filter(lambda values: "stem" in values))
        def write(self, values: dict[str, Any]) -> None:
            choices = [{"text": "Granum", "correct": True, "feedback": "", "match": ""}]
            choices += [{"text": text, "correct": False, "feedback": "", "match": ""} for text in ("Stroma", "Lumen")]
            told = values | {"choices": choices, "evidence": {"quote": SAID[0]}}
            self.note(self.do(questions.create_question, told, WHO))

        @rule(number=picks)
        def remove(self, number: int) -> None:
            self.note(self.do(questions.remove_question, self.pick(number), None, WHO))

        @rule(title=st.sampled_from(["Plants", "Leaves", "Light"]))
        def rename(self, title: str) -> None:
            self.note(self.do(questions.rename, title, None, WHO))

        @rule(seed=st.randoms(use_true_random=False))
        def reorder(self, seed: Any) -> None:
            order = self.question_ids()
            seed.shuffle(order)
            outcome = self.do(questions.reorder, order, None, WHO)
            self.note(outcome)
            assert isinstance(outcome, QuizsysError) or self.question_ids() == order

        @rule(
            numbers=st.lists(picks, min_size=1, max_size=8),
            verdict=st.sampled_from([APPROVED, APPROVED, REJECTED, DRAFT]),
        )
        def verdict(self, numbers: list[int], verdict: str) -> None:
            self.judge(numbers, verdict)

        def judge(self, numbers: list[int], verdict: str) -> None:
            asked = Asked(tuple(self.pick(number) for number in numbers), verdict, "Too easy.")
            outcome = self.do(reviews.judge, asked, WHO)
            self.note(outcome)
            if not isinstance(outcome, QuizsysError):
                assert {self.now[name]["status"] for name in asked.question_ids} == {verdict}

        @rule(number=picks, values=EDITS, places=st.permutations(range(len(NEW_DRAFTS))))
        def edit_and_regenerate(self, number: int, values: dict[str, Any], places: list[int]) -> None:
            self.edit(number, values, is_late=False)
            self.regenerate(number, places)

        @rule(number=picks, places=st.permutations(range(len(NEW_DRAFTS))))
        def regenerate(self, number: int, places: list[int]) -> None:
            """By a machine, which writes over nothing that a person wrote, and approves nothing."""
            question_id = self.pick(number)
            self.apply(world.claim(quiz_id=world.quiz_id, question_id=question_id), places, {question_id})

        @rule(places=st.permutations(range(len(NEW_DRAFTS))), count=st.integers(1, 3))
        def fill(self, places: list[int], count: int) -> None:
            claim = world.claim(quiz_id=world.quiz_id)
            claim.payload["questions"] = count
            self.apply(claim, places, set())

        def apply(self, claim: Claim, places: list[int], may_change: set[str]) -> None:
            before = self.now
            drafts = tuple(NEW_DRAFTS[place] for place in places)
            self.note(self.do(lambda *_: regeneration.apply_questions(claim, world.draft(drafts))))
            for row_id, row in before.items():
                if row_id not in may_change:
                    assert self.now[row_id] == row
                assert self.now[row_id] == row or self.now[row_id]["status"] == DRAFT
                for field, maker in row.get("provenance", {}).items():
                    if maker["by"] == BY_HUMAN and field in FIELDS and not self.was_heard:
                        assert all(self.now[row_id][name] == row[name] for name in FIELDS[field])
            for row_id in self.now.keys() - before.keys():
                assert self.now[row_id]["status"] == DRAFT

        @rule()
        def undo(self) -> None:
            self.replay(reviews.undo, self.done, self.undone, is_back=True)

        @rule()
        def redo(self) -> None:
            self.replay(reviews.redo, self.undone, self.done, is_back=False)

        @rule(steps=st.integers(1, 6))
        def undo_and_redo(self, steps: int) -> None:
            steps = min(steps, len(self.done))
            before = self.now
            for _ in range(steps):
                self.undo()
            for _ in range(steps):
                self.redo()
            self.compare(self.now, before)

        def replay(self, service: Any, source: list[Any], target: list[Any], *, is_back: bool) -> None:
            outcome = self.do(service, None, WHO)
            if isinstance(outcome, QuizsysError):
                assert self.status == ARCHIVED or not source
                return
            change = source.pop()
            target.append(change)
            self.now, self.revision, self.status = world.look()
            self.compare(self.now, change[0] if is_back else change[1])

        def compare(self, found: Snapshot, wanted: Snapshot) -> None:
            """Rows that a later change made are there, and not shown."""
            for row_id, row in found.items():
                if row_id not in wanted:
                    assert row["removed"]
                    continue
                loose = HEARD if self.was_heard else set()
                assert {k: v for k, v in row.items() if k not in loose} == {
                    k: v for k, v in wanted[row_id].items() if k not in loose
                }

        @rule()
        def publish_again(self) -> None:
            self.publish()

        def publish(self) -> None:
            outcome = self.do(versions.publish_quiz, WHO)
            self.note_status(outcome)
            if not isinstance(outcome, QuizsysError):
                found = world.store.look(self.read_versions)
                assert found.keys() - self.versions.keys() <= {outcome["version"]}
                self.versions = found | self.versions
                told = world.store.look(versions.get_version, "p", world.quiz_id)
                assert told["questions"] == outcome["questions"]
                asked = [question["id"] for question in outcome["questions"]]
                assert asked == self.question_ids(APPROVED)
                assert not any(self.now[name]["stale"] for name in asked)

        def read_versions(self) -> dict[int, str]:
            found = "SELECT version, content FROM quiz_versions WHERE quiz_id = ?"
            return dict(world.store.db.execute_sql(found, (world.quiz_id,)).fetchall())

        @rule(service=st.sampled_from([versions.unpublish_quiz, versions.archive_quiz]))
        def take_back(self, service: Any) -> None:
            self.note_status(self.do(service, WHO))

        @precondition(lambda self: self.status == ARCHIVED)
        @rule()
        def restore(self) -> None:
            self.note_status(self.do(versions.restore_quiz, WHO))

        def note_status(self, outcome: Any) -> None:
            """It changes no question, and cannot be undone."""
            found, revision, self.status = world.look()
            assert found == self.now
            assert isinstance(outcome, QuizsysError) or revision == self.revision + 1
            self.revision = revision

        @rule(number=picks)
        def answer(self, number: int) -> None:
            """A new learner begins what is published, and answers something."""
            if not self.link and self.versions and self.status == PUBLISHED:
                asked = dict(LinkCreateRequest().load({"shuffle": True, "attempts_allowed": 1}))
                self.link = world.store.write(links.create_link, "p", world.quiz_id, asked, WHO)["token"]
            if not self.link:
                return
            try:
                view, _ = world.store.write(attempts.start_attempt, Pass(self.link), "Eve")
            except QuizsysError:
                assert self.status != PUBLISHED
                return
            shown = Pass(self.link, view["learner_key"])
            question = view["questions"][number % len(view["questions"])]
            given = Given(f"client-{number}", question["id"], answer_something(question))
            world.store.write(answers.add_answer, shown, view["id"], given)
            self.sat[view["id"]] = (shown, self.read_attempt(shown, view["id"]))

        def read_attempt(self, shown: Pass, attempt_id: str) -> Any:
            return world.store.look(attempts.get_attempt, shown, attempt_id)

        @rule(place=st.integers(0, len(HEARD_FIRST) - 1), is_kept=st.booleans())
        def hear_anew(self, place: int, is_kept: bool) -> None:
            """The transcript: one sentence is another, or all come later."""
            said = (
                text if is_kept or number != place else "Nobody said this." for number, text in enumerate(HEARD_FIRST)
            )
            world.store.write(world.hear, tuple(said), float(place))
            before = self.now
            self.now, self.revision, self.status = world.look()
            self.was_heard = True
            self.compare(self.now, before)

        @invariant()
        def what_is_published_and_answered_stays(self) -> None:
            assert world.store.look(self.read_versions) == self.versions
            for attempt_id, (shown, seen) in self.sat.items():
                assert self.read_attempt(shown, attempt_id) == seen

        @invariant()
        def the_quiz_is_what_its_history_tells(self) -> None:
            assert world.look() == (self.now, self.revision, self.status)
            states = world.store.look(self.count_states)
            assert (states.get("done", 0), states.get("undone", 0)) == (len(self.done), len(self.undone))

        def count_states(self) -> dict[str, int]:
            counted = "SELECT state, count(*) FROM quiz_changes WHERE quiz_id = ? AND can_undo GROUP BY state"
            return dict(world.store.db.execute_sql(counted, (world.quiz_id,)).fetchall())

    return Machine


QUICK = settings(
    max_examples=12, stateful_step_count=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def test_a_quiz_is_what_people_made_of_it(world: World) -> None:
    run_state_machine_as_test(make_machine(world), settings=QUICK)


@pytest.mark.soak
def test_a_quiz_is_what_people_made_of_it_in_long_histories(world: World) -> None:
    long = settings(QUICK, max_examples=500, stateful_step_count=60, derandomize=False)
    run_state_machine_as_test(make_machine(world), settings=long)
