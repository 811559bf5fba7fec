"""All routes, in one place."""

from collections.abc import Callable

from aiohttp import web

from handlers import (
    assets,
    audit,
    captions,
    documentation,
    health,
    jobs,
    limits,
    login,
    metrics,
    projects,
    quizzes,
    scenes,
    search,
    storage,
    streams,
    tokens,
    transcripts,
    tus,
    uploads,
    videos,
    webhooks,
)
from handlers.access import check_access
from handlers.audit import record_changes
from handlers.context import CONTEXT, Context
from handlers.cors import allow_origins, mark
from handlers.credentials import mark_private
from handlers.lines import LINES, Lines, look_after_lines
from handlers.middlewares import answer_errors
from handlers.operations import find_operation

PROJECT = "/projects/{project_id}"
ASSET = PROJECT + "/assets/{asset_id}"
VIDEO = PROJECT + "/videos/{asset_id}"
UPLOAD = PROJECT + "/uploads/{upload_id}"
JOB = PROJECT + "/jobs/{job_id}"


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
    # The first: routes below /projects are tried in this order, and it is the one that is in a hurry.
    app.router.add_post(PROJECT + "/jobs", jobs.create_job)
    app.router.add_get("/health", health.get_health)
    app.router.add_get("/health/live", health.get_live)
    app.router.add_get("/health/ready", health.get_ready)
    app.router.add_get("/health/details", health.get_details)
    app.router.add_get("/metrics", metrics.get_metrics)
    app.router.add_get("/info", health.get_info)
    app.router.add_get("/login", login.log_in, allow_head=False)
    app.router.add_post("/logout", login.log_out)
    app.router.add_get("/me", tokens.get_me)
    app.router.add_post("/tokens", tokens.create_token)
    app.router.add_get("/tokens", tokens.list_tokens)
    app.router.add_delete("/tokens/{token_id}", tokens.revoke_token)
    app.router.add_get("/audit", audit.list_audit)
    app.router.add_get("/limits", limits.get_limits)
    app.router.add_post(PROJECT + "/videos", videos.create_video, expect_handler=uploads.leave_expect)
    app.router.add_get(PROJECT + "/videos", videos.list_videos)
    app.router.add_options(PROJECT + "/uploads", tus.get_options)
    app.router.add_post(PROJECT + "/uploads", tus.create_upload, expect_handler=uploads.leave_expect)
    app.router.add_head(UPLOAD, tus.get_offset)
    app.router.add_get(UPLOAD, tus.get_upload, allow_head=False)
    app.router.add_patch(UPLOAD, tus.append_upload, expect_handler=uploads.leave_expect)
    app.router.add_post(UPLOAD, tus.override_method, expect_handler=uploads.leave_expect)
    app.router.add_delete(UPLOAD, tus.delete_upload)
    app.router.add_get(VIDEO, videos.get_video)
    app.router.add_delete(VIDEO, videos.delete_video)
    app.router.add_get(VIDEO + "/content", videos.get_content)
    app.router.add_get("/projects", projects.list_projects)
    app.router.add_get("/storage/stats", storage.get_storage_stats)
    app.router.add_get(PROJECT + "/storage/stats", storage.get_project_storage_stats)
    app.router.add_delete(PROJECT + "/storage", storage.delete_project_storage)
    app.router.add_post(PROJECT + "/assets", assets.create_asset, expect_handler=uploads.leave_expect)
    app.router.add_get(PROJECT + "/assets", assets.list_assets)
    app.router.add_get(ASSET, assets.get_asset)
    app.router.add_delete(ASSET, assets.delete_asset)
    app.router.add_get(ASSET + "/content", assets.get_asset_content)
    app.router.add_get(ASSET + "/thumbnail", assets.get_asset_thumbnail)
    app.router.add_get(VIDEO + "/thumbnail", videos.get_thumbnail)
    app.router.add_get(VIDEO + "/scenes", scenes.list_scenes)
    app.router.add_get(VIDEO + r"/scenes/{position:\d{1,6}}/thumbnail", scenes.get_scene_picture)
    app.router.add_get(VIDEO + "/transcript", transcripts.get_transcript)
    app.router.add_patch(VIDEO + "/transcript", transcripts.correct_transcript)
    app.router.add_put(VIDEO + "/transcript", transcripts.replace_transcript)
    app.router.add_get(VIDEO + "/transcript/revisions", transcripts.list_revisions)
    app.router.add_post(VIDEO + "/transcript/revert", transcripts.revert_transcript)
    app.router.add_get(VIDEO + "/captions", captions.get_captions)
    app.router.add_get(VIDEO + "/captions.vtt", captions.get_vtt)
    app.router.add_get(VIDEO + "/captions.srt", captions.get_srt)
    app.router.add_post(VIDEO + "/quiz", quizzes.request_quiz)
    app.router.add_get(VIDEO + "/quizzes", quizzes.list_quizzes)
    app.router.add_get(PROJECT + "/quizzes/{quiz_id}", quizzes.get_quiz)
    app.router.add_get(PROJECT + "/search", search.search_project)
    app.router.add_get("/search", search.search_all)
    app.router.add_get(PROJECT + "/jobs", jobs.list_jobs)
    app.router.add_get(JOB, jobs.get_job)
    app.router.add_patch(JOB, jobs.change_job)
    app.router.add_post(JOB + "/cancel", jobs.cancel_job)
    app.router.add_post(JOB + "/retry", jobs.retry_job)
    app.router.add_post(JOB + "/restart", jobs.restart_job)
    app.router.add_get(JOB + "/events", streams.stream_events, allow_head=False)
    app.router.add_get(PROJECT + "/events", streams.stream_project_events, allow_head=False)
    app.router.add_get(PROJECT + "/ws", streams.stream_project_socket, allow_head=False)
    app.router.add_get(JOB + "/ws", streams.stream_socket, allow_head=False)
    add_webhooks(app.router, PROJECT + "/webhooks", lambda handler: handler)
    add_webhooks(app.router, "/webhooks", webhooks.overall)
    app.router.add_get("/openapi.json", documentation.get_openapi)
    app.router.add_get("/docs", documentation.get_docs)
    app.router.add_get("/docs/{asset}", documentation.get_page_asset)
    app.router.add_get("/redoc", documentation.get_redoc)
    check_operations(app)
    documentation.prepare_pages(app)
    return app


def add_webhooks(router: web.UrlDispatcher, root: str, scoped: Callable[[webhooks.Handler], webhooks.Handler]) -> None:
    one = root + "/{webhook_id}"
    router.add_post(root, scoped(webhooks.create_webhook))
    router.add_get(root, scoped(webhooks.list_webhooks))
    router.add_get(one, scoped(webhooks.get_webhook))
    router.add_patch(one, scoped(webhooks.update_webhook))
    router.add_delete(one, scoped(webhooks.delete_webhook))
    router.add_post(one + "/rotate", scoped(webhooks.rotate_webhook_secret))
    router.add_post(one + "/test", scoped(webhooks.test_webhook))
    router.add_get(one + "/deliveries", scoped(webhooks.list_deliveries))
    router.add_get(one + "/deliveries/{delivery_id}", scoped(webhooks.get_delivery))
    router.add_post(one + "/deliveries/{delivery_id}/redeliver", scoped(webhooks.redeliver))


def check_operations(app: web.Application) -> None:
    """Raises TypeError for a handler that does not say who may call it."""
    for route in app.router.routes():
        if find_operation(route) is None:
            raise TypeError(f"{route.handler} says no operation")
