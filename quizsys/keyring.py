"""Tokens in memory: who a request comes from is looked up without the database, and a revocation is felt at once."""

import asyncio
from collections import defaultdict
from datetime import datetime

from quizsys.clock import utc_now
from quizsys.db import TOKENS, Store
from quizsys.errors import Code, QuizsysError
from quizsys.ids import TOKEN
from quizsys.logs import log_trouble
from quizsys.services import tokens
from quizsys.services.tokens import Principal, Principals

SETTLE_S = 0.1
ENDED = "This token was revoked or has expired. Ask an admin for a new one."


class Keyring:
    """Reads the tokens anew after each commit, here or in another process, that changed one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._principals: Principals = {}
        self._revision = -1
        self._reading = asyncio.Lock()
        self._held: dict[str, set[asyncio.Timeout]] = defaultdict(set)
        self._used_at: dict[str, datetime] = {}
        self._poke = asyncio.Event()

    async def start(self) -> None:
        self._store.listen(TOKENS, self._poke.set)
        await self.reload()
        self._loop = asyncio.create_task(self._reload_forever())

    async def close(self) -> None:
        self._loop.cancel()
        await asyncio.gather(self._loop, return_exceptions=True)
        await self.write_uses()

    def find(self, secret: str) -> Principal | None:
        """None for what never was a token. Raises `unauthorized` for one that no longer is."""
        if TOKEN.fullmatch(secret) is None:
            return None
        # A lookup by hash: how long it takes tells nothing about the token itself.
        principal, revoked_at = self._principals.get(tokens.hash_token(secret), (None, None))
        if principal is None or principal.token_id is None:
            return None
        now = utc_now()
        if revoked_at is not None or (principal.expires_at is not None and principal.expires_at <= now):
            raise QuizsysError(Code.UNAUTHORIZED, ENDED)
        self._used_at[principal.token_id] = now
        return principal

    def hold(self, principal: Principal, scope: asyncio.Timeout) -> None:
        """Have `scope` time out when the token ends. `release` it afterwards."""
        if principal.token_id is None:
            return
        if principal.expires_at is not None:
            left_s = (principal.expires_at - utc_now()).total_seconds()
            scope.reschedule(asyncio.get_running_loop().time() + left_s)
        self._held[principal.token_id].add(scope)

    def release(self, principal: Principal, scope: asyncio.Timeout) -> None:
        if principal.token_id is None:
            return
        held = self._held[principal.token_id]
        held.discard(scope)
        if not held:
            del self._held[principal.token_id]

    async def reload(self) -> None:
        """Read the tokens if any has changed; end what runs for those that are revoked."""
        # One after the other: of two at once the older one could come last, and let a revoked token in again.
        async with self._reading:
            found = await self._store.read(tokens.read_principals, self._revision)
            if found is None:
                return
            self._revision, self._principals = found
        for principal, revoked_at in self._principals.values():
            if revoked_at is not None:
                for scope in self._held.get(principal.token_id or "", ()):
                    # One that is ending already cannot be told again, and must not keep the others from being told.
                    if not scope.expired():
                        scope.reschedule(0)

    async def write_uses(self) -> None:
        """Write down when tokens were last used: now and then, not at every request."""
        used_at, self._used_at = self._used_at, {}
        if used_at:
            await self._store.run(tokens.note_uses, used_at)

    async def _reload_forever(self) -> None:
        while True:
            await self._poke.wait()
            self._poke.clear()
            try:
                await self.reload()
            except Exception as error:
                log_trouble("cannot read the tokens; trying again soon", error)
                self._poke.set()
                await asyncio.sleep(1)
            # Workers commit many times a second; a token changes now and then.
            await asyncio.sleep(SETTLE_S)
