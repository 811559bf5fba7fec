"""Learners at a link: what they are told and when, what counts, and that nothing of theirs is lost or doubled."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import apsw
import pytest

from benchmarks.running import Server, start_server, stop_server
from quizsys.models.assets import Asset
from tests.sharing import KINDS, Device, answer_right, prepare, publish
from tests.wire import Answer, check_refusal, send_json

# Words that stand in right answers, feedback and evidence alone, never in a question.
SECRETS = ("Right.", "is called a granum", "limiting factors are", "stomata", "To save water", "called the stroma")


@dataclass(frozen=True)
class School:
    server: Server
    quiz_id: str

    def share(self, **asked: Any) -> dict[str, Any]:
        given = send_json(self.server, f"/projects/p/quizzes/{self.quiz_id}/links", asked)
        assert given.status == 201, given
        return dict(given.json())

    def enter(self, **asked: Any) -> Device:
        """A new learner at a new link, started."""
        device = Device(self.server, self.share(**asked)["token"])
        device.start()
        return device

    def change(self, link: dict[str, Any], **changes: Any) -> dict[str, Any]:
        path = f"/projects/p/links/{link['id']}"
        return dict(self.server.call("PATCH", path, json.dumps(changes).encode()))


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory, small_video: bytes) -> Iterator[School]:
    folder = tmp_path_factory.mktemp("school")
    (quiz_id, _) = prepare(folder, publish, add_picture)
    for name, data in (("uploads/p/asset.mp4", small_video), ("thumbnails/p/asset.jpg", b"a picture")):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(data)
    server = start_server(folder, WORKER_CONCURRENCY=0, METADATA_EXPORT="false", AUTH_FAILURES_PER_MINUTE=30)
    try:
        yield School(server, quiz_id)
    finally:
        assert stop_server(server) == 0


def add_picture() -> None:
    Asset.update(thumbnail_path="thumbnails/p/asset.jpg").execute()


def read_all(device: Device) -> str:
    """All that a learner can get to know, but the video."""
    got = [device.get(path) for path in ("", "/attempts", device.place)]
    got += [device.get(device.place + path) for path in ("/captions.vtt", "/transcript")]
    assert {answer.status for answer in got} == {200}
    return "".join(answer.body.decode() for answer in got)


def find_leaks(told: str) -> set[str]:
    return {secret for secret in SECRETS if secret in told}


@pytest.mark.parametrize("shuffle", [False, True])
def test_every_kind_is_asked_without_its_answer_and_graded_as_it_was_shown(school: School, shuffle: bool) -> None:
    device = school.enter(shuffle=shuffle)
    assert sorted(question["kind"] for question in device.attempt["questions"]) == sorted(KINDS)
    assert find_leaks(read_all(device)) == set()
    for question in device.attempt["questions"]:
        told = device.send(question, answer_right(question)).json()
        graded = question["kind"] != "open"
        assert told["question"]["score"] == (1.0 if graded else None)
        assert told["question"]["feedback"]["is_right"] is (True if graded else None)
        assert told["question"]["answer"] == answer_right(question)
    done = device.post(f"{device.place}/finish", {}).json()
    assert (done["status"], done["score"], done["max_score"], done["questions_answered"]) == ("finished", 7.0, 7.0, 8)
    assert find_leaks(read_all(device)) == set(SECRETS)


def test_what_is_told_as_right_would_get_all_points(school: School) -> None:
    device = school.enter(shuffle=True)
    for question in device.attempt["questions"]:
        if question["form"] != "text":
            wrong = {"choice": {"choice": 0}, "choices": {"choices": []}, "pairs": {"pairs": [None] * 3}}
            given = wrong.get(question["form"], {"order": [2, 0, 1]})
            feedback = device.send(question, given).json()["question"]["feedback"]
            assert feedback["right"] == answer_right(question)


@pytest.mark.parametrize("feedback", ["each", "end", "after_close", "never"])
def test_nothing_is_told_before_it_is_due(school: School, feedback: str) -> None:
    link = school.share(feedback=feedback)
    device = Device(school.server, link["token"])
    device.start()
    question = device.find("short_answer")
    told = device.send(question, {"text": "roots"})
    everything = told.body.decode() + read_all(device)
    assert ("Stomata" in everything) == (feedback == "each")
    # The open question, still to be answered, is proven by the same words.
    assert find_leaks(everything) == set()
    assert told.json()["question"]["score"] == (0.0 if feedback == "each" else None)
    device.post(f"{device.place}/finish", {})
    assert (find_leaks(read_all(device)) == set(SECRETS)) == (feedback in ("each", "end"))
    assert (device.read()["score"] == 0.0) == (feedback in ("each", "end"))
    school.change(link, closed=True)
    assert (find_leaks(read_all(device)) == set(SECRETS)) == (feedback != "never")
    assert (device.get("/attempts").json()[0]["score"] == 0.0) == (feedback != "never")


def test_a_question_with_tries_left_tells_no_more_than_its_points(school: School) -> None:
    device = school.enter(tries_allowed=2)
    question = device.find("single_choice")
    wrong = question["choices"].index("Lumen")
    first = device.send(question, {"choice": wrong}).json()["question"]
    assert (first["score"], first["tries_left"], first["feedback"]) == (0.0, 1, None)
    assert "is called a granum" not in read_all(device)
    second = device.send(question, answer_right(question)).json()
    assert (second["try_number"], second["question"]["score"], second["question"]["tries_left"]) == (2, 1.0, 0)
    assert second["attempt"]["score"] == 1.0
    check_refusal(device.send(question, {"choice": wrong}), 409, "conflict", "no try is left")


def test_who_got_it_right_needs_no_other_try(school: School) -> None:
    device = school.enter(tries_allowed=5)
    question = device.find("true_false")
    told = device.send(question, answer_right(question)).json()["question"]
    assert (told["tries_left"], told["feedback"]["is_right"]) == (0, True)


def test_without_feedback_an_answer_can_be_changed_until_the_end_and_the_last_counts(school: School) -> None:
    device = school.enter(feedback="end")
    question = device.find("true_false")
    for choice in (0, 1, 0):
        assert device.send(question, {"choice": choice}).json()["question"]["answer"] == {"choice": choice}
    assert device.post(f"{device.place}/finish", {}).json()["score"] == 1.0
    check_refusal(device.send(question, {"choice": 1}), 409, "conflict", "finished")


def test_a_proof_that_proves_another_question_too_waits_for_both(school: School) -> None:
    device = school.enter()
    first, second = device.find("short_answer"), device.find("open")
    told = device.send(second, {"text": "?"}).json()["question"]["feedback"]
    assert (told["right_text"], told["quote"]) == ("To save water", None)
    told = device.send(first, {"text": "?"}).json()["question"]["feedback"]
    assert told["quote"].startswith("In a drought")


def test_captions_and_transcript_open_up_question_by_question(school: School) -> None:
    device = school.enter()
    before = device.get(f"{device.place}/transcript").json()
    assert [segment["text"] for segment in before["segments"]] == [""] * 4
    assert device.get(f"{device.place}/captions.vtt").body.decode().count("[…]") == 4
    for kind in ("numeric", "multiple_choice"):
        question = device.find(kind)
        device.send(question, answer_right(question))
    after = device.get(f"{device.place}/transcript").json()
    assert [bool(segment["text"]) for segment in after["segments"]] == [False, False, True, False]
    assert [segment["is_hidden"] for segment in after["segments"]] == [True, True, False, True]
    assert "limiting factors" in device.get(f"{device.place}/captions.vtt").body.decode()


def test_a_link_for_those_who_cannot_hear_leaves_nothing_out(school: School) -> None:
    device = school.enter(full_captions=True)
    assert "stomata" in device.get(f"{device.place}/captions.vtt").body.decode()
    assert find_leaks(device.get(device.place).body.decode()) == set()


def test_the_video_stops_and_goes_on_where_the_data_says(school: School) -> None:
    device = school.enter()
    pauses = device.attempt["pauses"]
    assert [pause["at_s"] for pause in pauses] == [9.0, 19.0, 29.0, 39.0]
    assert [len(pause["question_ids"]) for pause in pauses] == [2, 2, 2, 2]
    assert device.attempt["due_now"] == []
    body = {"position_s": 20.5, "spans": [{"client_id": "a", "start_s": 0, "end_s": 20.5}]}
    assert device.post(f"{device.place}/watched", body).json()["position_s"] == 20.5
    passed = [name for pause in pauses[:2] for name in pause["question_ids"]]
    assert device.read()["due_now"] == passed
    question = device.find("true_false")
    device.send(question, answer_right(question), position_s=21, elapsed_ms=1500)
    state = device.read()
    assert state["due_now"] == [name for name in passed if name != question["id"]]
    assert state["position_s"] == 21


def test_the_same_answer_five_times_counts_once(school: School) -> None:
    device = school.enter(tries_allowed=9, feedback="end")
    question = device.find("true_false")
    with ThreadPoolExecutor(5) as pool:
        work = partial(device.send, question, {"choice": 0}, client_id="same")
        told = [answer.json() for answer in pool.map(lambda _: work(), range(5))]
    assert sorted(answer["is_repeat"] for answer in told) == [False, True, True, True, True]
    assert {answer["try_number"] for answer in told} == {1}
    assert device.find("true_false")["tries"] == 1
    check_refusal(device.send(question, {"choice": 1}, client_id="same"), 409, "conflict", "client_id")


def test_two_devices_at_once_lose_nothing(school: School) -> None:
    phone = school.enter()
    laptop = Device(school.server, phone.root.removeprefix("/share/"), phone.key)
    assert laptop.start()["id"] == phone.attempt["id"]
    assert (laptop.attempt["learner_key"], laptop.attempt["questions"]) == (None, phone.attempt["questions"])
    halves = (phone, phone.attempt["questions"][:4]), (laptop, phone.attempt["questions"][4:])

    def work(half: tuple[Device, list[dict[str, Any]]]) -> list[Answer]:
        return [half[0].send(question, answer_right(question)) for question in half[1]]

    with ThreadPoolExecutor(2) as pool:
        assert {answer.status for half in pool.map(work, halves) for answer in half} == {200}
    assert (phone.read()["questions_answered"], laptop.read()["score"]) == (8, 7.0)


def test_two_devices_that_answer_one_question_at_once_are_told_apart(school: School) -> None:
    device = school.enter()
    question = device.find("true_false")
    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(answer.status for answer in pool.map(lambda n: device.send(question, {"choice": n}), (0, 1)))
    assert statuses == [200, 409]
    assert device.find("true_false")["tries"] == 1


@pytest.mark.parametrize(("policy", "score"), [("first", 0.0), ("last", 0.5), ("best", 1.0)])
def test_which_attempt_counts_is_the_links_policy(school: School, policy: str, score: float) -> None:
    link = school.share(policy=policy, attempts_allowed=3)
    device = Device(school.server, link["token"])
    for picked in ([], ["Light", "Temperature"], ["Light"]):
        device.start()
        question = device.find("multiple_choice")
        device.send(question, {"choices": [question["choices"].index(text) for text in picked]})
        device.post(f"{device.place}/finish", {})
    check_refusal(device.post("/attempts", {}), 409, "conflict", "3 attempts")
    listed = device.get("/attempts").json()
    assert [(attempt["number"], attempt["score"]) for attempt in listed] == [(1, 0.0), (2, 1.0), (3, 0.5)]
    assert [attempt["score"] for attempt in listed if attempt["counts"]] == [score]
    (learner,) = school.server.call("GET", f"/projects/p/links/{link['id']}/learners")
    assert (learner["name"], learner["attempts"], learner["counted"]["score"]) == ("Eve", 3, score)


def test_learners_mark_their_open_answers_where_the_link_lets_them(school: School) -> None:
    device = school.enter(self_marking=True)
    assert device.attempt["max_score"] == 8.0
    question = device.find("open")
    check_refusal(device.send(question, {"self_mark": 1}), 409, "conflict", "mark yourself once")
    told = device.send(question, {"text": "To save water"}).json()["question"]
    assert (told["may_mark"], told["score"]) == (True, None)
    told = device.send(question, {"self_mark": 0.5}).json()
    assert (told["question"]["score"], told["question"]["self_mark"], told["attempt"]["score"]) == (0.5, 0.5, 0.5)
    assert told["question"]["answer"] == {"text": "To save water"}
    check_refusal(device.send(question, {"self_mark": 1}), 409, "conflict", "mark yourself once")
    other = device.find("short_answer")
    device.send(other, {"text": "?"})
    check_refusal(device.send(other, {"self_mark": 1}), 409, "conflict", "open question")


def test_a_link_opens_and_closes_in_time(school: School) -> None:
    link = school.share(opens_at="2999-01-01T00:00:00+01:00")
    device = Device(school.server, link["token"])
    assert (device.get().json()["state"], link["opens_at"]) == ("not_open", "2998-12-31T23:00:00.000000Z")
    for answer in (device.post("/attempts", {}), device.get("/video")):
        check_refusal(answer, 409, "conflict", "opens at 2998-12-31")
    school.change(link, opens_at=None)
    device.start()
    question = device.find("true_false")
    assert device.send(question, {"choice": 0}, client_id="kept").status == 200
    assert school.change(link, closes_at="2020-01-01T00:00:00Z")["state"] == "closed"
    check_refusal(device.send(device.find("numeric"), {"text": "3"}), 410, "gone", "closed")
    check_refusal(device.post("/attempts", {}), 410, "gone", "closed")
    check_refusal(device.post(f"{device.place}/finish", {}), 410, "gone", "closed")
    # The acknowledgement was lost, the answer was not.
    assert device.send(question, {"choice": 0}, client_id="kept").json()["is_repeat"] is True
    assert device.read()["status"] == "closed"
    assert school.change(link, closes_at=None)["state"] == "open"
    assert device.send(device.find("numeric"), {"text": "3"}).status == 200


def test_the_video_comes_by_range_to_whoever_has_the_link(school: School, small_video: bytes) -> None:
    device = Device(school.server, school.share()["token"])
    assert device.get("/thumbnail").status == 200
    part = device.get("/video", range="bytes=10-19")
    assert (part.status, part.body, part.headers["content-type"]) == (206, small_video[10:20], "video/mp4")
    assert "private" in part.headers["cache-control"]
    assert part.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("single_choice", {"choice": 3}),
        ("single_choice", {"choice": -1}),
        ("single_choice", {"choice": None}),
        ("single_choice", {"choice": "x"}),
        ("single_choice", {"choices": [1]}),
        ("single_choice", {"choice": 1, "text": "x"}),
        ("single_choice", {}),
        ("single_choice", []),
        ("single_choice", None),
        ("multiple_choice", {"choices": [0, 0]}),
        ("multiple_choice", {"choices": 0}),
        ("multiple_choice", {"choices": [0] * 1000}),
        ("ordering", {"order": [0, 1]}),
        ("ordering", {"order": [0, 1, 1]}),
        ("matching", {"pairs": [0, 1]}),
        ("matching", {"pairs": [0, 1, 9]}),
        ("numeric", {"text": 3}),
        ("numeric", {"text": "3" * 10_001}),
        ("numeric", {"text": "\0"}),
        ("open", {"text": "x", "self_mark": 1}),
        ("open", {"self_mark": 2}),
    ],
)
def test_what_answers_no_question_is_refused_with_its_place(school: School, kind: str, answer: object) -> None:
    device = school.enter(feedback="end")
    refused = device.send(device.find(kind), answer)
    check_refusal(refused, 422, "invalid")
    assert refused.json()["detail"][0]["loc"][:2] == ["body", "answer"]
    assert device.read()["questions_answered"] == 0


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"client_id": ""}, "client_id"),
        ({"client_id": "x" * 65}, "client_id"),
        ({"client_id": "a b"}, "client_id"),
        ({"question_id": "nobody"}, "question_id"),
        ({"elapsed_ms": -1}, "elapsed_ms"),
        ({"position_s": float("inf")}, "position_s"),
        ({"position_s": "soon"}, "position_s"),
    ],
)
def test_what_comes_with_an_answer_is_checked(school: School, more: dict[str, Any], place: str) -> None:
    device = school.enter()
    refused = device.send(device.find("true_false"), {"choice": 0}, **more)
    check_refusal(refused, 422, "invalid")
    assert place in refused.json()["detail"][0]["loc"] or place == "position_s"


def test_a_name_is_asked_for_as_the_link_says(school: School) -> None:
    device = Device(school.server, school.share(names="required")["token"])
    for body in ({}, {"name": "  "}):
        check_refusal(device.post("/attempts", body), 422, "invalid", "name")
    link = school.share(names="none")
    Device(school.server, link["token"]).start("Eve")
    (learner,) = school.server.call("GET", f"/projects/p/links/{link['id']}/learners")
    assert learner["name"] == ""


@pytest.mark.parametrize(
    "asked",
    [
        {"opens_at": "2030-01-02T00:00:00Z", "closes_at": "2030-01-01T00:00:00Z"},
        {"opens_at": "2030-01-02T00:00:00"},
        {"opens_at": "tomorrow"},
        {"opens_at": "0001-01-01T00:00:00+14:00"},
        {"attempts_allowed": 0},
        {"policy": "worst"},
        {"feedback": "end", "self_marking": True},
        {"name": "x" * 201},
    ],
)
def test_a_link_that_makes_no_sense_is_refused(school: School, asked: dict[str, Any]) -> None:
    check_refusal(send_json(school.server, f"/projects/p/quizzes/{school.quiz_id}/links", asked), 422, "invalid")


def test_a_learner_is_forgotten_with_all_that_the_learner_did(school: School) -> None:
    link = school.share()
    eve, bob = Device(school.server, link["token"]), Device(school.server, link["token"])
    for device in (eve, bob):
        device.start()
        device.send(device.find("true_false"), {"choice": 0})
    root = f"/projects/p/links/{link['id']}"
    assert [len(school.server.call("GET", f"{root}/{what}")) for what in ("learners", "attempts")] == [2, 2]
    school.server.call("DELETE", f"/projects/p/learners/{eve.attempt['learner_id']}")
    assert [row["id"] for row in school.server.call("GET", f"{root}/attempts")] == [bob.attempt["id"]]
    assert eve.get(eve.place).status == 401
    log = school.server.call("GET", f"/projects/p/attempts/{bob.attempt['id']}")
    assert [(row["value"], row["score"], row["try_number"]) for row in log["answers"]] == [({"choice": 0}, 1.0, 1)]
    school.server.call("DELETE", root)
    check_refusal(bob.get(), 404, "not_found")


def test_what_is_told_of_a_link_pages_and_stays_in_its_project(school: School) -> None:
    link = school.share(name="Class 3B", version=1)
    assert (link["name"], link["version"], link["state"], link["path"]) == (
        "Class 3B",
        1,
        "open",
        f"/share/{link['token']}",
    )
    listed = send_json(school.server, f"/projects/q/quizzes/{school.quiz_id}/links", {})
    check_refusal(listed, 404, "not_found")
    first = school.server.call("GET", f"/projects/p/quizzes/{school.quiz_id}/links?limit=1")
    assert [row["id"] for row in first] == [link["id"]]
    with pytest.raises(RuntimeError, match="404"):
        school.server.call("GET", f"/projects/q/links/{link['id']}")


def test_nothing_is_begun_while_the_quiz_is_not_published(school: School) -> None:
    link = school.share(version=1, attempts_allowed=2)
    device = Device(school.server, link["token"])
    device.start()
    school.server.call("POST", f"/projects/p/quizzes/{school.quiz_id}/unpublish")
    try:
        assert device.get().json()["is_published"] is False
        assert device.send(device.find("true_false"), {"choice": 0}).status == 200
        assert device.start()["number"] == 1
        device.post(f"{device.place}/finish", {})
        check_refusal(device.post("/attempts", {}), 409, "conflict", "not published")
        refused = send_json(school.server, f"/projects/p/quizzes/{school.quiz_id}/links", {"version": 1})
        check_refusal(refused, 404, "not_found", "not published")
    finally:
        school.server.call("POST", f"/projects/p/quizzes/{school.quiz_id}/publish")
    assert device.start()["number"] == 2


def test_a_video_takes_its_learners_along_when_it_is_deleted(school: School) -> None:
    (quiz_id,) = prepare(school.server.folder, partial(publish, asset_id="other"))
    link = send_json(school.server, f"/projects/p/quizzes/{quiz_id}/links", {}).json()
    device = Device(school.server, link["token"])
    device.start()
    device.send(device.find("true_false"), {"choice": 0})
    school.server.call("DELETE", "/projects/p/videos/other")
    assert device.get().status == 404
    with apsw.Connection(str(school.server.folder / "app.db"), flags=apsw.SQLITE_OPEN_READONLY) as db:
        for table in ("share_links WHERE id", "learners WHERE link_id", "attempts WHERE link_id"):
            assert list(db.execute(f"SELECT * FROM {table} = ?", (link["id"],))) == []
        assert list(db.execute("SELECT * FROM answers WHERE attempt_id = ?", (device.attempt["id"],))) == []


def test_the_audit_tells_what_teachers_do_and_not_what_learners_do(school: School) -> None:
    device = school.enter()
    device.send(device.find("true_false"), {"choice": 0})
    actions = {entry["action"] for entry in school.server.call("GET", "/audit")}
    assert "create_link" in actions
    assert actions & {"start_attempt", "add_answer"} == set()


def test_a_version_that_is_not_published_cannot_be_shared(school: School) -> None:
    refused = send_json(school.server, f"/projects/p/quizzes/{school.quiz_id}/links", {"version": 99})
    check_refusal(refused, 404, "not_found", "no version 99")


def test_links_and_keys_that_never_were_are_refused_and_guessing_ends(school: School) -> None:
    """The last one here: it uses up what this address may guess."""
    device = school.enter()
    other = school.enter()
    check_refusal(Device(school.server, "A" * 22).get(), 404, "not_found", "no such link")
    check_refusal(Device(school.server, "..").get("/attempts"), 404, "not_found")
    for key in ("", other.key, device.key[:-1], "qsyl_" + "A" * 43, "ü"):
        stranger = Device(school.server, device.root.removeprefix("/share/"), key)
        assert stranger.get(device.place).status == 401
    check_refusal(other.get(device.place), 404, "not_found")
    check_refusal(
        Device(school.server, other.root.removeprefix("/share/"), other.key).get(device.place), 404, "not_found"
    )
    by_query = Device(school.server, device.root.removeprefix("/share/"))
    assert by_query.get(f"{device.place}/captions.vtt?key={device.key}").status == 200
    assert by_query.post(f"{device.place}/finish?key={device.key}", {}).status == 401
    guesses = [Device(school.server, "B" * 22).get() for _ in range(31)]
    check_refusal(guesses[-1], 429, "too_many", "Wait")
    assert int(guesses[-1].headers["retry-after"]) > 0
    assert device.get(device.place).status == 200
