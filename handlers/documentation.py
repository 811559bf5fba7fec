"""`/openapi.json`, and the pages that show it: Swagger UI and ReDoc, all their files served from here."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from aiohttp import web

from handlers.context import CONTEXT
from handlers.describe import describe_api
from handlers.operations import Access, Bytes, operation
from quizsys.errors import Code, QuizsysError
from quizsys.json_text import write_json

PAGES = Path(__file__).parent / "pages"
HTML, JS, CSS, PNG, JSON = "text/html", "text/javascript", "text/css", "image/png", "application/json"
SAVED = {"If-None-Match": "The `ETag` of what the client has."}
# Both pages set styles from their scripts, ReDoc searches in a worker. Nothing comes from, or goes to, elsewhere.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FRESH = {"Cache-Control": "no-cache"}
PAGE_HEADERS = {**FRESH, "Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
ASSET_HEADERS = {**FRESH, "Cache-Control": "public, max-age=604800"}
REDOC_LOGO = b"https://cdn.redoc.ly/redoc/logo-mini.svg"
NO_PICTURE = b"data:image/gif;base64,R0lGODlhAQABAAAAACw="


@dataclass(frozen=True)
class Sheet:
    """Something that does not change while the server runs, and its ETag."""

    raw: bytes
    content_type: str
    headers: Mapping[str, str]
    tag: str


SHEETS = web.AppKey("sheets", dict[str, Sheet])


def prepare_pages(app: web.Application) -> None:
    """To be called when all routes are there: nothing is made or read in a request."""
    theirs = _find_package()
    swagger, redoc = theirs / "swagger-ui-dist", theirs / "redoc" / "bundles" / "redoc.standalone.js"
    app[SHEETS] = {
        "openapi.json": _keep(write_json(describe_api(app, app[CONTEXT].settings)), JSON, FRESH),
        "docs.html": _keep((PAGES / "docs.html").read_bytes(), HTML, PAGE_HEADERS),
        "redoc.html": _keep((PAGES / "redoc.html").read_bytes(), HTML, PAGE_HEADERS),
        "docs.js": _keep((PAGES / "docs.js").read_bytes(), JS, FRESH),
        "redoc.css": _keep((PAGES / "redoc.css").read_bytes(), CSS, FRESH),
        "favicon-32x32.png": _keep((swagger / "favicon-32x32.png").read_bytes(), PNG, ASSET_HEADERS),
        "swagger-ui.css": _keep((swagger / "swagger-ui.css").read_bytes(), CSS, ASSET_HEADERS),
        "swagger-ui-bundle.js": _keep((swagger / "swagger-ui-bundle.js").read_bytes(), JS, ASSET_HEADERS),
        # Its logo would be fetched from its maker.
        "redoc.standalone.js": _keep(redoc.read_bytes().replace(REDOC_LOGO, NO_PICTURE), JS, ASSET_HEADERS),
    }


@operation(Access.PUBLIC, "This document", tag="documentation", answers={200: Bytes(JSON), 304: None}, headers=SAVED)
async def get_openapi(request: web.Request) -> web.StreamResponse:
    """OpenAPI 3.1, made from the code that answers."""
    return _answer(request, "openapi.json")


@operation(
    Access.PUBLIC,
    "This document in Swagger UI, to try it out",
    tag="documentation",
    answers={200: Bytes(HTML), 304: None},
    headers=SAVED,
)
async def get_docs(request: web.Request) -> web.StreamResponse:
    return _answer(request, "docs.html")


@operation(
    Access.PUBLIC,
    "This document in ReDoc, to read",
    tag="documentation",
    answers={200: Bytes(HTML), 304: None},
    headers=SAVED,
)
async def get_redoc(request: web.Request) -> web.StreamResponse:
    return _answer(request, "redoc.html")


@operation(
    Access.PUBLIC,
    "A script, style or picture of these pages",
    tag="documentation",
    answers={200: Bytes(JS, (CSS, PNG)), 304: None},
    errors=(Code.NOT_FOUND,),
    headers=SAVED,
)
async def get_page_asset(request: web.Request) -> web.StreamResponse:
    name = request.match_info["asset"]
    if request.app[SHEETS].get(name) is None or name.endswith((".html", ".json")):
        raise QuizsysError(Code.NOT_FOUND, "The pages have no such file.")
    return _answer(request, name)


def _answer(request: web.Request, name: str) -> web.Response:
    """304 to who has it already."""
    sheet = request.app[SHEETS][name]
    known = request.if_none_match or ()
    if any(tag.value in (sheet.tag, "*") for tag in known):
        response = web.Response(status=304, headers=sheet.headers)
    else:
        charset = "utf-8" if sheet.content_type.startswith("text/") else None
        response = web.Response(body=sheet.raw, content_type=sheet.content_type, charset=charset, headers=sheet.headers)
    response.etag = sheet.tag
    return response


def _keep(raw: bytes, content_type: str, headers: Mapping[str, str]) -> Sheet:
    return Sheet(raw, content_type, headers, hashlib.sha256(raw).hexdigest()[:32])


def _find_package() -> Path:
    """The folder of Swagger UI's and ReDoc's files. The package is not imported: it would ask for Django."""
    spec = find_spec("drf_spectacular_sidecar")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "static" / "drf_spectacular_sidecar"
