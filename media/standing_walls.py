"""Which walls really stand around a seat and around what it starts: asked of the kernel, not of our code."""

import errno
import json
import os
import resource
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from media import walled, walls
from media.landlock import RUN
from media.reach import reach_of_ffmpeg

PROBE_BYTES = 2 * 1024**3
FOREIGN = "/etc/passwd"
"""A file that everybody may read, but for those behind Landlock."""

# What the walled program says of itself: it imports nothing of ours, as ffmpeg would not.
_TELL = f"""
import json, re, resource
status = open("/proc/self/status").read()
told = lambda name: int(re.search(name + r":\\s+([0-9a-f]+)", status)[1], 16)
links = [line.split(":")[0].strip() for line in open("/proc/self/net/dev").read().splitlines()[2:]]
def is_fenced():
    try:
        open("{FOREIGN}").close()
    except PermissionError:
        return True
    return False
print(json.dumps({{
    "no_new_privileges": told("NoNewPrivs") == 1,
    "no_capabilities": told("CapEff") & ~{walls.CAP_DAC_OVERRIDE} == 0,
    "no_network": set(links) <= {{"lo"}},
    "files_fenced": is_fenced(),
    "no_core_dumps": resource.getrlimit(resource.RLIMIT_CORE)[0] == 0,
    "memory_limited": resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY,
    "file_size_limited": resource.getrlimit(resource.RLIMIT_FSIZE)[0] != resource.RLIM_INFINITY,
    "system_calls_filtered": told("Seccomp") == 2,
}}))
"""


def look_at_walls() -> dict[str, dict[str, bool]]:
    """By place (`seat`, `ffmpeg`), wall by wall, whether it stands. Runs in a seat."""
    done = subprocess.run(wall_python(_TELL), capture_output=True, text=True, timeout=20, check=True, env={})
    return {"seat": _look_at_seat(), "ffmpeg": json.loads(done.stdout)}


def wall_python(script: str, *folders: str) -> list[str]:
    """A command that runs a script of Python where ffmpeg would run, with its library within reach."""
    library = [(RUN, sys.prefix), (RUN, sys.base_prefix)]
    rules = [*reach_of_ffmpeg(sys.executable, (), folders), *library]
    return walled.list_command(PROBE_BYTES, PROBE_BYTES, rules, [sys.executable, "-I", "-S", "-c", script])


def _look_at_seat() -> dict[str, bool]:
    status: dict[str, Any] = dict(
        line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line
    )
    return {
        "no_new_privileges": status["NoNewPrivs"].strip() == "1",
        "no_capabilities": int(status["CapEff"], 16) & ~walls.CAP_DAC_OVERRIDE == 0,
        "dies_with_the_server": walls.parent_death_signal() == 9,
        "files_fenced": _is_fenced(),
        "no_network": _is_network_shut(),
        "no_core_dumps": resource.getrlimit(resource.RLIMIT_CORE)[0] == 0,
        "system_calls_filtered": status["Seccomp"].strip() == "2",
        "is_not_root": os.geteuid() != 0,
        "is_nice": os.nice(0) > 0,
    }


def _is_fenced() -> bool:
    try:
        Path(FOREIGN).read_bytes()
    except PermissionError:
        return True
    return False


def _is_network_shut() -> bool:
    """Asked for a connection to a port of our own machine where nobody listens."""
    try:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", 1)) == errno.EACCES
    except PermissionError:
        return True
