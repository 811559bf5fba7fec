"""The OpenAPI document as a judge of real answers, stricter than it is: a key that it does not tell of fails."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from tests.wire import Answer


class Document:
    def __init__(self, document: dict[str, Any]) -> None:
        self.paths: dict[str, Any] = document["paths"]
        self._components = _close(document["components"])

    def list_reads(self) -> Iterator[tuple[str, int, str]]:
        """Path, status and media type of what each GET answers when all is well."""
        for path, methods in self.paths.items():
            for status, given in methods.get("get", {}).get("responses", {}).items():
                if status.startswith("2"):
                    yield from ((path, int(status), kind) for kind in given.get("content", {}))

    def check(self, method: str, path: str, answer: Answer) -> None:
        """Raises AssertionError unless the answer's status, type and body are told of."""
        responses = self.paths[path][method]["responses"]
        where = f"{method} {path} {answer.status}"
        assert str(answer.status) in responses, f"{where} {answer.body[:500]!r}"
        content = responses[str(answer.status)].get("content", {})
        kind = answer.headers.get("content-type", "").partition(";")[0]
        assert kind in content or not answer.body, f"{where}: {kind}"
        if kind == "application/json":
            self._validate(content[kind]["schema"], answer.json(), where)

    def check_schema(self, name: str, value: Any) -> None:
        self._validate({"$ref": f"#/components/schemas/{name}"}, value, name)

    def _validate(self, schema: dict[str, Any], value: Any, where: str) -> None:
        whole = _close(schema) | {"components": self._components}
        judge = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        problems = [f"{where} {list(error.instance_path)}: {error.message[:500]}" for error in judge.iter_errors(value)]
        assert problems == [], json.dumps(problems, indent=1)


def _close(value: Any) -> Any:
    """The same schemas, but no object has more than what they name."""
    if isinstance(value, list):
        return [_close(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    closed = {key: _close(inner) for key, inner in value.items()}
    if value.get("type") == "object" and "properties" in value:
        closed.setdefault("additionalProperties", False)
    return closed
