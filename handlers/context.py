"""What every handler may use, made once by `handlers/serve.py`."""

from dataclasses import dataclass

from aiohttp import web

from quizsys.condition import Condition
from quizsys.config import Settings
from quizsys.db import Store
from quizsys.events import Hub
from quizsys.failures import Failures
from quizsys.keyring import Keyring
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


CONTEXT = web.AppKey("context", Context)
