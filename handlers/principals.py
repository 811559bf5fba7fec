"""Who asks, as `access` found out."""

from typing import cast

from aiohttp import web

from quizsys.services.tokens import Principal

PRINCIPAL = "principal"


def find_principal(request: web.Request) -> Principal | None:
    """None for a stranger, who comes as far as a public route."""
    return cast(Principal | None, request.get(PRINCIPAL))


def get_principal(request: web.Request) -> Principal:
    """Not for public routes."""
    return cast(Principal, request[PRINCIPAL])
