"""How the server says that it is well: to clients, to load balancers, to its operator."""

import asyncio
import re
import time

import apsw
import pytest

from benchmarks.running import Server, run_server
from quizsys.condition import Condition
from quizsys.config import Settings
from quizsys.engine import run_engine
from quizsys.events import Hub
from quizsys.services.quotas import Quotas
from quizsys.storage import RESERVE_BYTES
from quizsys.uploads import open_desk
from tests.wire import call, check_refusal


def test_clients_get_the_two_keys_that_they_know(server: Server) -> None:
    health = call(server, "GET", "/health").json()
    assert health["status"] == "healthy"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", health["timestamp"])


def test_a_load_balancer_asks_for_life_and_for_readiness(server: Server) -> None:
    assert call(server, "GET", "/health/live").json() == {"status": "alive"}
    assert call(server, "GET", "/health/ready").json() == {"status": "ready", "reasons": []}


def test_the_operator_sees_versions_walls_disk_queue_and_seats(server: Server) -> None:
    told = call(server, "GET", "/health/details").json()
    assert told["faults"] == []
    assert all(told["versions"][name] for name in ("quizsys", "python", "sqlite", "ffmpeg", "speech_model"))
    for place in ("seat", "ffmpeg"):
        assert told["walls"][place]["no_new_privileges"] is True
        assert told["walls"][place]["no_core_dumps"] is True
        assert told["walls"][place]["no_capabilities"] is True
    assert told["walls"]["seat"]["dies_with_the_server"] is True
    for wall in ("memory_limited", "file_size_limited"):
        assert told["walls"]["ffmpeg"][wall] is True
    missing = [f"{wall} around {place}" for place, walls in told["walls"].items() for wall in walls if not walls[wall]]
    assert [gap.partition(" (")[0] for gap in told["gaps"]] == missing
    assert 0 < told["disk"]["free_bytes"] < told["disk"]["total_bytes"]
    assert set(told["queue"]["jobs"]) == {"queued", "running", "completed", "failed", "cancelled"}
    assert told["seats"]["jobs"]["total"] == 1
    assert told["last_backup_at"] is None
    assert str(server.folder) not in str(told)


def test_the_log_tells_at_the_start_which_walls_stand(server: Server) -> None:
    walls = call(server, "GET", "/health/details").json()["walls"]
    log = ""
    for _ in range(200):
        log = (server.folder / "app.log").read_text()
        if "walls around ffmpeg" in log:
            break
        time.sleep(0.1)
    for place, found in walls.items():
        (line,) = [line for line in log.splitlines() if f"walls around {place}: " in line]
        assert line.partition(f"{place}: ")[2].split(", ") == [name for name, stands in found.items() if stands]


def test_a_stranger_learns_that_it_lives_and_nothing_else() -> None:
    with run_server(WORKER_CONCURRENCY=0, AUTH_REQUIRED="true") as server:
        for path in ("/health", "/health/live", "/health/ready"):
            assert call(server, "GET", path).status == 200
        for path in ("/health/details", "/metrics"):
            check_refusal(call(server, "GET", path), 401, "unauthorized")


async def test_each_reason_against_new_work_has_a_word(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    async with run_engine(settings) as engine, open_desk(engine.store, engine.storage, Quotas(0, 0)) as desk:
        hub = Hub(engine.store)
        await hub.start()
        condition = Condition(engine, hub, desk)
        assert await condition.list_objections() == []
        condition.is_draining = True
        assert await condition.list_objections() == ["draining"]
        condition.is_draining = False
        monkeypatch.setattr(condition, "count_free_bytes", lambda: RESERVE_BYTES - 1)
        assert await condition.list_objections() == ["disk_full"]
        monkeypatch.undo()
        await engine.store.run(lambda: engine.store.db.execute_sql("DELETE FROM schema_migration WHERE id = 1"))
        assert await condition.list_objections() == ["migrations_missing"]
        engine.scheduler._loops[1].cancel()
        assert await _dead_soon(condition) == ["the scheduler's supervision"]
        hub._loops[0].cancel()
        assert "the reader of events" in await _dead_soon(condition)
        assert await condition.list_faults() == ["dead_part"]
        await hub.close()


async def _dead_soon(condition: Condition) -> list[str]:
    await asyncio.sleep(0.05)
    return condition.list_dead()


def test_a_database_that_another_program_locks_makes_it_unhealthy() -> None:
    with run_server(WORKER_CONCURRENCY=0) as server:
        holder = apsw.Connection(str(server.folder / "app.db"))
        holder.execute("BEGIN IMMEDIATE")
        held = call(server, "GET", "/health")
        assert (held.status, held.json()["status"]) == (503, "unhealthy")
        assert call(server, "GET", "/health/live").status == 200
        holder.execute("ROLLBACK")
        holder.close()
        assert call(server, "GET", "/health").status == 200
