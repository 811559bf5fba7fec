"""A real server that a script beside this file has bent before it starts."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.running import ROOT, Server, free_port, stop_server, wait_until_healthy


@contextmanager
def run_script(name: str, folder: Path, **settings: object) -> Iterator[Server]:
    """`tests/faults/NAME.py` as the server, ended by SIGTERM."""
    port = free_port()
    own = {"STORAGE_ROOT": folder, "DATABASE_URL": f"sqlite:///{folder}/app.db", "LOG_FILE": folder / "app.log"}
    own |= {"HOST": "127.0.0.1", "PORT": port, "AUTH_REQUIRED": "false", "METADATA_EXPORT": "false"}
    env = os.environ | {key: str(value) for key, value in (own | {"PYTHONPATH": ROOT} | settings).items()}
    program = [sys.executable, str(ROOT / "tests" / "faults" / f"{name}.py")]
    server = Server(subprocess.Popen(program, cwd=ROOT, env=env, stderr=subprocess.DEVNULL), port, folder)
    wait_until_healthy(server)
    try:
        yield server
    finally:
        assert stop_server(server) == 0
