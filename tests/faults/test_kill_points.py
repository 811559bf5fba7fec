"""kill -9 of the server at every place between two steps, under a client that repeats what was not acknowledged.

Whatever was killed when: nothing is lost, nothing is there twice, nothing is left over, and all is as if nothing had
happened. The client does the same with and without the fault, and the tables have as many rows.
"""

import re
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from benchmarks.running import ROOT, start_server, stop_server
from quizsys.models.webhooks import EVERY_EVENT
from quizsys.services.files import record_files
from quizsys.services.webhooks import NewWebhook, create_webhook
from tests.faults import client, invariants
from tests.faults.client import CUT, Client
from tests.faults.test_restore_killed import RESTORING
from tests.receiver import Receiver, receive
from tests.sharing import prepare, publish, share

TABLES = (
    *("jobs", "assets", "files", "scenes", "transcripts", "segments", "quizzes", "questions", "quiz_versions"),
    *("quiz_changes", "answers", "receipts", "webhooks", "webhook_deliveries", "share_links"),
)
STEPS = (
    *(client.send_form, client.send_pieces, client.begin_attempt, client.answer, client.ingest, client.find_scenes),
    *(client.find_scenes, client.export, client.edit_and_publish, client.cancel, client.delete),
)
ARRIVING = ("bytes_written", "bytes_synced", "bytes_checked", "bytes_joined", "upload_looked_at", "upload_lent")
PLACING = ("file_synced", "file_renamed", "folder_exchanged", "upload_placed", "file_removed")
WORKING = ("seat_given_work", "job_worked", "job_moved", "change_told", "message_posted")
# Where no server of this test comes by: see test_the_points_are_all_in_a_test.
ELSEWHERE = ("seat_began", "seat_ended", "migrated", "backup_written", "parts_joined", *RESTORING)
SERVICES = (
    *("begin_upload", "create_asset", "finish_upload", "delete_video", "forget_doomed"),
    *("answer_once", "claim_job", "finish", "cancel_held", "request_cancel", "rescue_jobs"),
    *("start_attempt", "add_answer", "finish_attempt", "rename", "publish_quiz"),
    *("claim_deliveries", "finish_delivery", "bind_storage"),
)
COMMITS = [f"{word}.{name}" for name in SERVICES for word in ("commit", "committed")]
# In the order in which the client comes by.
SHORT = (
    *("upload_looked_at:1", "committed.create_asset:1", "message_posted:1", "commit.add_answer:3"),
    *("committed.finish:1", "file_removed:1"),
)
PASSES = 2


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receive() as listening:
        yield listening


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> tuple[Path, str, str]:
    """A folder with a published quiz and a webhook that is told of everything; the quiz's id, and a link's token."""
    folder = tmp_path_factory.mktemp("template")
    video = folder / "uploads" / "p" / "asset.mp4"
    video.parent.mkdir(parents=True)
    video.write_bytes(b"")
    hook = NewWebhook(receiver.url, (EVERY_EVENT,))
    (quiz_id,) = prepare(folder, publish)
    works = (lambda: record_files("p", "asset", {"uploads/p/asset.mp4": 0}), lambda: create_webhook(None, hook))
    link, *_ = prepare(folder, lambda: share(quiz_id), *works)
    invariants.write(folder, f"UPDATE assets SET checksum = '{invariants.hash_of(video)}'")
    return folder, quiz_id, link["token"]


class Trial:
    """A server on a copy of the template, its client, and what hears of it all."""

    def __init__(self, folder: Path, template: tuple[Path, str, str], data: bytes, receiver: Receiver) -> None:
        source, quiz_id, token = template
        self.folder = Path(shutil.copytree(source, folder))
        self.settings = {
            "WORKER_CONCURRENCY": 1,
            "JOB_RETRY_DELAY_SECONDS": 0,
            "DRAIN_S": 1,
            "METADATA_EXPORT": "false",
            "WEBHOOK_ALLOW_PRIVATE": "true",
            "WEBHOOK_TIMEOUT_S": 2,
            "WEBHOOK_RETRY_DELAYS_S": ",".join(["0.2"] * 40),
        }
        self.receiver = receiver
        self.client = Client(data, token, quiz_id)

    def meet(self, fault: str) -> bool:
        """Work until the fault kills the server; False if it never comes by there."""
        try:
            self.start(FAULT=fault)
            with suppress(*CUT):
                self.client.go_on(STEPS)
            is_killed = self.server.process.wait(5) == -signal.SIGKILL
        except RuntimeError:
            is_killed = True  # while it started
        except subprocess.TimeoutExpired:
            is_killed = stop_server(self.server) != 0
        invariants.check_no_process(self.folder)
        invariants.check_integrity(self.folder)
        return is_killed

    def start(self, **more: str) -> None:
        self.server = self.client.server = start_server(self.folder, **self.settings, **more)

    def finish(self) -> Counter[str]:
        """Go on with a new server to the end; all holds. Returns how many rows the tables have."""
        self.start()
        try:
            self.client.go_on(STEPS)
            invariants.wait_until_settled(self.folder)
            client.wait_until_heard(self.folder)
            invariants.check_running(self.server, **self.client.acknowledged)
        finally:
            code = stop_server(self.server)
        assert code == 0
        invariants.check_all(self.folder, **self.client.acknowledged)
        self.check_heard()
        return Counter({table: invariants.count(self.folder, table) for table in TABLES})

    def check_heard(self) -> None:
        """Every message came, and the same one each time that it came again."""
        bodies: dict[str, set[bytes]] = {}
        for message in self.receiver.messages:
            bodies.setdefault(message.id, set()).add(message.body)
        for row in invariants.read(self.folder, "SELECT id, status FROM webhook_deliveries"):
            assert (row["status"], len(bodies[row["id"]])) == ("delivered", 1)


@pytest.fixture(scope="module")
def undisturbed(
    template: tuple[Path, str, str],
    small_video: bytes,
    receiver: Receiver,
    tmp_path_factory: pytest.TempPathFactory,
) -> Counter[str]:
    trial = Trial(tmp_path_factory.mktemp("undisturbed") / "storage", template, small_video, receiver)
    rows = trial.finish()
    assert rows["jobs"] == 5
    assert rows["answers"] == 8
    return rows


@pytest.fixture
def trial(tmp_path: Path, template: tuple[Path, str, str], small_video: bytes, receiver: Receiver) -> Trial:
    return Trial(tmp_path / "storage", template, small_video, receiver)


def test_kills_between_two_steps_change_nothing(trial: Trial, undisturbed: Counter[str]) -> None:
    for fault in SHORT:
        assert trial.meet(fault), fault
    assert trial.finish() == undisturbed


@pytest.mark.soak
@pytest.mark.parametrize("number", range(1, PASSES + 1))
@pytest.mark.parametrize(
    "point",
    [*ARRIVING, *PLACING, *WORKING, *(f"{word}.{name}" for name in SERVICES for word in ("commit", "committed"))],
)
def test_a_kill_at_every_point_changes_nothing(
    trial: Trial, undisturbed: Counter[str], point: str, number: int
) -> None:
    if not trial.meet(f"{point}:{number}"):
        assert number > 1, f"nothing passes {point}"
    assert trial.finish() == undisturbed


def test_the_points_are_all_in_a_test() -> None:
    """Whoever places a checkpoint adds it to the table above."""
    files = [path for floor in ("media", "quizsys", "handlers") for path in (ROOT / floor).rglob("*.py")]
    found = {point for path in files for point in re.findall(r'\bcheckpoint\("(\w+)"\)', path.read_text())}
    assert found == {*ARRIVING, *PLACING, *WORKING, *ELSEWHERE}
