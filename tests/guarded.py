"""A real server that asks for tokens, and one of each kind of those who may ask."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

from benchmarks.running import ROOT, Server, start_server, stop_server
from tests.wire import Answer, call, send_json

OWN, OTHER = "own", "other"
GARBAGE = "qsys_" + "A" * 43
PEOPLE: dict[str, dict[str, Any]] = {
    "editor": {"role": "editor"},
    "viewer": {"role": "viewer"},
    "editor of own": {"role": "editor", "projects": [OWN]},
    "editor of other": {"role": "editor", "projects": [OTHER]},
    "viewer of own": {"role": "viewer", "projects": [OWN]},
    "viewer of other": {"role": "viewer", "projects": [OTHER]},
    "expired": {"role": "admin", "days": 1},
    "revoked": {"role": "admin"},
}


@dataclass(frozen=True)
class Guarded:
    """`tokens` and `ids` by who has them; `stranger` has none, `garbage` one that never was."""

    server: Server
    tokens: dict[str, str]
    ids: dict[str, str] = field(default_factory=dict)

    def headers(self, who: str) -> dict[str, str]:
        token = GARBAGE if who == "garbage" else self.tokens.get(who)
        return {} if token is None else {"authorization": f"Bearer {token}"}

    def call(self, who: str, method: str, path: str, body: bytes | None = None, **headers: object) -> Answer:
        return call(self.server, method, path, body, **(self.headers(who) | headers))

    def post(self, who: str, path: str, body: object, **headers: object) -> Answer:
        return send_json(self.server, path, body, **(self.headers(who) | headers))

    def add(self, who: str, **wanted: Any) -> str:
        """Make a token; returns it."""
        made = self.post("admin", "/tokens", {"name": who} | wanted)
        assert made.status == 201, made
        self.tokens[who], self.ids[who] = made.json()["token"], made.json()["id"]
        return self.tokens[who]

    def expire(self, who: str) -> None:
        """As time would: by the clock, from another process."""
        with apsw.Connection(str(self.server.folder / "app.db")) as db:
            db.set_busy_timeout(5000)
            newest = "(SELECT MAX(revision) + 1 FROM tokens)"
            db.execute(f"UPDATE tokens SET expires_at = 1, revision = {newest} WHERE id = ?", (self.ids[who],))


def run_command(folder: Path, *words: str, **settings: object) -> "subprocess.CompletedProcess[str]":
    own = {"STORAGE_ROOT": folder, "DATABASE_URL": f"sqlite:///{folder / 'app.db'}", "LOG_FILE": folder / "app.log"}
    env = os.environ | {key: str(value) for key, value in (own | settings).items()}
    command = [sys.executable, str(ROOT / "server.py"), *words]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)


@contextmanager
def run_guarded(folder: Path, **settings: object) -> Iterator[Guarded]:
    made = run_command(folder, "token", "create", "--name", "admin", "--role", "admin")
    assert made.returncode == 0, made.stderr
    own = {"AUTH_REQUIRED": "true", "WORKER_CONCURRENCY": 0, "AUTH_FAILURES_PER_MINUTE": 10**6}
    own["METADATA_EXPORT"] = "false"
    server = start_server(folder, **(own | settings))
    try:
        yield Guarded(server, {"admin": made.stdout.strip()})
    finally:
        assert stop_server(server) == 0
