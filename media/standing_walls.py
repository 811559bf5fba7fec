"""Which walls really stand around a seat and around what it starts: asked of the kernel, not of our code."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

from media import walls

_PROBE_BYTES = 2 * 1024**3
# What the walled program says of itself: it imports nothing of ours, as ffmpeg would not.
_TELL = """
import json, re, resource
status = open("/proc/self/status").read()
told = lambda name: int(re.search(name + r":\\s+(\\d+)", status)[1])
links = [line.split(":")[0].strip() for line in open("/proc/self/net/dev").read().splitlines()[2:]]
print(json.dumps({
    "no_new_privileges": told("NoNewPrivs") == 1,
    "no_network": set(links) <= {"lo"},
    "no_core_dumps": resource.getrlimit(resource.RLIMIT_CORE)[0] == 0,
    "memory_limited": resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY,
    "file_size_limited": resource.getrlimit(resource.RLIMIT_FSIZE)[0] != resource.RLIM_INFINITY,
    "system_calls_filtered": told("Seccomp") == 2,
}))
"""


def look_at_walls() -> dict[str, dict[str, bool]]:
    """By place (`seat`, `ffmpeg`), wall by wall, whether it stands. Runs in a seat."""
    limits = [str(os.getpid()), str(_PROBE_BYTES), str(_PROBE_BYTES)]
    program = [sys.executable, "-I", "-S", "-c", _TELL]
    command = [sys.executable, "-I", "-S", walls.__file__, *limits, *program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True, env={})
    return {"seat": _look_at_seat(), "ffmpeg": json.loads(done.stdout)}


def _look_at_seat() -> dict[str, bool]:
    status: dict[str, Any] = dict(
        line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line
    )
    return {
        "no_new_privileges": status["NoNewPrivs"].strip() == "1",
        "dies_with_the_server": walls.parent_death_signal() == 9,
        "no_core_dumps": resource.getrlimit(resource.RLIMIT_CORE)[0] == 0,
        "system_calls_filtered": status["Seccomp"].strip() == "2",
        "is_not_root": os.geteuid() != 0,
        "is_nice": os.nice(0) > 0,
    }
