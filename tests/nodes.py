"""Programs for Node.js that tests run, with the packages of tests/clients."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

CLIENTS = Path(__file__).parent / "clients"
needs_node = pytest.mark.skipif(
    shutil.which("node") is None or not (CLIENTS / "node_modules").exists(),
    reason="needs Node.js and its packages: install nodejs and npm, then make test",
)


def run_node(script: str, *args: object) -> Any:
    """What one of the scripts in tests/clients prints, as JSON."""
    command = ["node", script, *map(str, args)]
    done = subprocess.run(command, cwd=CLIENTS, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
