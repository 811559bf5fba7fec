"""The application: its middlewares and its routes."""

from aiohttp import web

from handlers import audit, documentation, metrics, tus
from handlers.access import check_access
from handlers.audit import record_changes
from handlers.context import CONTEXT, Context
from handlers.cors import allow_origins, mark
from handlers.credentials import mark_private
from handlers.heads import leave_expect
from handlers.lines import LINES, Lines, look_after_lines
from handlers.middlewares import answer_errors
from handlers.operations import find_operation
from handlers.routes import add_routes


def make_app(context: Context) -> web.Application:
    # What may be large is streamed, and limited where it is read.
    middlewares = [metrics.measure, allow_origins, answer_errors, check_access, record_changes]
    app = web.Application(middlewares=middlewares, client_max_size=0)
    app[CONTEXT] = context
    app[LINES] = Lines()
    app[audit.REFUSALS] = {}
    app.cleanup_ctx.append(look_after_lines)
    app.on_response_prepare.append(mark)
    app.on_response_prepare.append(mark_private)
    app.on_response_prepare.append(tus.mark_tus)
    add_routes(app.router)
    for route in app.router.routes():
        route._expect_handler = leave_expect
    check_operations(app)
    documentation.prepare_pages(app)
    return app


def check_operations(app: web.Application) -> None:
    """Raises TypeError for a handler that does not say who may call it."""
    for route in app.router.routes():
        if find_operation(route) is None:
            raise TypeError(f"{route.handler} says no operation")
