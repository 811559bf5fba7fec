"""A model behind an OpenAI-compatible server: bounded, budgeted, remembered. It may fail, be slow or lie."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol

from loguru import logger

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types.chat import ChatCompletion

MOST_ANSWER_TOKENS = 4096
MOST_ANSWER_CHARACTERS = 200_000
RETRIES = 4
REFUSED_KEY = "The model server refused the key or the model. Check OPENAI_API_KEY, OPENAI_BASE_URL and OPENAI_MODEL."
UNREACHABLE = "The model server cannot be reached. Check OPENAI_BASE_URL."


class Unavailable(Exception):
    """No further question makes sense; the text is a sentence for the user."""


class Memory(Protocol):
    """Where answers are kept by the hash of what was asked."""

    async def find(self, key: str) -> str | None: ...
    async def keep(self, key: str, model: str, answer: str) -> None: ...


@dataclass
class Usage:
    """What a job cost. `failures` counts why answers were of no use."""

    calls: int = 0
    remembered: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    failures: Counter[str] = field(default_factory=Counter)

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens

    def describe(self) -> dict[str, Any]:
        """For a job's result."""
        return {
            "calls": self.calls,
            "remembered": self.remembered,
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "failures": dict(sorted(self.failures.items())),
        }


@dataclass
class Client:
    """`budget_tokens` 0 is none. One for each job: its usage is the job's, its `slots` may be shared by all jobs."""

    server: AsyncOpenAI
    name: str
    memory: Memory
    slots: asyncio.Semaphore
    budget_tokens: int = 0
    most_answer_tokens: int = MOST_ANSWER_TOKENS
    usage: Usage = field(default_factory=Usage)
    _forms: list[str] = field(default_factory=lambda: ["json_schema", "older json_schema", "json_object", "text"])

    async def ask(self, messages: list[dict[str, str]], schema: dict[str, Any], title: str) -> Any:
        """The answer's JSON, or None (counted in `usage.failures`). Raises Unavailable."""
        key = self._key(messages, schema)
        known = await self.memory.find(key)
        if known is not None:
            self.usage.remembered += 1
            return _parse(known)
        async with self.slots:
            if self.budget_tokens and self.usage.tokens >= self.budget_tokens:
                return self._fail("over_budget")
            text = await self._complete(messages, schema, title)
        if text is None:
            return None
        value = _parse(text)
        if value is None:
            return self._fail("no_json")
        if _says_something(value):
            await self.memory.keep(key, self.name, text)
        return value

    async def _complete(self, messages: list[dict[str, str]], schema: dict[str, Any], title: str) -> str | None:
        """What the model said; None if it failed. Raises Unavailable."""
        import openai

        try:
            answer = await self._send_plainer(messages, schema, title)
        except (openai.AuthenticationError, openai.PermissionDeniedError, openai.NotFoundError) as error:
            logger.warning("the model server refuses: {} {!r}", error.status_code, error.message[:200])
            raise Unavailable(REFUSED_KEY) from None
        except openai.APITimeoutError:
            return self._fail("too_slow")
        except openai.APIConnectionError as error:
            logger.warning("the model server cannot be reached: {!r}", error.__cause__)
            raise Unavailable(UNREACHABLE) from None
        except openai.RateLimitError:
            return self._fail("rate_limited")
        except openai.BadRequestError as error:
            logger.warning("the model server does not understand: {!r}", error.message[:200])
            return self._fail("bad_request")
        except (openai.APIError, ValueError) as error:
            logger.warning("the model server failed: {!r}", str(error)[:200])
            return self._fail("server_error")
        return self._take(answer)

    async def _send_plainer(self, messages: list[dict[str, str]], schema: dict[str, Any], title: str) -> ChatCompletion:
        """A server that knows no schemas, or another name of the limit, is asked more plainly from then on."""
        import openai

        forms = list(self._forms)
        for place, form in enumerate(forms):
            try:
                answer = await self._send(messages, schema, title, form)
            except openai.BadRequestError:
                if place + 1 == len(forms):
                    raise
            else:
                self._forms = forms[place:]
                return answer
        raise AssertionError("there is always a form")

    async def _send(
        self, messages: list[dict[str, str]], schema: dict[str, Any], title: str, form: str
    ) -> ChatCompletion:
        create: Callable[..., Awaitable[ChatCompletion]] = self.server.chat.completions.create
        return await create(
            model=self.name, messages=messages, **_describe_form(form, schema, title, self.most_answer_tokens)
        )

    def _take(self, answer: ChatCompletion) -> str | None:
        """Counts what it cost, whatever it says. Nothing about its shape is certain."""
        self.usage.calls += 1
        usage = getattr(answer, "usage", None)
        self.usage.input_tokens += _count(getattr(usage, "prompt_tokens", 0))
        self.usage.output_tokens += _count(getattr(usage, "completion_tokens", 0))
        choices = getattr(answer, "choices", None) or []
        text = getattr(getattr(choices[0], "message", None), "content", None) if choices else None
        if choices and getattr(choices[0], "finish_reason", "") == "length":
            return self._fail("cut_off")
        if not isinstance(text, str) or not text.strip() or len(text) > MOST_ANSWER_CHARACTERS:
            return self._fail("no_answer")
        return text

    def _fail(self, reason: str) -> str | None:
        """Counts why; returns None, for no answer."""
        self.usage.failures[reason] += 1
        return None

    def _key(self, messages: list[dict[str, str]], schema: dict[str, Any]) -> str:
        asked = json.dumps([str(self.server.base_url), self.name, messages, schema], sort_keys=True)
        return sha256(asked.encode()).hexdigest()


def connect(base_url: str, api_key: str, timeout_s: float) -> AsyncOpenAI:
    """A client that retries 408, 409, 429 and 5xx with back-off, as long as the server's Retry-After asks.

    A local server needs no key, but the library wants a text.
    """
    from openai import AsyncOpenAI

    return AsyncOpenAI(api_key=api_key or "none", base_url=base_url or None, timeout=timeout_s, max_retries=RETRIES)


def _describe_form(form: str, schema: dict[str, Any], title: str, most_tokens: int) -> dict[str, Any]:
    """`max_tokens` is the older name of the limit: most compatible servers know only that, OpenAI only the newer."""
    limit = {"max_completion_tokens" if form == "json_schema" else "max_tokens": most_tokens}
    if form.endswith("json_schema"):
        wanted = {"name": title, "strict": True, "schema": schema}
        return limit | {"response_format": {"type": "json_schema", "json_schema": wanted}}
    return limit | ({"response_format": {"type": form}} if form == "json_object" else {})


def _parse(text: str) -> Any:
    """The JSON in an answer, also inside a code fence or after some words; None if there is none."""
    begin, end = text.find("{"), text.rfind("}")
    if begin < 0 or end < begin:
        return None
    try:
        return json.loads(text[begin : end + 1])
    except (ValueError, RecursionError):
        return None


def _says_something(value: Any) -> bool:
    """An answer without questions is not worth remembering: the next one may have some."""
    return isinstance(value, dict) and bool(value) and value.get("questions") != []


def _count(tokens: Any) -> int:
    return tokens if type(tokens) is int and 0 <= tokens < 10**9 else 0
