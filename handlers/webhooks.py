"""Webhooks: made, listed, changed, deleted, tried; and the log of their messages.

Each handler serves a project's webhooks; `overall` makes of it the one for those that hear of all projects.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from aiohttp import web

from handlers.answers import answer
from handlers.bodies import read_body
from handlers.context import CONTEXT
from handlers.operations import OPERATION, Access, ListOf, Operation, operation
from handlers.paging import answer_list
from handlers.projects import read_project
from handlers.sending import is_inside
from quizsys.errors import Code, invalid
from quizsys.schemas.paging import PageQuery
from quizsys.schemas.webhooks import (
    DeliveryResponse,
    RotateRequest,
    WebhookCreateRequest,
    WebhookResponse,
    WebhookSecretResponse,
    WebhookUpdateRequest,
)
from quizsys.services import deliveries, webhooks
from quizsys.services.webhooks import NewWebhook

Handler = Callable[[web.Request], Awaitable[web.Response]]
_webhook = WebhookResponse()
_with_secret = WebhookSecretResponse()
_delivery = DeliveryResponse()
_create = WebhookCreateRequest()
_update = WebhookUpdateRequest()
_rotate = RotateRequest()
INSIDE = "A webhook goes to the public internet only. The operator may allow others by WEBHOOK_ALLOW_PRIVATE."


def overall(handler: Handler) -> Handler:
    """The same for the webhooks that hear of all projects: for admins."""
    said: Operation = getattr(handler, OPERATION)

    async def serve(request: web.Request) -> web.Response:
        return await handler(request)

    serve.__name__ = f"{handler.__name__}_overall"
    serve.__doc__ = handler.__doc__
    setattr(serve, OPERATION, replace(said, access=Access.ADMIN, summary=f"{said.summary}, for all projects"))
    return serve


@operation(
    Access.EDITOR,
    "Make a webhook",
    tag="webhooks",
    body=_create,
    answers={201: _with_secret},
    errors=(Code.INVALID, Code.CONFLICT),
)
async def create_webhook(request: web.Request) -> web.Response:
    """Messages are signed after Standard Webhooks, by `webhook-id`, `webhook-timestamp` and `webhook-signature`. The
    secret is told in this answer only."""
    body = await read_body(request, _create)
    await _check_url(request, body["url"])
    new = NewWebhook(body["url"], tuple(body["events"]), body["secret"], body["description"], body["active"])
    return answer(await request.app[CONTEXT].store.run(webhooks.create_webhook, _read_scope(request), new), 201)


@operation(
    Access.EDITOR,
    "List webhooks",
    tag="webhooks",
    query=PageQuery(),
    answers={200: ListOf(_webhook)},
    errors=(Code.INVALID,),
)
async def list_webhooks(request: web.Request) -> web.Response:
    return await answer_list(request, webhooks.list_webhooks, _read_scope(request))


@operation(Access.EDITOR, "Read a webhook", tag="webhooks", answers={200: _webhook}, errors=(Code.NOT_FOUND,))
async def get_webhook(request: web.Request) -> web.Response:
    """Without its secret."""
    return answer(await request.app[CONTEXT].store.read(webhooks.get_webhook, *_read_place(request)))


@operation(
    Access.EDITOR,
    "Change a webhook",
    tag="webhooks",
    body=_update,
    answers={200: _webhook},
    errors=(Code.NOT_FOUND, Code.INVALID),
)
async def update_webhook(request: web.Request) -> web.Response:
    """Switched on again, it gets what has been waiting for it."""
    changes = await read_body(request, _update)
    if "url" in changes:
        await _check_url(request, changes["url"])
    return answer(await request.app[CONTEXT].store.run(webhooks.update_webhook, *_read_place(request), changes))


@operation(
    Access.EDITOR,
    "Give a webhook another secret",
    tag="webhooks",
    body=_rotate,
    body_required=False,
    answers={200: _with_secret},
    errors=(Code.NOT_FOUND, Code.INVALID),
)
async def rotate_webhook_secret(request: web.Request) -> web.Response:
    """The old one signs as well for a day. The new one is told in this answer only."""
    secret = (await read_body(request, _rotate, required=False))["secret"]
    return answer(await request.app[CONTEXT].store.run(webhooks.rotate_secret, *_read_place(request), secret))


@operation(Access.EDITOR, "Delete a webhook", tag="webhooks", answers={204: None}, errors=(Code.NOT_FOUND,))
async def delete_webhook(request: web.Request) -> web.Response:
    """With its messages, those too that wait to be sent."""
    await request.app[CONTEXT].store.run(webhooks.delete_webhook, *_read_place(request))
    return web.Response(status=204)


@operation(
    Access.EDITOR,
    "Send a webhook a message without news",
    tag="webhooks",
    answers={202: _delivery},
    errors=(Code.NOT_FOUND, Code.CONFLICT),
)
async def test_webhook(request: web.Request) -> web.Response:
    """A `webhook.ping`, whatever it listens to. The delivery tells how it went."""
    return await _run_for(request, 202, deliveries.send_ping)


@operation(
    Access.EDITOR,
    "The messages of a webhook, newest first",
    tag="webhooks",
    query=PageQuery(),
    answers={200: ListOf(_delivery)},
    errors=(Code.NOT_FOUND, Code.INVALID),
)
async def list_deliveries(request: web.Request) -> web.Response:
    place = _read_place(request)
    return await answer_list(request, lambda page: deliveries.list_deliveries(webhooks.get_row(*place), page))


@operation(Access.EDITOR, "A message of a webhook", tag="webhooks", answers={200: _delivery}, errors=(Code.NOT_FOUND,))
async def get_delivery(request: web.Request) -> web.Response:
    place, delivery_id = _read_place(request), request.match_info["delivery_id"]

    def read() -> dict[str, Any]:
        return deliveries.dump_delivery(deliveries.get_delivery(webhooks.get_row(*place), delivery_id))

    return answer(await request.app[CONTEXT].store.read(read))


@operation(
    Access.EDITOR,
    "Send a message of a webhook again",
    tag="webhooks",
    answers={202: _delivery},
    errors=(Code.NOT_FOUND,),
)
async def redeliver(request: web.Request) -> web.Response:
    """Now, under the same `webhook-id`, and if it fails, by the whole schedule again."""
    return await _run_for(request, 202, deliveries.redeliver, request.match_info["delivery_id"])


async def _run_for(
    request: web.Request, status: int, service: Callable[..., dict[str, Any]], *args: Any
) -> web.Response:
    """Run a service for the webhook in the path, found in the same transaction."""
    place = _read_place(request)
    found = await request.app[CONTEXT].store.run(lambda: service(webhooks.get_row(*place), *args))
    return answer(found, status)


def _read_scope(request: web.Request) -> str | None:
    """The project in the path; None for the webhooks of all projects."""
    return read_project(request) if "project_id" in request.match_info else None


def _read_place(request: web.Request) -> tuple[str | None, str]:
    return _read_scope(request), request.match_info["webhook_id"]


async def _check_url(request: web.Request, url: str) -> None:
    allow_private = request.app[CONTEXT].settings.webhook_allow_private
    webhooks.check_webhook_url(url, allow_private=allow_private)
    if not allow_private and await is_inside(url):
        raise invalid(["body", "url"], INSIDE, url)
