"""A teacher's work on a quiz, through a real server: written, changed, judged, published, taken back."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.running import LESSON, Server, run_server
from tests.quizzing import SAID
from tests.wire import Answer, call, check_refusal, part, send_json, upload

P = "/projects/teach"
CHOICES = [{"text": "Granum", "correct": True, "feedback": "Yes."}, {"text": "Stroma"}, {"text": "Lumen"}]
GRANUM = {
    "stem": "What do we call a stack of thylakoids?",
    "choices": CHOICES,
    "evidence": {"quote": "a stack of thylakoids is called a granum"},
}
PAIR = {"text": "granum", "match": "stack"}
NO_QUESTIONS = (b"", b"{", b"[]", b'"x"', b'{"stem": "\\ud800"}', b'{"stem": 5}', b"\xff", b"x" * 1_100_000)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with run_server(WORKER_CONCURRENCY=0, METADATA_EXPORT="false") as running:
        yield running


@pytest.fixture(scope="module")
def video(server: Server) -> str:
    asset_id = str(upload(server, "teach", part(LESSON.read_bytes())).json()["asset_id"])
    assert say(server, asset_id, *SAID).status == 200
    return asset_id


def say(server: Server, asset_id: str, *said: str, from_s: int = 0) -> Answer:
    """Captions in place of the transcript: a sentence every ten seconds."""
    cues = [f"00:{(from_s + 10 * n) // 60:02}:{(from_s + 10 * n) % 60:02}.000 --> " for n in range(len(said))]
    ends = [f"00:{(from_s + 10 * n + 6) // 60:02}:{(from_s + 10 * n + 6) % 60:02}.000" for n in range(len(said))]
    lines = [f"{cue}{end}\n{text}\n" for cue, end, text in zip(cues, ends, said, strict=True)]
    body = "WEBVTT\n\n" + "\n".join(lines)
    return call(server, "PUT", f"{P}/videos/{asset_id}/transcript", body.encode(), content_type="text/vtt")


def send(server: Server, method: str, path: str, body: object = None, **headers: object) -> Answer:
    raw = b"" if body is None else json.dumps(body).encode()
    return call(server, method, path, raw, **({"content_type": "application/json"} | headers))


@pytest.fixture
def quiz(server: Server, video: str) -> str:
    """The path of an empty quiz."""
    made = send_json(server, f"{P}/videos/{video}/quizzes", {"title": "Plants"})
    assert (made.status, made.json()["revision"], made.json()["questions"]) == (201, 1, [])
    return f"{P}/quizzes/{made.json()['id']}"


def write(server: Server, quiz: str, **more: Any) -> dict[str, Any]:
    made = send_json(server, f"{quiz}/questions", GRANUM | more)
    assert made.status == 201, made
    return dict(made.json())


def read(server: Server, path: str) -> Any:
    answer = call(server, "GET", path)
    assert answer.status == 200, answer
    return answer.json()


def test_a_question_by_hand_gets_its_evidence_from_the_transcript(server: Server, quiz: str) -> None:
    made = write(server, quiz)
    assert (made["answer"], made["status"], made["origin"], made["points"]) == ("Granum", "draft", "human", 1)
    evidence = made["evidence"]
    assert evidence["quote"] == SAID[0]
    assert (evidence["start_s"], evidence["end_s"]) == (0, 6)
    assert (made["pause_at_s"], made["warnings"]) == (6, [])
    assert {field["by"] for field in made["provenance"].values()} == {"human"}
    by_time = write(server, quiz, evidence={"start_s": 10, "end_s": 16}, stem="What surrounds them?")
    assert by_time["evidence"]["quote"] == SAID[1]
    assert [doubt["code"] for doubt in by_time["warnings"]] == ["key_not_said"]


def test_a_question_sent_twice_is_written_once(server: Server, quiz: str) -> None:
    first, again = (send_json(server, f"{quiz}/questions", GRANUM, idempotency_key=quiz) for _ in range(2))
    assert (first.status, again.json()) == (201, first.json())
    assert len(read(server, quiz)["questions"]) == 1


def test_the_pause_goes_with_the_evidence_unless_a_person_set_it(server: Server, quiz: str) -> None:
    made = write(server, quiz, evidence={"quote": "a stack of thylakoids"})
    # At the end of the sentence, not of the quote.
    assert (made["evidence"]["end_s"] < 6, made["pause_at_s"]) == (True, 6)
    card = write(server, quiz, kind="open", choices=[], answer="", evidence={"quote": SAID[1]})
    assert (card["pause_at_s"], card["evidence"]["start_s"]) == (10, 10)
    question = f"{quiz}/questions/{made['id']}"
    change = {"evidence": {"quote": SAID[1]}, "base_revision": made["revision"]}
    assert send(server, "PATCH", question, change).json()["pause_at_s"] == 6
    nothing = write(server, quiz, evidence=None)
    assert (nothing["pause_at_s"] > 60, nothing["evidence"]["start_s"]) == (True, nothing["pause_at_s"])


def test_what_is_doubtful_is_told_and_kept(server: Server, quiz: str) -> None:
    for more, code in (
        ({"evidence": None}, "no_quote"),
        ({"evidence": {"quote": "Nobody ever said this."}}, "quote_not_said"),
        ({"stem": "What is a granum, of all things?"}, "key_in_stem"),
        ({"pause_at_s": 3}, "pause_misplaced"),
    ):
        made = write(server, quiz, **more)
        assert code in [doubt["code"] for doubt in made["warnings"]], more
        assert all(doubt["message"].endswith(".") for doubt in made["warnings"])


@pytest.mark.parametrize(
    ("more", "loc", "says"),
    [
        ({"stem": " \n "}, ["stem"], "needs a stem"),
        ({"choices": []}, ["choices"], "2 to 12 options"),
        ({"choices": [{"text": "a"}, {"text": "b"}]}, ["choices"], "No option is right"),
        ({"choices": [{"text": "a", "correct": True}, {"text": "b", "correct": True}]}, ["choices"], "2 options are"),
        ({"choices": [*CHOICES, {"text": " granum "}]}, ["choices", 3, "text"], "say the same"),
        ({"choices": [*CHOICES, {"text": ""}]}, ["choices", 3, "text"], "needs a text"),
        ({"choices": [*CHOICES, {"text": "x", "match": "y"}]}, ["choices", 3, "match"], "Only options of matching"),
        ({"choices": [{"correct": True}]}, ["choices", 0, "text"], "Field required"),
        ({"choices": "Granum"}, ["choices"], "valid list"),
        ({"choices": [{"text": "a"}] * 21}, ["choices"], "at most 20"),
        ({"kind": "essay"}, ["kind"], "Input should be"),
        ({"kind": "short_answer"}, ["choices"], "has no options"),
        ({"kind": "short_answer", "choices": [], "answer": " "}, ["answer"], "needs its right answer"),
        ({"kind": "numeric", "choices": [], "answer": "many"}, ["answer"], "needs a number"),
        ({"kind": "cloze"}, ["stem"], "one blank"),
        ({"kind": "true_false"}, ["choices"], "has 2 options"),
        (
            {"kind": "matching", "choices": [PAIR, {"text": "b"}]},
            ["choices", 1, "match"],
            "goes",
        ),
        ({"evidence": {"start_s": 9, "end_s": 3}}, ["evidence", "end_s"], "ends after"),
        ({"evidence": {"start_s": 400, "end_s": 410}}, ["evidence"], "Nothing is said"),
        ({"pause_at_s": 100000}, ["pause_at_s"], "The video ends"),
        ({"pause_at_s": -1}, ["pause_at_s"], "greater than or equal"),
        ({"points": "many"}, ["points"], "valid number"),
        ({"stem": None}, ["stem"], "valid string"),
        ({"stem": "x" * 2001}, ["stem"], "at most 2000"),
        ({"variants": [1]}, ["variants", 0], "valid string"),
        ({"bloom": "guess"}, ["bloom"], "Input should be"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_place(
    server: Server, quiz: str, more: dict[str, Any], loc: list[str | int], says: str
) -> None:
    answer = send_json(server, f"{quiz}/questions", GRANUM | more)
    check_refusal(answer, 422, "invalid", says)
    assert answer.json()["detail"][0]["loc"] == ["body", *loc]
    assert read(server, quiz)["questions"] == []


def test_every_kind_can_be_written_by_hand(server: Server, quiz: str) -> None:
    pairs = [{"text": "granum", "match": "stack"}, {"text": "stroma", "match": "fluid"}]
    for more, wanted in (
        ({"kind": "short_answer", "choices": [], "answer": "Granum", "variants": ["a granum", "a granum"]}, "Granum"),
        ({"kind": "numeric", "choices": [], "answer": "3", "tolerance": 0.5}, "3"),
        ({"kind": "matching", "choices": pairs}, "granum → stack; stroma → fluid"),
        ({"kind": "ordering", "choices": [{"text": "light"}, {"text": "sugar"}]}, "light; then sugar"),
        ({"kind": "open", "choices": [], "answer": "A stack."}, "A stack."),
        ({"kind": "multiple_choice", "choices": [*CHOICES, {"text": "grana", "correct": True}]}, "Granum; grana"),
        ({"kind": "cloze", "stem": "A stack of thylakoids is called a ____."}, "Granum"),
        ({"kind": "true_false", "choices": [{"text": "True", "correct": True}, {"text": "False"}]}, "True"),
    ):
        made = write(server, quiz, **more)
        assert (made["kind"], made["answer"]) == (more["kind"], wanted)
    listed = read(server, quiz)["questions"]
    assert [question["variants"] for question in listed[:2]] == [["a granum"], []]
    assert [question["tolerance"] for question in listed[:2]] == [0, 0.5]
    assert all(choice["correct"] for choice in listed[2]["choices"] + listed[3]["choices"])


def test_of_two_editors_the_second_is_told(server: Server, quiz: str) -> None:
    one, other = write(server, quiz), write(server, quiz, stem="What is a pile of thylakoids called?")
    seen = read(server, quiz)["revision"]
    first = send(server, "PATCH", f"{quiz}/questions/{one['id']}", {"stem": "A?", "base_revision": seen})
    assert (first.status, first.json()["stem"], first.headers["etag"]) == (200, "A?", f'"{seen + 1}"')
    second = send(server, "PATCH", f"{quiz}/questions/{one['id']}", {"stem": "B?", "base_revision": seen})
    check_refusal(second, 409, "conflict", "was changed in revision")
    for method, path, body in (
        ("PATCH", f"{quiz}/questions/{one['id']}", {"points": 2}),
        ("DELETE", f"{quiz}/questions/{one['id']}", None),
        ("POST", f"{quiz}/questions/{one['id']}/approve", None),
        ("POST", f"{quiz}/questions/{one['id']}/reject", {"reason": "x"}),
        ("POST", f"{quiz}/review", {"verdict": "approved", "question_ids": [other["id"], one["id"]]}),
        ("PATCH", quiz, {"title": "x"}),
        ("PUT", f"{quiz}/order", {"question_ids": [other["id"], one["id"]]}),
        ("POST", f"{quiz}/undo", None),
        ("POST", f"{quiz}/publish", None),
        ("DELETE", quiz, None),
    ):
        check_refusal(send(server, method, path, body, if_match=f'"{seen}"'), 409, "conflict")
    # Another question of the same quiz was not changed.
    assert send(server, "PATCH", f"{quiz}/questions/{other['id']}", {"points": 2}, if_match=f'"{seen}"').status == 200
    assert read(server, f"{quiz}/questions/{one['id']}")["stem"] == "A?"


def test_a_change_says_what_it_was_made_from(server: Server, quiz: str) -> None:
    question = f"{quiz}/questions/{write(server, quiz)['id']}"
    check_refusal(send(server, "PATCH", question, {"stem": "A?"}), 422, "invalid", "which revision")
    check_refusal(send(server, "PATCH", question, {"stem": "A?"}, if_match="yes"), 422, "invalid", "If-Match takes")
    check_refusal(send(server, "PATCH", question, {"base_revision": 2}), 422, "invalid", "at least one field")
    check_refusal(send(server, "PATCH", question, {"stem": "A?", "base_revision": 9}), 409, "conflict", "no revision 9")
    assert send(server, "PATCH", question, {"stem": "A?"}, if_match="*").status == 200


def test_a_change_is_credited_to_who_made_it_field_by_field(server: Server, quiz: str) -> None:
    made = write(server, quiz)
    change = {"stem": "What is it called?", "kind": "single_choice", "base_revision": made["revision"]}
    changed = send(server, "PATCH", f"{quiz}/questions/{made['id']}", change).json()
    fields = made["provenance"]
    assert [name for name in fields if changed["provenance"][name] != fields[name]] == ["stem"]
    assert changed["updated_at"] > made["updated_at"]


def test_verdicts_are_given_taken_back_and_given_at_once(server: Server, quiz: str) -> None:
    one, other = (write(server, quiz, stem=f"Stack number {n}?")["id"] for n in (1, 2))
    approved = send(server, "POST", f"{quiz}/questions/{one}/approve").json()
    assert approved["status"] == "approved"
    rejected = send(server, "POST", f"{quiz}/questions/{other}/reject", {"reason": "Too easy."}).json()
    assert (rejected["status"], rejected["reject_reason"]) == ("rejected", "Too easy.")
    assert send(server, "POST", f"{quiz}/questions/{other}/reopen").json()["reject_reason"] == ""
    before = read(server, quiz)["revision"]
    both = {"verdict": "approved", "question_ids": [one, other, other]}
    quiz_now = send(server, "POST", f"{quiz}/review", both).json()
    assert [question["status"] for question in quiz_now["questions"]] == ["approved", "approved"]
    assert quiz_now["revision"] == before + 1
    # Said twice, it is done once.
    assert send(server, "POST", f"{quiz}/review", both).json()["revision"] == before + 1
    summary = next(row for row in read(server, f"{P}/quizzes") if row["id"] == quiz_now["id"])
    assert (summary["approved"], summary["drafts"], summary["rejected"], summary["stale"]) == (2, 0, 0, 0)
    unknown = {"verdict": "approved", "question_ids": ["nobody"]}
    check_refusal(send(server, "POST", f"{quiz}/review", unknown), 404, "not_found", "Question not found")
    for wrong in ({}, {"verdict": "fine", "question_ids": [one]}, {"verdict": "draft", "question_ids": []}):
        check_refusal(send(server, "POST", f"{quiz}/review", wrong), 422, "invalid")


def test_undo_and_redo_go_back_and_forth_through_everything(server: Server, quiz: str) -> None:
    states = [stand(server, quiz)]
    one, other = (write(server, quiz, stem=f"Stack number {n}?")["id"] for n in (1, 2))
    states += [None, stand(server, quiz)]
    for method, path, body in (
        ("PATCH", f"{quiz}/questions/{one}", {"stem": "Changed?", "explanation": "So."}),
        ("POST", f"{quiz}/questions/{one}/approve", None),
        ("POST", f"{quiz}/questions/{other}/reject", {"reason": "No."}),
        ("PUT", f"{quiz}/order", {"question_ids": [other, one]}),
        ("PATCH", quiz, {"title": "Leaves"}),
        ("DELETE", f"{quiz}/questions/{other}", None),
    ):
        assert send(server, method, path, body, if_match="*").status in (200, 204)
        states.append(stand(server, quiz))
    for wanted in states[-2::-1]:
        assert send(server, "POST", f"{quiz}/undo").status == 200
        assert wanted in (None, stand(server, quiz))
    check_refusal(send(server, "POST", f"{quiz}/undo"), 409, "conflict", "nothing to undo")
    for wanted in states[1:]:
        assert send(server, "POST", f"{quiz}/redo").status == 200
        assert wanted in (None, stand(server, quiz))
    check_refusal(send(server, "POST", f"{quiz}/redo"), 409, "conflict", "nothing to redo")
    told = read(server, f"{quiz}/history")
    assert [entry["action"] for entry in told if entry["action"] not in ("undo", "redo")] == [
        *("removed", "renamed", "reordered", "rejected", "approved", "edited", "created", "created")
    ]
    edited = next(entry for entry in told if entry["action"] == "edited")
    assert edited["changes"][0]["changed"]["stem"] == {"before": "Stack number 1?", "after": "Changed?"}
    assert len(read(server, f"{quiz}/history?limit=3")) == 3


def stand(server: Server, quiz: str) -> Any:
    """The quiz but for what counts and dates its changes."""
    found = read(server, quiz)
    counted = ("revision", "updated_at")
    questions = [{k: v for k, v in question.items() if k not in counted} for question in found["questions"]]
    return {k: v for k, v in found.items() if k not in counted} | {"questions": questions}


def test_a_new_change_ends_what_could_be_redone(server: Server, quiz: str) -> None:
    question = f"{quiz}/questions/{write(server, quiz)['id']}"
    send(server, "PATCH", question, {"stem": "A?"}, if_match="*")
    send(server, "POST", f"{quiz}/undo")
    send(server, "PATCH", question, {"stem": "B?"}, if_match="*")
    check_refusal(send(server, "POST", f"{quiz}/redo"), 409, "conflict")
    assert send(server, "POST", f"{quiz}/undo").json()["questions"][0]["stem"] == GRANUM["stem"]


def test_what_is_published_stays_and_can_be_taken_back(server: Server, quiz: str) -> None:
    check_refusal(send(server, "POST", f"{quiz}/publish"), 409, "conflict", "Approve at least one")
    question = f"{quiz}/questions/{write(server, quiz)['id']}"
    write(server, quiz, stem="A second one that nobody approves?")
    send(server, "POST", f"{question}/approve")
    published = send(server, "POST", f"{quiz}/publish").json()
    assert (published["version"], len(published["questions"]), published["status"]) == (1, 1, "published")
    send(server, "PATCH", question, {"stem": "Changed since?"}, if_match="*")
    assert read(server, f"{quiz}/versions/1") == published
    assert send(server, "POST", f"{quiz}/publish").json()["version"] == 2
    assert read(server, quiz)["published_version"] == 2
    assert send(server, "POST", f"{quiz}/unpublish").json()["status"] == "draft"
    check_refusal(send(server, "POST", f"{quiz}/unpublish"), 409, "conflict", "not published")
    check_refusal(call(server, "GET", f"{quiz}/versions/3"), 404, "not_found", "no version 3")
    assert call(server, "GET", f"{quiz}/versions/x").status == 404
    assert [row["version"] for row in read(server, f"{quiz}/versions")] == [2, 1]
    check_refusal(send(server, "DELETE", quiz), 409, "conflict", "Archive it")


def test_an_archived_quiz_is_left_alone(server: Server, quiz: str) -> None:
    question = f"{quiz}/questions/{write(server, quiz)['id']}"
    assert send(server, "POST", f"{quiz}/archive").json()["status"] == "archived"
    for method, path, body in (
        ("PATCH", question, {"stem": "A?"}),
        ("DELETE", question, None),
        ("POST", f"{question}/approve", None),
        ("POST", f"{quiz}/questions", GRANUM),
        ("POST", f"{quiz}/undo", None),
        ("POST", f"{quiz}/publish", None),
        ("POST", f"{quiz}/archive", None),
    ):
        check_refusal(send(server, method, path, body, if_match="*"), 409, "conflict", "Restore it")
    assert quiz.rsplit("/", 1)[1] in {row["id"] for row in read(server, f"{P}/quizzes?status=archived")}
    assert send(server, "POST", f"{quiz}/restore").json()["status"] == "draft"
    check_refusal(send(server, "POST", f"{quiz}/restore"), 409, "conflict", "Only an archived")
    assert send(server, "DELETE", quiz).status == 204
    check_refusal(call(server, "GET", quiz), 404, "not_found", "Quiz not found")


def test_quizzes_are_listed_in_pages_and_by_video(server: Server, video: str, quiz: str) -> None:
    send(server, "PATCH", quiz, {"title": "Changed last"}, if_match="*")
    first = call(server, "GET", f"{P}/quizzes?limit=1")
    assert [row["title"] for row in first.json()] == ["Changed last"]
    following = call(server, "GET", first.headers["link"].split(">")[0][1:])
    assert following.json()[0]["id"] != first.json()[0]["id"]
    assert read(server, f"{P}/quizzes?asset_id=nobody") == []
    assert len(read(server, f"{P}/quizzes?asset_id={video}")) == len(read(server, f"{P}/quizzes"))
    check_refusal(call(server, "GET", f"{P}/quizzes?status=lost"), 422, "invalid")


def test_another_projects_quiz_cannot_be_touched(server: Server, quiz: str) -> None:
    question = write(server, quiz)["id"]
    elsewhere = quiz.replace("/teach/", "/elsewhere/")
    for method, path, body in (
        ("GET", "", None),
        ("PATCH", "", {"title": "mine"}),
        ("DELETE", "", None),
        ("POST", "/questions", GRANUM),
        ("PATCH", f"/questions/{question}", {"stem": "Mine?"}),
        ("POST", f"/questions/{question}/approve", None),
        ("POST", "/publish", None),
        ("POST", "/undo", None),
        ("GET", "/history", None),
        ("GET", "/versions", None),
    ):
        check_refusal(send(server, method, elsewhere + path, body, if_match="*"), 404, "not_found", "Quiz not found")
    other = write(server, quiz_of(server, quiz))["id"]
    check_refusal(send(server, "POST", f"{quiz}/questions/{other}/approve"), 404, "not_found", "Question not found")


def quiz_of(server: Server, quiz: str) -> str:
    """Another quiz about the same video."""
    asset_id = read(server, quiz)["asset_id"]
    return f"{P}/quizzes/{send_json(server, f'{P}/videos/{asset_id}/quizzes', {}).json()['id']}"


def test_every_verdict_is_logged_with_what_was_seen(server: Server, quiz: str) -> None:
    made = write(server, quiz)
    question = f"{quiz}/questions/{made['id']}"
    send(server, "PATCH", question, {"stem": "A?"}, if_match="*")
    send(server, "POST", f"{question}/approve")
    send(server, "POST", f"{quiz}/undo")
    send(server, "POST", f"{question}/reject", {"reason": "Dull."})
    answer = call(server, "GET", f"{P}/decisions")
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.body.splitlines()]
    mine = [line for line in lines if line["question_id"] == made["id"]]
    assert [line["verdict"] for line in mine] == ["edit", "accept", "withdraw", "reject"]
    assert (mine[0]["before"]["stem"], mine[0]["after"]["stem"]) == (GRANUM["stem"], "A?")
    assert mine[-1]["reason"] == "Dull."
    after = call(server, "GET", f"{P}/decisions?after={mine[1]['id']}&limit=1").body.splitlines()
    assert [json.loads(line)["id"] for line in after] == [mine[2]["id"]]
    assert call(server, "GET", "/projects/nothing/decisions").body == b""


def test_questions_follow_a_corrected_transcript(server: Server) -> None:
    asset_id = upload(server, "teach", part(LESSON.read_bytes() + b"\0")).json()["asset_id"]
    say(server, asset_id, *SAID)
    made = send_json(server, f"{P}/videos/{asset_id}/quizzes", {}).json()
    quiz = f"{P}/quizzes/{made['id']}"
    question = f"{quiz}/questions/{write(server, quiz)['id']}"
    send(server, "POST", f"{question}/approve")
    say(server, asset_id, *SAID, from_s=20)
    moved = read(server, question)
    assert (moved["evidence"]["start_s"], moved["evidence"]["end_s"], moved["stale"]) == (20, 26, "")
    assert (moved["evidence"]["transcript_revision"], moved["status"]) == (2, "approved")
    say(server, asset_id, "A pile of thylakoids is called a granum.", *SAID[1:], from_s=20)
    stale = read(server, question)
    assert "A pile of thylakoids" in stale["stale"]
    check_refusal(send(server, "POST", f"{quiz}/publish"), 409, "conflict", "is stale")
    send(server, "POST", f"{question}/reopen")
    check_refusal(send(server, "POST", f"{question}/approve"), 409, "conflict", "is stale")
    # The words are given anew by their time.
    fresh = send(server, "PATCH", question, {"evidence": {"start_s": 20, "end_s": 26}}, if_match="*").json()
    assert (fresh["stale"], fresh["evidence"]["quote"]) == ("", "A pile of thylakoids is called a granum.")
    assert send(server, "POST", f"{question}/approve").status == 200
    assert send(server, "POST", f"{quiz}/publish").status == 200
    # What undo brings back is compared with the transcript of today.
    for _ in range(2):
        send(server, "POST", f"{quiz}/undo")
    back = read(server, question)
    assert (back["evidence"]["quote"], back["evidence"]["transcript_revision"]) == (SAID[0], 3)
    assert "A pile" in back["stale"]
    # And when the words come back, so does the proof.
    say(server, asset_id, *SAID)
    assert (read(server, question)["stale"], read(server, question)["evidence"]["start_s"]) == ("", 0)


@pytest.mark.parametrize("body", NO_QUESTIONS)
def test_what_is_no_question_is_refused(server: Server, quiz: str, body: bytes) -> None:
    answer = send_json(server, f"{quiz}/questions", body)
    assert answer.status in (413, 422), answer
    assert read(server, quiz)["questions"] == []
