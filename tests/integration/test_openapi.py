"""The OpenAPI document: valid, whole, and what the server really answers."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from aiohttp import web
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from benchmarks.running import Server
from handlers.answers import STATUS
from handlers.app import make_app
from handlers.context import Context
from handlers.describe_errors import MEANINGS
from handlers.describe_texts import LINKS, PATH_PARAMETERS, TAGS
from handlers.operations import find_operation
from quizsys.config import Settings
from quizsys.errors import Code
from tests.declared import describe
from tests.wire import call

CONTRACT_SCHEMAS = {
    *("JobCreateRequest", "JobResponse", "JobLogEntryResponse", "JobStatus"),
    *("VideoUploadResponse", "VideoAssetResponse", "StorageStatsResponse"),
    *("HealthResponse", "ProjectInfoResponse", "HTTPValidationError", "ValidationError"),
}
CONTRACT_PATHS = {
    "/health": {"get"},
    "/info": {"get"},
    "/storage/stats": {"get"},
    "/projects/{project_id}/storage": {"delete"},
    "/projects/{project_id}/storage/stats": {"get"},
    "/projects/{project_id}/videos": {"get", "post"},
    "/projects/{project_id}/videos/{asset_id}": {"delete"},
    "/projects/{project_id}/jobs": {"get", "post"},
    "/projects/{project_id}/jobs/{job_id}": {"get"},
    "/projects/{project_id}/jobs/{job_id}/events": {"get"},
}
PUBLIC = ("share", "health", "limits", "info", "docs", "redoc", "openapi.json", "login", "logout")


@pytest.fixture
def app(settings: Settings) -> web.Application:
    return make_app(Context(settings, *[None] * (len(Context.__dataclass_fields__) - 1)))


@pytest.fixture
def document(settings: Settings) -> dict[str, Any]:
    return json.loads(json.dumps(describe(settings)))


def list_operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            yield method, path, described


def test_the_document_is_valid_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert [error.message for error in OPENAPI_31_VALIDATOR.iter_errors(document)] == []
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)


def test_every_route_but_websockets_is_told(app: web.Application, document: dict[str, Any]) -> None:
    missing = []
    for route in app.router.routes():
        said = find_operation(route)
        assert said is not None
        assert route.resource is not None
        told = document["paths"].get(route.resource.canonical, {})
        if route.method.lower() not in told and route.method != "HEAD" and 101 not in said.answers:
            missing.append((route.method, route.resource.canonical))
    assert missing == []


def test_what_clients_of_the_seed_look_for_is_there(document: dict[str, Any]) -> None:
    assert set(document["components"]["schemas"]) >= CONTRACT_SCHEMAS
    for path, methods in CONTRACT_PATHS.items():
        assert set(document["paths"][path]) >= methods, path
    assert not [path for path in document["paths"] if path.endswith("/ws")]


def test_every_name_has_its_words(document: dict[str, Any]) -> None:
    assert {code for code in Code if code not in MEANINGS or code not in STATUS} == set()
    tags = {tag for *_, described in list_operations(document) for tag in described["tags"]}
    assert tags - set(TAGS) == set()
    names = {
        parameter["name"]
        for *_, described in list_operations(document)
        for parameter in described["parameters"]
        if parameter["in"] == "path"
    }
    assert names - set(PATH_PARAMETERS) == set()


def test_every_part_is_described(document: dict[str, Any]) -> None:
    silent = []
    for method, path, described in list_operations(document):
        silent += [
            f"{method} {path}: {parameter['name']}"
            for parameter in described["parameters"]
            if not parameter.get("description")
        ]
        silent += [f"{method} {path}"] if not described["summary"] else []
    for name, schema in document["components"]["schemas"].items():
        silent += [f"{name}.{key}" for key, value in schema.get("properties", {}).items() if "description" not in value]
    assert silent == []


def test_every_answer_has_a_type(document: dict[str, Any]) -> None:
    untyped = []
    for method, path, described in list_operations(document):
        for status, given in described["responses"].items():
            has_body = method != "head" and status not in ("204", "303", "304", "412")
            if has_body and not given.get("content"):
                untyped.append((method, path, status))
    assert untyped == []


def test_operation_ids_are_names_that_differ(document: dict[str, Any]) -> None:
    ids = [described["operationId"] for *_, described in list_operations(document)]
    assert len(set(ids)) == len(ids)
    assert [name for name in ids if not name.isidentifier() or name != name.lower()] == []


def test_links_lead_somewhere(document: dict[str, Any]) -> None:
    ids = {described["operationId"] for *_, described in list_operations(document)}
    assert set(LINKS) <= ids
    assert {link["operationId"] for links in LINKS.values() for link in links.values()} <= ids


def test_all_references_resolve(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    for part in text.split('"$ref": "#/')[1:]:
        found: Any = document
        for key in part.split('"')[0].split("/"):
            found = found[key]


def test_the_document_says_who_must_show_a_token(settings: Settings) -> None:
    for method, path, described in list_operations(describe(settings)):
        is_public = path.split("/")[1] in PUBLIC or method == "options"
        assert bool(described["security"]) is not is_public or "401" in described["responses"], (method, path)


def test_the_document_is_answered_once_to_who_has_it(server: Server) -> None:
    first = call(server, "GET", "/openapi.json")
    assert (first.status, first.headers["content-type"]) == (200, "application/json")
    again = call(server, "GET", "/openapi.json", if_none_match=first.headers["etag"])
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    head = call(server, "HEAD", "/openapi.json")
    assert (head.status, head.headers["content-length"]) == (200, str(len(first.body)))
    assert call(server, "GET", "/openapi.json", if_none_match='"else"').status == 200
