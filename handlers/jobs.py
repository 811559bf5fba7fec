"""Jobs: create, list, read, cancel, retry, restart, put forward."""

from functools import partial
from typing import Any

from aiohttp import web

from handlers.answers import answer
from handlers.bodies import load, read_body
from handlers.context import CONTEXT, Context
from handlers.operations import Access, ListOf, operation
from handlers.paging import answer_list
from handlers.projects import read_project
from handlers.queueing import REPEATABLE, answer_new, wait_for_room
from quizsys.errors import Code, invalid
from quizsys.schemas.exports import ExportOptions
from quizsys.schemas.jobs import JobChangeRequest, JobCreateRequest, JobResponse, JobsQuery, QuizOptions
from quizsys.services import exports, jobs, restarts

_request = JobCreateRequest()
_job = JobResponse()
_change = JobChangeRequest()
_quiz_options = QuizOptions()
_export_options = ExportOptions()


@operation(
    Access.EDITOR,
    "Queue a job",
    tag="jobs",
    body=_request,
    answers={201: _job},
    errors=(Code.INVALID, Code.TOO_LARGE, Code.QUEUE_FULL),
    headers=REPEATABLE,
)
async def create_job(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    project_id = read_project(request)
    body = await read_body(request, _request)
    new = _read_new_job(project_id, body, context)
    create = exports.create_export if new.job_type == "export" else jobs.create_job
    return await answer_new(request, partial(create, new, context.settings.max_queue_size), 201, body)


@operation(
    Access.VIEWER,
    "The jobs of a project, newest first",
    tag="jobs",
    query=JobsQuery(),
    answers={200: ListOf(_job)},
    errors=(Code.BAD_FILTER, Code.INVALID),
)
async def list_jobs(request: web.Request) -> web.Response:
    return await answer_list(request, jobs.list_jobs, read_project(request), request.query.getall("status", []))


@operation(Access.VIEWER, "A job", tag="jobs", answers={200: _job}, errors=(Code.NOT_FOUND,))
async def get_job(request: web.Request) -> web.Response:
    project_id = read_project(request)
    return answer(await request.app[CONTEXT].store.read(jobs.get_job, project_id, request.match_info["job_id"]))


@operation(Access.EDITOR, "Cancel a job", tag="jobs", answers={202: _job}, errors=(Code.NOT_FOUND,))
async def cancel_job(request: web.Request) -> web.Response:
    project_id = read_project(request)
    return answer(
        await request.app[CONTEXT].store.run(jobs.request_cancel, project_id, request.match_info["job_id"]), 202
    )


@operation(
    Access.EDITOR,
    "Queue a failed or cancelled job again",
    tag="jobs",
    answers={202: _job},
    errors=(Code.NOT_FOUND, Code.CONFLICT, Code.QUEUE_FULL),
)
async def retry_job(request: web.Request) -> web.Response:
    """It gets all its tries again and keeps its log. If it failed because another job did, restart that one."""
    context = request.app[CONTEXT]
    place = (read_project(request), request.match_info["job_id"], context.settings.max_queue_size)
    return answer(await wait_for_room(context, partial(restarts.retry_job, *place)), 202)


@operation(
    Access.EDITOR,
    "Restart a chain from a failed step",
    tag="jobs",
    answers={202: ListOf(_job)},
    errors=(Code.NOT_FOUND, Code.CONFLICT, Code.QUEUE_FULL),
)
async def restart_job(request: web.Request) -> web.Response:
    """Queues the failed or cancelled job again and every job that failed because of it, all or none; answers with
    them in their order."""
    context = request.app[CONTEXT]
    place = (read_project(request), request.match_info["job_id"], context.settings.max_queue_size)
    return answer(await wait_for_room(context, partial(restarts.restart_chain, *place)), 202)


@operation(
    Access.EDITOR,
    "Move a queued job forward or back",
    tag="jobs",
    body=_change,
    answers={200: _job},
    errors=(Code.NOT_FOUND, Code.CONFLICT, Code.INVALID, Code.TOO_LARGE),
)
async def change_job(request: web.Request) -> web.Response:
    project_id = read_project(request)
    priority = (await read_body(request, _change))["priority"]
    store = request.app[CONTEXT].store
    return answer(await store.run(jobs.set_priority, project_id, request.match_info["job_id"], priority))


def _read_new_job(project_id: str, body: dict[str, Any], context: Context) -> jobs.NewJob:
    payload = body["payload"]
    asset_id = payload.get("asset_id")
    if body["job_type"] == "export":
        asset_id = ""
        load(_export_options, *exports.find_options(payload))
    elif not isinstance(asset_id, str):
        raise invalid(["body", "payload", "asset_id"], "This type of job needs the id of a video.", asset_id, "missing")
    if body["job_type"] == "quiz_generation":
        payload = payload | load(_quiz_options, payload, ["body", "payload"])
    tries, delay_s = body["max_attempts"], body["retry_delay_seconds"]
    return jobs.NewJob(
        project_id=project_id,
        job_type=body["job_type"],
        asset_id=asset_id,
        max_tries=context.settings.job_max_attempts if tries is None else tries,
        retry_delay_s=context.settings.job_retry_delay_seconds if delay_s is None else delay_s,
        payload=payload,
        priority=body["priority"] or 0,
    )
