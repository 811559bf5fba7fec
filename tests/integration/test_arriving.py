"""Uploads that are not done count towards the quotas, and there are only so many of them."""

import itertools
from collections.abc import Iterator

import pytest

from benchmarks.running import Server, run_server
from handlers.uploads import OVERHEAD_BYTES
from quizsys.clock import utc_now
from quizsys.db import Store
from quizsys.errors import Code, QuizsysError
from quizsys.ids import new_id
from quizsys.services import arriving
from quizsys.services.arriving import Room, begin_upload
from quizsys.services.quotas import Quotas
from quizsys.services.uploads import FINAL, PARTIAL, Upload, create_final
from tests.tus_wire import ask, begin, create, patch, place, tus
from tests.wire import Answer, call, check_refusal

_numbers = itertools.count()
QUOTA_BYTES = 100_000
PART = {"upload_concat": "partial", "upload_metadata": None}


@pytest.fixture(scope="module")
def tight() -> Iterator[Server]:
    """A server on which a project may store 100,000 bytes, and all of them 1,000,000."""
    quotas = {"PROJECT_QUOTA_BYTES": QUOTA_BYTES, "STORAGE_QUOTA_BYTES": 1_000_000}
    with run_server(WORKER_CONCURRENCY=0, **quotas) as running:
        yield running


@pytest.fixture
def project() -> str:
    return f"tight-{next(_numbers)}"


def check_full(answer: Answer) -> None:
    check_refusal(answer, 507, "quota_full", "unfinished uploads included")


@pytest.mark.parametrize("more", [{}, PART])
def test_what_was_announced_counts_until_it_is_given_up(tight: Server, project: str, more: dict[str, object]) -> None:
    address = begin(tight, project, 60_000, **more)
    check_full(create(tight, project, 50_000, **more))
    path = f"/projects/{project}/videos?filename=a.mp4"
    check_full(call(tight, "POST", path, b"x" * 50_000 + bytes(OVERHEAD_BYTES), content_type="video/mp4"))
    assert patch(tight, address, 0, b"x" * 30_000).status == 204
    assert tus(tight, "DELETE", address).status == 204
    address = begin(tight, project, 50_000, **more)
    assert tus(tight, "DELETE", address).status == 204


def test_of_an_unknown_length_what_has_come_counts(tight: Server, project: str) -> None:
    address = begin(tight, project, None, upload_defer_length=1)
    assert patch(tight, address, 0, b"x" * 60_000).status == 204
    check_full(create(tight, project, 50_000))
    check_full(patch(tight, address, 60_000, b"x" * 50_000))
    check_full(patch(tight, address, 60_000, b"", upload_length=QUOTA_BYTES + 1))
    assert "upload-length" not in ask(tight, address).headers
    assert patch(tight, address, 60_000, b"", upload_length=QUOTA_BYTES).status == 204


def test_all_projects_share_what_is_left(tight: Server) -> None:
    answers = [create(tight, f"shared-{number}", 90_000) for number in range(12)]
    check_refusal(answers.pop(), 507, "quota_full", "space for all projects")
    for answer in answers:
        if answer.status == 201:
            assert tus(tight, "DELETE", place(answer)).status == 204


def test_parts_that_fill_the_quota_can_be_joined(tight: Server, project: str, small_video: bytes) -> None:
    middle = len(small_video) // 2
    parts = []
    for data in (small_video[:middle], small_video[middle:]):
        parts.append(begin(tight, project, len(data), **PART))
        assert patch(tight, parts[-1], 0, data).status == 204
    rest = begin(tight, project, QUOTA_BYTES - len(small_video))
    answer = create(tight, project, None, upload_length=None, upload_concat="final;" + " ".join(parts))
    assert answer.status == 201, answer
    assert tus(tight, "DELETE", rest).status == 204


def make(project_id: str, length_bytes: int | None = None, **more: object) -> Upload:
    return Upload(new_id(), project_id, length_bytes, "", "a.mp4", "", "uploads", utc_now(), **more)


async def test_a_project_has_only_so_many_unfinished_uploads(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "MOST_UNFINISHED", 3)

    room = Room(Quotas(), {})
    for _ in range(3):
        await store.run(begin_upload, make("p"), 0, room)
    with pytest.raises(QuizsysError, match="Finish or delete some") as refused:
        await store.run(begin_upload, make("p"), 0, room)
    assert refused.value.code is Code.TOO_MANY
    await store.run(begin_upload, make("q"), 0, room)
    await store.run(begin_upload, make("p", done_at=utc_now(), asset_id="a"), 0, room)


async def test_what_is_joined_counts_once(store: Store) -> None:
    room = Room(Quotas(project_bytes=100), {})
    parts = [await store.run(begin_upload, make("p", concat=PARTIAL, length_bytes=30), 30, room) for _ in range(2)]
    final = make("p", concat=FINAL, length_bytes=60, part_ids=tuple(part.id for part in parts))
    await store.run(create_final, final)
    await store.run(begin_upload, make("p", length_bytes=40), 40, room)
    with pytest.raises(QuizsysError, match="unfinished uploads included"):
        await store.run(begin_upload, make("p", length_bytes=1), 1, room)
