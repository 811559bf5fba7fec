"""What the server takes, told before the first byte."""

from aiohttp import web

from handlers.answers import answer
from handlers.context import CONTEXT
from handlers.operations import Access, operation
from handlers.tus_headers import ALGORITHMS, EXTENSIONS, VERSION
from quizsys.kinds import KINDS
from quizsys.schemas.uploads import LimitsResponse

CHUNK_ADVICE_BYTES = 16 * 1024 * 1024


@operation(Access.PUBLIC, "What may be uploaded, and how", tag="server", answers={200: LimitsResponse()})
async def get_limits(request: web.Request) -> web.Response:
    settings = request.app[CONTEXT].settings
    tus = {
        "version": VERSION,
        "endpoint": "/projects/{project_id}/uploads",
        "extensions": EXTENSIONS.split(","),
        "checksum_algorithms": list(ALGORITHMS),
        "chunk_size_bytes": min(CHUNK_ADVICE_BYTES, settings.upload_max_size),
        "expiry_s": settings.upload_expiry_s,
    }
    limits = {
        "max_size_bytes": settings.upload_max_size,
        "formats": {name: sorted(kind.families) for name, kind in KINDS.items()},
        "max_uploads": settings.max_uploads,
        "idle_timeout_s": settings.upload_idle_timeout_s,
        "min_bytes_per_s": settings.upload_min_bytes_per_s,
        "tus": tus,
    }
    return answer(limits)
