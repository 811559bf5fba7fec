"""Sends messages to webhooks: by POST, without following redirects, in bounded time, reading a little of the answer.

Each connection's address is checked when its socket is made, so that no name can lead inside.
"""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import aiohttp
from aiohttp import hdrs
from aiohttp.abc import AbstractResolver

from handlers.context import Context
from quizsys import clock
from quizsys.addresses import PrivateAddress, check_address, check_port, read_target
from quizsys.config import Settings
from quizsys.courier import Courier, run_courier
from quizsys.pruning import prune_in_batches
from quizsys.services.deliveries import (
    PRUNE_BATCH,
    Outcome,
    Parcel,
    forget_messages,
    list_lost_webhooks,
    prune_deliveries,
)
from quizsys.signing import sign

HEAD_BYTES = 4096
RESOLVE_LIMIT_S = 3.0
# A claim holds longer than a message can take, so that nobody else sends it meanwhile.
LEASE_SLACK_S = 5.0
HEADERS = {hdrs.CONTENT_TYPE: "application/json", hdrs.USER_AGENT: "quizsys-webhooks", hdrs.ACCEPT_ENCODING: "identity"}
REFUSED = "Its address is not on the public internet, and WEBHOOK_ALLOW_PRIVATE is off."
_UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Sender:
    """Posts parcels; open it by `open_sender`."""

    def __init__(self, session: aiohttp.ClientSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings

    async def post(self, parcel: Parcel) -> Outcome:
        """Never raises for what a receiver, or the way to it, may do."""
        began_s = clock.monotonic_s()
        status, head, error = None, None, None
        try:
            async with asyncio.timeout(self._settings.webhook_timeout_s):
                async with self._session.post(parcel.url, **self._describe(parcel)) as response:
                    status = response.status
                    head = await _read_head(response)
        except TimeoutError:
            error = f"No answer came within {self._settings.webhook_timeout_s:g} s."
        except (aiohttp.ClientError, OSError, ValueError) as raised:
            error = _explain(raised)
        # What has been answered counts, however the rest of the answer went.
        return Outcome(_elapsed_ms(began_s), status, head, error if status is None else None)

    def _describe(self, parcel: Parcel) -> dict[str, Any]:
        if not self._settings.webhook_allow_private:
            # Its address was let in by a setting that is off by now, or is another service's.
            check_port(read_target(parcel.url).port)
        timestamp_s = int(clock.utc_now().timestamp())
        headers = HEADERS | sign(parcel.secrets, parcel.delivery_id, timestamp_s, parcel.body)
        return {"data": parcel.body, "headers": headers, "allow_redirects": False}


@asynccontextmanager
async def open_sender(settings: Settings, resolver: AbstractResolver | None = None) -> AsyncIterator[Sender]:
    """Keeps no connection and no cookie, obeys no proxy variable. `resolver` None: the system's."""

    def make_socket(found: Any) -> socket.socket:
        family, kind, protocol, _, address = found
        if not settings.webhook_allow_private:
            check_address(address[0])
        return socket.socket(family, kind, protocol)

    connector = aiohttp.TCPConnector(
        limit=0, force_close=True, use_dns_cache=False, resolver=resolver, socket_factory=make_socket
    )
    session = aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        timeout=aiohttp.ClientTimeout(total=settings.webhook_timeout_s),
    )
    async with session:
        yield Sender(session, settings)


@asynccontextmanager
async def run_sending(context: Context) -> AsyncIterator[None]:
    """Every message that is due goes out, for as long as the block lasts."""
    settings = context.settings
    async with open_sender(settings) as sender:
        lease_s = settings.webhook_timeout_s + LEASE_SLACK_S
        courier = Courier(context.store, sender.post, settings.webhook_retry_delays_s, lease_s)
        async with run_courier(courier):
            yield


async def forget_old_messages(context: Context) -> None:
    """The old ones, and what deleted webhooks left."""
    store = context.store
    await prune_in_batches(store, partial(prune_deliveries, context.settings.webhook_log_days), PRUNE_BATCH)
    for webhook_id in await store.read_slowly(list_lost_webhooks):
        await prune_in_batches(store, partial(forget_messages, webhook_id), PRUNE_BATCH)


async def is_inside(url: str) -> bool:
    """Whether the host's name means a private address now. One that cannot be resolved now may be later."""
    host = read_target(url).host
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(RESOLVE_LIMIT_S):
            found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return any(_is_refused(str(entry[4][0])) for entry in found)


def _is_refused(address: str) -> bool:
    try:
        check_address(address)
    except PrivateAddress:
        return True
    return False


async def _read_head(response: aiohttp.ClientResponse) -> str:
    """The first bytes of an answer as text; however it goes on, nobody waits for it."""
    raw = bytearray()
    with suppress(aiohttp.ClientError, TimeoutError):
        while len(raw) < HEAD_BYTES and (chunk := await response.content.read(HEAD_BYTES - len(raw))):
            raw += chunk
    return _UNSHOWN.sub("", raw.decode(errors="replace"))


def _explain(error: BaseException) -> str:
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, PrivateAddress):
            return REFUSED
        link = link.__cause__ or link.__context__
    if isinstance(error, aiohttp.InvalidURL):
        return "Its URL cannot be called."
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
        return "Its certificate cannot be trusted, or it speaks no TLS."
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "Its host's name cannot be resolved."
    if isinstance(error, aiohttp.ClientConnectorError):
        return "It cannot be connected to."
    if isinstance(error, ValueError) and not isinstance(error, aiohttp.ClientError):
        return str(error)
    return "The connection ended without an answer that is HTTP."


def _elapsed_ms(began_s: float) -> int:
    return round((clock.monotonic_s() - began_s) * 1000)
