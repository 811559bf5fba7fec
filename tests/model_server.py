"""A language model's server for tests: it speaks the OpenAI protocol and answers what it is told to."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Script = Callable[["Asked"], Any]


@dataclass(frozen=True)
class Asked:
    """One request: its body, how many came before it, and whether it asks for a verdict."""

    body: dict[str, Any]
    number: int

    @property
    def wants_verdict(self) -> bool:
        return "You are a careful student" in self.body["messages"][0]["content"]

    @property
    def material(self) -> dict[str, Any]:
        """What the user message carries as JSON."""
        text = self.body["messages"][1]["content"]
        return dict(json.loads(text[text.index("{") :]))


@dataclass
class ModelServer:
    """`script` gives the answer's text, a dict for JSON, or a ready response."""

    script: Script
    asked: list[Asked] = field(default_factory=list)

    def make_app(self) -> web.Application:
        app = web.Application(client_max_size=2**24)
        app.router.add_post("/v1/chat/completions", self._complete)
        return app

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        asked = Asked(await request.json(), len(self.asked))
        self.asked.append(asked)
        said = self.script(asked)
        if hasattr(said, "__await__"):
            said = await said
        return said if isinstance(said, web.StreamResponse) else complete(said)


def complete(said: Any, finish_reason: str = "stop") -> web.Response:
    """A chat completion with this content."""
    content = said if isinstance(said, str) else json.dumps(said)
    message = {"role": "assistant", "content": content, "refusal": None}
    return web.json_response(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "scripted",
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish_reason}],
            "usage": {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200},
        }
    )


def refuse(status: int, message: str, **headers: str) -> web.Response:
    error = {"message": message, "type": "error", "param": None, "code": None}
    return web.json_response({"error": error}, status=status, headers=headers)


class Kept(dict[str, str]):
    """A memory of answers."""

    async def find(self, key: str) -> str | None:
        return self.get(key)

    async def keep(self, key: str, _model: str, answer: str) -> None:
        self[key] = answer
