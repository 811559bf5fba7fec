"""Tokens: made, listed, revoked. The database keeps their hashes only."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from quizsys.clock import utc_now
from quizsys.db import TOKENS, announce
from quizsys.errors import Code, QuizsysError, invalid
from quizsys.ids import TOKEN_MARK, new_id, new_token
from quizsys.models.tokens import Token
from quizsys.schemas.tokens import ADMIN, TokenSchema
from quizsys.storage import check_project_id

PREFIX_LENGTH = len(TOKEN_MARK) + 6
_schema = TokenSchema()


@dataclass(frozen=True)
class NewToken:
    """What is asked for; `projects` None means all, `days` None for ever."""

    name: str
    role: str
    projects: tuple[str, ...] | None = None
    days: int | None = None


@dataclass(frozen=True)
class Principal:
    """Who is asking: what a good token says of its bearer. `projects` None means all of them."""

    token_id: str | None
    name: str
    role: str
    projects: frozenset[str] | None = None
    expires_at: datetime | None = None


# By token hash: who it is, and when the token was revoked.
Principals = dict[str, tuple[Principal, datetime | None]]


def create_token(new: NewToken) -> dict[str, Any]:
    """The row as the wire has it, and under `token` what its bearer presents, told this once. Raises `invalid`."""
    _check_projects(new)
    secret = new_token()
    now = utc_now()
    row = Token(
        id=new_id(),
        name=new.name,
        role=new.role,
        projects=None if new.projects is None else sorted(set(new.projects)),
        prefix=secret[:PREFIX_LENGTH],
        token_hash=hash_token(secret),
        revision=_next_revision(),
        created_at=now,
        expires_at=None if new.days is None else now + timedelta(days=new.days),
    )
    row.save(force_insert=True)
    announce(TOKENS)
    return dump_token(row) | {"token": secret}


def create_first_token() -> dict[str, Any] | None:
    """An admin's token if there has never been any token; else None."""
    return None if Token.select().exists() else create_token(NewToken("first admin", ADMIN))


def list_tokens() -> list[dict[str, Any]]:
    """Newest first, revoked ones too."""
    return [dump_token(row) for row in Token.select().order_by(Token.id.desc())]


def revoke_token(token_id: str, *, keep_an_admin: bool) -> dict[str, Any]:
    """Raises `not_found`, or `conflict` for the last admin's token that must be kept. A second time changes nothing."""
    row = Token.get_or_none(Token.id == token_id)
    if row is None:
        raise QuizsysError(Code.NOT_FOUND, "There is no such token.")
    if keep_an_admin and row.role == ADMIN and is_live(row) and not any(_list_other_admins(row)):
        sentence = (
            "This is the last admin token. Make another one first, or revoke it on the server, by its token command."
        )
        raise QuizsysError(Code.CONFLICT, sentence)
    if row.revoked_at is None:
        row.revoked_at, row.revision = utc_now(), _next_revision()
        row.save()
        announce(TOKENS)
    return dump_token(row)


def note_uses(used_at: dict[str, datetime]) -> None:
    """When each token, by its id, was last used. No change of what anybody may do."""
    for token_id, at in used_at.items():
        Token.update(last_used_at=at).where(Token.id == token_id).execute()


def read_principals(revision: int) -> tuple[int, Principals] | None:
    """All of them and their revision, greater after every change; None if that is the one that is known already."""
    newest = _get_revision()
    if newest == revision:
        return None
    return newest, {row.token_hash: (_describe(row), row.revoked_at) for row in Token.select()}


def hash_token(secret: str) -> str:
    """SHA-256, plain and fast: nobody can search 256 random bits, as one could the few that a password has."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_live(row: Token) -> bool:
    return row.revoked_at is None and (row.expires_at is None or row.expires_at > utc_now())


def dump_token(row: Token) -> dict[str, Any]:
    return dict(_schema.dump(row))


def _check_projects(new: NewToken) -> None:
    if new.projects is None:
        return
    loc: list[str | int] = ["body", "projects"]
    if new.role == ADMIN:
        raise invalid(loc, "An admin's token is for all projects. Leave them out, or make an editor.", new.projects)
    if not new.projects:
        raise invalid(loc, "Name at least one project, or leave them out for all.", new.projects)
    for position, project_id in enumerate(new.projects):
        try:
            check_project_id(project_id)
        except QuizsysError as error:
            raise invalid([*loc, position], error.sentence, project_id) from None


def _describe(row: Token) -> Principal:
    projects = None if row.projects is None else frozenset(row.projects)
    return Principal(row.id, row.name, row.role, projects, row.expires_at)


def _list_other_admins(row: Token) -> Iterable[Token]:
    admins = Token.select().where((Token.role == ADMIN) & (Token.id != row.id))
    return (admin for admin in admins if is_live(admin))


def _next_revision() -> int:
    return _get_revision() + 1


def _get_revision() -> int:
    return int(Token.select(fn.MAX(Token.revision)).scalar() or 0)
