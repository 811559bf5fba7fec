"""What every handler may use, made once by `handlers/serve.py`."""

from dataclasses import dataclass

from aiohttp import web

from quizsys.condition import Condition
from quizsys.config import Settings
from quizsys.db import Store
from quizsys.events import Hub
from quizsys.failures import Failures
from quizsys.intake import Intake
from quizsys.keyring import Keyring
from quizsys.shelf import Shelf
from quizsys.storage import Storage
from quizsys.uploads import Desk


@dataclass(frozen=True)
class Context:
    """The parts of a running server."""

    settings: Settings
    store: Store
    hub: Hub
    storage: Storage
    desk: Desk
    keyring: Keyring
    condition: Condition
    failures: Failures
    intake: Intake
    shelf: Shelf

    @property
    def pace(self) -> tuple[float, float]:
        """How long a sender may be silent (s), and how many bytes a second it must bring."""
        return self.settings.upload_idle_timeout_s, self.settings.upload_min_bytes_per_s


CONTEXT = web.AppKey("context", Context)
