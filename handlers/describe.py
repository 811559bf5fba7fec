"""The API's OpenAPI 3.1 document, made once at the start from the router and what each handler says of itself."""

import inspect
import re
from typing import Any

from aiohttp import web
from apispec import APISpec
from marshmallow import Schema

from handlers.describe_errors import describe_errors, describe_headers
from handlers.describe_schemas import Components, make_plugin
from handlers.describe_texts import ABOUT, HEADERS, LINKS, PATH_PARAMETERS, SECURITY_SCHEMES, TAGS
from handlers.operations import Access, Body, Bytes, ListOf, Operation, find_operation
from quizsys.config import Settings
from quizsys.schemas.exports import ExportOptions
from quizsys.schemas.results import RESULTS
from quizsys.schemas.videos import FileForm

BINARY = {"type": "string", "format": "binary"}
FORM = "multipart/form-data"
JSON = "application/json"
OCTETS = "application/octet-stream"
REQUEST_ID = {"X-Request-ID": ("What the server's log calls this request.", {"type": "string"})}
LINK = {"Link": ('The next page, as `<path>; rel="next"`; absent on the last one.', {"type": "string"})}
# What the tests let nobody leave.
UNTOLD = {"schema": {"type": "string"}}
TEXT = {"type": "string"}
# Described by parts of their own in OpenAPI, not as parameters.
RESERVED_HEADERS = {"accept", "authorization", "content-type"}


def describe_api(app: web.Application, settings: Settings) -> dict[str, Any]:
    """Every route but the WebSockets, for which OpenAPI has no words."""
    plugin = make_plugin()
    spec = APISpec(
        title=settings.app_name,
        version=settings.app_version,
        openapi_version="3.1.0",
        info={"description": ABOUT},
        # Relative to this document: it holds behind any proxy.
        servers=[{"url": "."}],
        plugins=[plugin],
    )
    for name, scheme in SECURITY_SCHEMES.items():
        spec.components.security_scheme(name, scheme)
    components = Components(spec, plugin)
    for result in RESULTS.values():
        components.answer(result)
    components.body(ExportOptions())
    tags: dict[str, None] = {}
    read = {route.handler for route in app.router.routes() if route.method == "GET"}
    for route in app.router.routes():
        said = find_operation(route)
        is_twin = route.method == "HEAD" and route.handler in read
        if said is None or route.resource is None or not _is_told(said, is_twin):
            continue
        described = _describe_operation(route, said, components, settings, is_twin)
        spec.path(path=route.resource.canonical, operations={route.method.lower(): described})
        tags[said.tag] = None
    for tag in tags:
        spec.tag({"name": tag, "description": TAGS.get(tag, "")})
    components.finish()
    return spec.to_dict()


def _is_told(said: Operation, is_twin: bool) -> bool:
    """The HEAD beside a GET is, where it asks for a file's size and version; the text says that it works everywhere."""
    return 206 in said.answers if is_twin else 101 not in said.answers


def _describe_operation(
    route: web.AbstractRoute, said: Operation, components: Components, settings: Settings, is_twin: bool
) -> dict[str, Any]:
    assert route.resource is not None
    name, is_head = route.handler.__name__, route.method == "HEAD"
    described: dict[str, Any] = {
        "operationId": f"head_{name}" if is_twin else name,
        "summary": f"{said.summary}: only the headers" if is_twin else said.summary,
        "tags": [said.tag],
        "parameters": _list_parameters(route.resource.canonical, said, components),
        "responses": _merge(
            _describe_answers(name, said, components, is_head), describe_errors(said, route, components, is_head)
        ),
        "security": _list_security(said, settings),
    }
    if text := inspect.getdoc(route.handler):
        described["description"] = text
    if said.body is not None:
        described["requestBody"] = {"required": said.body_required, "content": _describe_body(said.body, components)}
    return described


def _list_parameters(path: str, said: Operation, components: Components) -> list[dict[str, Any]]:
    found = [
        {"in": "path", "name": name, "required": True, **PATH_PARAMETERS.get(name, UNTOLD)}
        for name in re.findall(r"{(\w+)}", path)
    ]
    if said.query is not None:
        found += components.parameters(said.query)
    for name, text in said.headers.items():
        if name.lower() not in RESERVED_HEADERS:
            found.append({"in": "header", "name": name, "description": text, "schema": HEADERS.get(name, TEXT)})
    return found


def _describe_body(body: Body, components: Components) -> dict[str, Any]:
    if isinstance(body, Bytes) and body.media_type == FORM:
        described = {"schema": components.body(FileForm()), "encoding": {"file": {"contentType": "video/*"}}}
        return {FORM: described} | {kind: {"schema": BINARY} for kind in body.others}
    if isinstance(body, Bytes):
        return {kind: {"schema": BINARY} for kind in (body.media_type, *body.others)}
    assert isinstance(body, Schema)
    return {JSON: {"schema": components.body(body)}}


def _describe_answers(name: str, said: Operation, components: Components, is_head: bool) -> dict[str, Any]:
    headers = REQUEST_ID | (LINK if said.query is not None and "cursor" in said.query.fields else {})
    found: dict[str, Any] = {}
    for status, body in said.answers.items():
        found[str(status)] = {"description": _tell(status, said), "headers": describe_headers(headers)}
        if body is not None and not is_head:
            found[str(status)]["content"] = _describe_content(body, components)
        if status < 300 and not is_head and (links := LINKS.get(name)):
            found[str(status)]["links"] = links
    return found


def _merge(answers: dict[str, Any], errors: dict[str, Any]) -> dict[str, Any]:
    """A status may stand for an answer of the handler's own and for an error."""
    merged = errors | answers
    for status in answers.keys() & errors.keys():
        own, error = answers[status], errors[status]
        kinds = own.get("content", {}), error.get("content", {})
        if all(JSON in kind for kind in kinds):
            both = [kind[JSON]["schema"] for kind in kinds]
            merged[status] = error | own | {"content": kinds[0] | {JSON: {"schema": {"anyOf": both}}}}
    return merged


def _describe_content(body: Body, components: Components) -> dict[str, Any]:
    match body:
        case Schema():
            return {JSON: {"schema": components.answer(body)}}
        case ListOf():
            return {JSON: {"schema": {"type": "array", "items": components.answer(body.item)}}}
        case Bytes():
            return {kind: {"schema": _describe_bytes(kind)} for kind in _list_kinds(body)}
    return {}


def _list_kinds(body: Bytes) -> list[str]:
    """Beside types that generators of clients have never heard of, the one that they all take as bytes."""
    kinds = [body.media_type, *body.others]
    is_known = any(kind.startswith("text/") or kind.endswith("json") for kind in kinds)
    return kinds if is_known or OCTETS in kinds else [*kinds, OCTETS]


def _describe_bytes(media_type: str) -> dict[str, Any]:
    if media_type == JSON:
        return {"type": "object", "additionalProperties": True}
    return {"type": "string"} if media_type.startswith("text/") else BINARY


def _tell(status: int, said: Operation) -> str:
    match status:
        case 201:
            return f"Created. {said.summary}."
        case 202:
            return f"Accepted; it goes on in the background. {said.summary}."
        case 204:
            return "Done; there is nothing to send."
        case 206:
            return "The part that was asked for."
        case 412:
            return "It is not (any more) what the client's conditions name."
        case 304:
            return "Nothing has changed: what the client has is still right."
    return f"{said.summary}."


def _list_security(said: Operation, settings: Settings) -> list[dict[str, list[str]]]:
    if said.access is Access.PUBLIC or not settings.auth_required:
        return []
    return [{name: []} for name in SECURITY_SCHEMES]
