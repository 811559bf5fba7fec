"""kill -9 of the server at the moment when an answer was acknowledged: it is there, once, and its learner goes on."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.running import Server, start_server, stop_server
from tests.faults.test_killed import kill_server
from tests.sharing import Device, answer_right, prepare, publish, share

LEARNERS = 12


def start(folder: Path) -> Server:
    return start_server(folder, WORKER_CONCURRENCY=0, METADATA_EXPORT="false")


def test_what_was_acknowledged_when_the_server_is_killed_is_there_once(tmp_path: Path) -> None:
    (quiz_id,) = prepare(tmp_path, publish)
    (link,) = prepare(tmp_path, lambda: share(quiz_id))
    server = start(tmp_path)
    try:
        device = Device(server, link["token"])
        question = device.start()["questions"][0]
        told = device.send(question, answer_right(question), client_id="a")
        server.process.kill()
        assert told.status == 200
        kill_server(server)
        device.server = server = start(tmp_path)
        assert device.read()["questions_answered"] == 1
        again = device.send(question, answer_right(question), client_id="a").json()
        assert (again["is_repeat"], again["try_number"]) == (True, 1)
        devices = [Device(server, link["token"]) for _ in range(LEARNERS)]
        acknowledged = answer_until_killed(server, devices)
        server = start(tmp_path)
        for device in devices:
            device.server = server
            check_answers(device, acknowledged)
    finally:
        stop_server(server)


def answer_until_killed(server: Server, devices: list[Device]) -> list[tuple[str, str]]:
    """All answer at once; the server is killed at an acknowledgement. Returns those: attempt and question."""
    acknowledged: list[tuple[str, str]] = []

    def answer_all(device: Device) -> None:
        for question in device.attempt["questions"]:
            try:
                told = device.send(question, answer_right(question), client_id=f"of-{question['id']}")
            except OSError:
                return
            assert told.status == 200
            acknowledged.append((device.attempt["id"], question["id"]))
            if len(acknowledged) == LEARNERS * 3:
                server.process.kill()

    for device in devices:
        device.start()
    with ThreadPoolExecutor(LEARNERS) as pool:
        list(pool.map(answer_all, devices))
    assert LEARNERS * 3 <= len(acknowledged) < LEARNERS * 8
    kill_server(server)
    return acknowledged


def check_answers(device: Device, acknowledged: list[tuple[str, str]]) -> None:
    """Nothing is lost, and after all is sent again nothing is doubled."""
    answered = {question["id"] for question in device.read()["questions"] if question["tries"]}
    assert {name for attempt, name in acknowledged if attempt == device.attempt["id"]} <= answered
    questions = device.attempt["questions"]
    for question in questions:
        assert device.send(question, answer_right(question), client_id=f"of-{question['id']}").status == 200
    log = device.server.call("GET", f"/projects/p/attempts/{device.attempt['id']}")
    assert sorted(row["question_id"] for row in log["answers"]) == sorted(question["id"] for question in questions)
    assert log["score"] == 7.0
