"""A disk that is full, or fails, once, wherever a file is written, under a client that repeats what was refused.

The server goes on meanwhile, and in the end all is as if nothing had happened.
"""

from collections import Counter

import pytest

from benchmarks.running import stop_server
from tests.faults import invariants
from tests.faults.client import wait_until_heard
from tests.faults.test_kill_points import (
    ARRIVING,
    PLACING,
    STEPS,
    TABLES,
    Trial,
    receiver,
    template,
    trial,
    undisturbed,
)

__all__ = ["receiver", "template", "trial", "undisturbed"]
TIMES = 2


def go_on(trial: Trial) -> list[str]:
    """All steps, each again once if it was refused. Returns what was refused."""
    refused: list[str] = []
    for step in STEPS:
        try:
            step(trial.client)
        except AssertionError as error:
            refused.append(str(error))
            step(trial.client)
        trial.client.done += 1
    return refused


@pytest.mark.soak
@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
@pytest.mark.parametrize("number", range(1, TIMES + 1))
@pytest.mark.parametrize(
    "point", [*(point for point in (*ARRIVING, *PLACING) if point != "file_removed"), "job_worked", "job_moved"]
)
def test_an_error_at_any_place_is_told_and_changes_nothing(
    trial: Trial, undisturbed: Counter[str], point: str, number: int, error: str
) -> None:
    trial.start(FAULT=f"{point}:{number}:{error}")
    try:
        refused = go_on(trial)
        invariants.wait_until_settled(trial.folder)
        wait_until_heard(trial.folder)
        invariants.check_running(trial.server, **trial.client.acknowledged)
    finally:
        code = stop_server(trial.server)
    assert code == 0
    assert len(refused) <= 1
    assert all("status=507" in text and "storage_full" in text for text in refused), refused
    invariants.check_all(trial.folder, **trial.client.acknowledged)
    rows = Counter({table: invariants.count(trial.folder, table) for table in TABLES})
    assert rows == undisturbed
