"""`/openapi.json`, and the pages that show it: Swagger UI and ReDoc, all their files served from here."""

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from aiohttp import hdrs, web

from handlers.context import CONTEXT
from handlers.describe import describe_api
from handlers.files import answer_file, by_range
from handlers.operations import Access, Bytes, operation
from quizsys.errors import Code, QuizsysError
from quizsys.json_text import write_json

PAGES = Path(__file__).parent / "pages"


def _find_package() -> Path:
    """The folder of Swagger UI's and ReDoc's files. The package is not imported: it asks for Django then."""
    spec = find_spec("drf_spectacular_sidecar")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "static" / "drf_spectacular_sidecar"


PACKAGE = _find_package()
ASSETS = {
    "docs.js": (PAGES, "text/javascript"),
    "redoc.css": (PAGES, "text/css"),
    "swagger-ui.css": (PACKAGE / "swagger-ui-dist", "text/css"),
    "swagger-ui-bundle.js": (PACKAGE / "swagger-ui-dist", "text/javascript"),
    "favicon-32x32.png": (PACKAGE / "swagger-ui-dist", "image/png"),
    "redoc.standalone.js": (PACKAGE / "redoc" / "bundles", "text/javascript"),
}
HTML = Bytes("text/html")
# Both pages set styles from their scripts, ReDoc searches in a worker. Nothing comes from, or goes to, elsewhere.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
ASSET_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "public, max-age=86400"}


@dataclass(frozen=True)
class Document:
    """The document as it is sent, and its ETag."""

    raw: bytes
    tag: str


DOCUMENT = web.AppKey("document", Document)


def prepare_document(app: web.Application) -> None:
    """To be called when all routes are there: the document is not made in a request."""
    raw = write_json(describe_api(app, app[CONTEXT].settings))
    app[DOCUMENT] = Document(raw, hashlib.sha256(raw).hexdigest()[:32])


@operation(
    Access.PUBLIC,
    "This document",
    tag="documentation",
    answers={200: Bytes("application/json"), 304: None},
    headers={hdrs.IF_NONE_MATCH: "The `ETag` of the document that the client has."},
)
async def get_openapi(request: web.Request) -> web.StreamResponse:
    """OpenAPI 3.1, made from the code that answers."""
    document = request.app[DOCUMENT]
    if any(known.value in (document.tag, "*") for known in request.if_none_match or ()):
        response = web.Response(status=304)
    else:
        response = web.Response(body=document.raw, content_type="application/json")
    response.etag = document.tag
    response.headers[hdrs.CACHE_CONTROL] = "no-cache"
    return response


@operation(Access.PUBLIC, "This document in Swagger UI, to try it out", tag="documentation", answers=by_range(HTML))
async def get_docs(request: web.Request) -> web.StreamResponse:
    return _answer_page(request, "docs.html")


@operation(Access.PUBLIC, "This document in ReDoc, to read", tag="documentation", answers=by_range(HTML))
async def get_redoc(request: web.Request) -> web.StreamResponse:
    return _answer_page(request, "redoc.html")


@operation(
    Access.PUBLIC,
    "A script, style or picture of these pages",
    tag="documentation",
    answers=by_range(Bytes("text/javascript", ("text/css", "image/png"))),
    errors=(Code.NOT_FOUND, Code.BAD_RANGE),
)
async def get_asset(request: web.Request) -> web.StreamResponse:
    name = request.match_info["asset"]
    if name not in ASSETS:
        raise QuizsysError(Code.NOT_FOUND, "The pages have no such file.")
    folder, content_type = ASSETS[name]
    return answer_file(request, folder / name, {hdrs.CONTENT_TYPE: content_type} | ASSET_HEADERS)


def _answer_page(request: web.Request, name: str) -> web.StreamResponse:
    return answer_file(request, PAGES / name, {hdrs.CONTENT_TYPE: "text/html; charset=utf-8"} | PAGE_HEADERS)
