"""Whether the OpenAPI document tells of a status that a real server has answered."""

import re
from functools import cache
from typing import Any

from handlers.app import make_app
from handlers.context import Context
from handlers.describe import describe_api
from quizsys.config import Settings, read_settings

# By the router or the parser, before it is known what was asked for; `/` at the end leads to the path without it.
ANYWHERE = {307, 400, 404, 405}


def describe(settings: Settings) -> dict[str, Any]:
    """The document, from the routes and settings alone."""
    return describe_api(make_app(Context(settings, *[None] * (len(Context.__dataclass_fields__) - 1))), settings)


@cache
def _list_paths() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    paths = describe(read_settings({}, dotenv=None))["paths"]
    # The most exact first: those with the fewest parameters.
    ordered = sorted(paths.items(), key=lambda item: item[0].count("{"))
    return [(re.compile(re.sub(r"{\w+}", "[^/]+", path.replace(".", r"\."))), methods) for path, methods in ordered]


def check_declared(method: str, path: str, status: int) -> None:
    """Raises AssertionError for a status of a known route that the document leaves out."""
    bare = re.split(r"[?#]", path)[0]
    for pattern, methods in _list_paths():
        if pattern.fullmatch(bare) and (told := methods.get(method.lower())):
            assert str(status) in told["responses"] or status in ANYWHERE, (
                f"{method} {path} answered {status}, not told"
            )
            return
