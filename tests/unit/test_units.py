"""The systemd units: what systemd's own tools say of them, and that they fit the settings' defaults."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from quizsys.config import read_settings
from quizsys.notifier import STOP_MARGIN_S

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = ("quizsys.service", "quizsys-worker@.service")
WORST_SCORE = 2.0


def read_number(unit: str, name: str) -> int:
    found = re.search(rf"^{name}=(\d+)$", (DEPLOY / unit).read_text(), re.MULTILINE)
    assert found, name
    return int(found[1])


@pytest.mark.parametrize("unit", UNITS)
def test_a_stop_may_take_as_long_as_running_jobs_get(unit: str) -> None:
    assert read_number(unit, "TimeoutStopSec") >= read_settings({}, dotenv=None).drain_s + STOP_MARGIN_S


@pytest.mark.parametrize("unit", UNITS)
def test_the_filter_of_system_calls_leaves_landlock_in(unit: str) -> None:
    """systemd 252 has it in no set that services are given: the unit would take our own wall down."""
    lines = re.findall(r"^SystemCallFilter=(.+)$", (DEPLOY / unit).read_text(), re.MULTILINE)
    allowed = {name for line in lines if not line.startswith("~") for name in line.split()}
    assert {"landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"} <= allowed


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze (Debian: systemd)")
@pytest.mark.parametrize("unit", UNITS)
def test_systemd_understands_every_line_and_finds_it_hardened(unit: str) -> None:
    verify = ["systemd-analyze", "verify", "--man=no", str(DEPLOY / unit)]
    said = subprocess.run(verify, capture_output=True, text=True, check=False).stderr
    assert [line for line in said.splitlines() if "quizsys" in line and "not executable" not in line] == []
    security = ["systemd-analyze", "security", "--offline=yes", "--no-pager", str(DEPLOY / unit)]
    told = subprocess.run(security, capture_output=True, text=True, check=False).stdout
    score = re.search(r"Overall exposure level for \S+ ([\d.]+)", told)
    assert score, told
    assert float(score[1]) < WORST_SCORE
