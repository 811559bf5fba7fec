"""All routes, a function for each noun."""

from collections.abc import Callable

from aiohttp import web

from handlers import (
    analytics,
    assets,
    audit,
    captions,
    documentation,
    health,
    imports,
    jobs,
    limits,
    links,
    login,
    metrics,
    packages,
    projects,
    questions,
    quizzes,
    reviews,
    scenes,
    search,
    share,
    share_media,
    storage,
    streams,
    tokens,
    transcripts,
    tus,
    versions,
    videos,
    webhooks,
)

PROJECT = "/projects/{project_id}"
ASSET = PROJECT + "/assets/{asset_id}"
VIDEO = PROJECT + "/videos/{asset_id}"
UPLOAD = PROJECT + "/uploads/{upload_id}"
JOB = PROJECT + "/jobs/{job_id}"
LINK = PROJECT + "/links/{link_id}"
SHARE = "/share/{link_token}"
SITTING = SHARE + "/attempts/{attempt_id}"
# What is beside the quizzes is none of them.
QUIZ = PROJECT + "/quizzes/{quiz_id:(?!import$)[^/]+}"


def add_routes(router: web.UrlDispatcher) -> None:
    # Routes below /projects are tried in this order, and a new job is in a hurry.
    add_jobs(router)
    add_service(router)
    add_people(router)
    add_projects(router)
    add_uploads(router)
    add_videos(router)
    add_assets(router)
    add_words(router)
    add_quizzes(router)
    add_analytics(router)
    add_links(router)
    add_share(router)
    add_pages(router)
    add_webhooks(router, PROJECT + "/webhooks", lambda handler: handler)
    add_webhooks(router, "/webhooks", webhooks.overall)


def add_jobs(router: web.UrlDispatcher) -> None:
    router.add_post(PROJECT + "/jobs", jobs.create_job)
    router.add_get(PROJECT + "/jobs", jobs.list_jobs)
    router.add_get(JOB, jobs.get_job)
    router.add_patch(JOB, jobs.change_job)
    router.add_post(JOB + "/cancel", jobs.cancel_job)
    router.add_post(JOB + "/retry", jobs.retry_job)
    router.add_post(JOB + "/restart", jobs.restart_job)
    router.add_get(JOB + "/events", streams.stream_events, allow_head=False)
    router.add_get(PROJECT + "/events", streams.stream_project_events, allow_head=False)
    router.add_get(PROJECT + "/ws", streams.stream_project_socket, allow_head=False)
    router.add_get(JOB + "/ws", streams.stream_socket, allow_head=False)


def add_service(router: web.UrlDispatcher) -> None:
    router.add_get("/health", health.get_health)
    router.add_get("/health/live", health.get_live)
    router.add_get("/health/ready", health.get_ready)
    router.add_get("/health/details", health.get_details)
    router.add_get("/metrics", metrics.get_metrics)
    router.add_get("/info", health.get_info)
    router.add_get("/limits", limits.get_limits)


def add_people(router: web.UrlDispatcher) -> None:
    router.add_get("/login", login.log_in, allow_head=False)
    router.add_post("/logout", login.log_out)
    router.add_get("/me", tokens.get_me)
    router.add_post("/tokens", tokens.create_token)
    router.add_get("/tokens", tokens.list_tokens)
    router.add_delete("/tokens/{token_id}", tokens.revoke_token)
    router.add_get("/audit", audit.list_audit)


def add_projects(router: web.UrlDispatcher) -> None:
    router.add_get("/projects", projects.list_projects)
    router.add_get("/storage/stats", storage.get_storage_stats)
    router.add_get(PROJECT + "/storage/stats", storage.get_project_storage_stats)
    router.add_delete(PROJECT + "/storage", storage.delete_project_storage)


def add_uploads(router: web.UrlDispatcher) -> None:
    router.add_options(PROJECT + "/uploads", tus.get_options)
    router.add_post(PROJECT + "/uploads", tus.create_upload)
    router.add_head(UPLOAD, tus.get_offset)
    router.add_get(UPLOAD, tus.get_upload, allow_head=False)
    router.add_patch(UPLOAD, tus.append_upload)
    router.add_post(UPLOAD, tus.override_method)
    router.add_delete(UPLOAD, tus.delete_upload)


def add_videos(router: web.UrlDispatcher) -> None:
    router.add_post(PROJECT + "/videos", videos.create_video)
    router.add_get(PROJECT + "/videos", videos.list_videos)
    router.add_get(VIDEO, videos.get_video)
    router.add_delete(VIDEO, videos.delete_video)
    router.add_get(VIDEO + "/content", videos.get_content)
    router.add_get(VIDEO + "/thumbnail", videos.get_thumbnail)


def add_assets(router: web.UrlDispatcher) -> None:
    router.add_post(PROJECT + "/assets", assets.create_asset)
    router.add_get(PROJECT + "/assets", assets.list_assets)
    router.add_get(ASSET, assets.get_asset)
    router.add_delete(ASSET, assets.delete_asset)
    router.add_get(ASSET + "/content", assets.get_asset_content)
    router.add_get(ASSET + "/thumbnail", assets.get_asset_thumbnail)


def add_words(router: web.UrlDispatcher) -> None:
    router.add_get(VIDEO + "/scenes", scenes.list_scenes)
    router.add_get(VIDEO + r"/scenes/{position:\d{1,6}}/thumbnail", scenes.get_scene_picture)
    router.add_get(VIDEO + "/transcript", transcripts.get_transcript)
    router.add_patch(VIDEO + "/transcript", transcripts.correct_transcript)
    router.add_put(VIDEO + "/transcript", transcripts.replace_transcript)
    router.add_get(VIDEO + "/transcript/revisions", transcripts.list_revisions)
    router.add_post(VIDEO + "/transcript/revert", transcripts.revert_transcript)
    router.add_get(VIDEO + "/captions", captions.get_captions)
    router.add_get(VIDEO + "/captions.vtt", captions.get_vtt)
    router.add_get(VIDEO + "/captions.srt", captions.get_srt)
    router.add_get(PROJECT + "/search", search.search_project)
    router.add_get("/search", search.search_all)


def add_quizzes(router: web.UrlDispatcher) -> None:
    router.add_post(VIDEO + "/quiz", quizzes.request_quiz)
    router.add_get(VIDEO + "/quizzes", quizzes.list_quizzes)
    router.add_post(VIDEO + "/quizzes", quizzes.create_quiz)
    router.add_get(PROJECT + "/quizzes", quizzes.list_project_quizzes)
    router.add_get(QUIZ, quizzes.get_quiz)
    router.add_patch(QUIZ, quizzes.change_quiz)
    router.add_delete(QUIZ, quizzes.delete_quiz)
    router.add_put(QUIZ + "/order", quizzes.order_questions)
    add_questions(router)
    add_versions(router)
    add_packages(router)


def add_questions(router: web.UrlDispatcher) -> None:
    one = QUIZ + "/questions/{question_id}"
    router.add_post(QUIZ + "/questions", questions.create_question)
    router.add_get(one, questions.get_question)
    router.add_patch(one, questions.change_question)
    router.add_delete(one, questions.delete_question)
    router.add_post(one + "/regenerate", questions.regenerate_question)
    router.add_post(QUIZ + "/fill", questions.fill_quiz)
    router.add_post(one + "/approve", reviews.approve_question)
    router.add_post(one + "/reject", reviews.reject_question)
    router.add_post(one + "/reopen", reviews.reopen_question)
    router.add_post(QUIZ + "/review", reviews.review_questions)
    router.add_post(QUIZ + "/undo", reviews.undo_change)
    router.add_post(QUIZ + "/redo", reviews.redo_change)
    router.add_get(QUIZ + "/history", reviews.list_history)
    router.add_get(PROJECT + "/decisions", reviews.list_decisions, allow_head=False)


def add_versions(router: web.UrlDispatcher) -> None:
    router.add_post(QUIZ + "/publish", versions.publish_quiz)
    router.add_post(QUIZ + "/unpublish", versions.unpublish_quiz)
    router.add_post(QUIZ + "/archive", versions.archive_quiz)
    router.add_post(QUIZ + "/restore", versions.restore_quiz)
    router.add_get(QUIZ + "/versions", versions.list_versions)
    router.add_get(QUIZ + r"/versions/{version:\d{1,9}}", versions.get_version)


def add_packages(router: web.UrlDispatcher) -> None:
    router.add_post(PROJECT + "/quizzes/import", imports.import_quiz)
    router.add_get(QUIZ + "/packages", packages.list_packages)
    router.add_get(QUIZ + "/packages/{format}", packages.get_package)


def add_analytics(router: web.UrlDispatcher) -> None:
    root = QUIZ + "/analytics"
    router.add_get(root, analytics.get_analytics)
    router.add_get(root + "/learners", analytics.list_learner_analytics)
    router.add_get(root + "/{table}.csv", analytics.get_analytics_table)


def add_links(router: web.UrlDispatcher) -> None:
    router.add_post(QUIZ + "/links", links.create_link)
    router.add_get(QUIZ + "/links", links.list_links)
    router.add_get(LINK, links.get_link)
    router.add_patch(LINK, links.update_link)
    router.add_delete(LINK, links.delete_link)
    router.add_get(LINK + "/learners", links.list_learners)
    router.add_get(LINK + "/attempts", links.list_attempts)
    router.add_get(PROJECT + "/attempts/{attempt_id}", links.get_attempt)
    router.add_delete(PROJECT + "/learners/{learner_id}", links.delete_learner)


def add_share(router: web.UrlDispatcher) -> None:
    router.add_post(SITTING + "/answers", share.add_answer)
    router.add_get(SHARE, share.get_share)
    router.add_get(SHARE + "/video", share_media.get_share_video)
    router.add_get(SHARE + "/thumbnail", share_media.get_share_thumbnail)
    router.add_post(SHARE + "/attempts", share.start_attempt)
    router.add_get(SHARE + "/attempts", share.list_own_attempts)
    router.add_get(SITTING, share.get_own_attempt)
    router.add_post(SITTING + "/finish", share.finish_attempt)
    router.add_post(SITTING + "/watched", share.note_watched)
    router.add_get(SITTING + "/captions.vtt", share_media.get_share_captions)
    router.add_get(SITTING + "/transcript", share_media.get_share_transcript)


def add_pages(router: web.UrlDispatcher) -> None:
    router.add_get("/openapi.json", documentation.get_openapi)
    router.add_get("/docs", documentation.get_docs)
    router.add_get("/docs/{asset}", documentation.get_page_asset)
    router.add_get("/redoc", documentation.get_redoc)


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
