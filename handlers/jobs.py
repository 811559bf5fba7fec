"""Jobs: create, list, read, cancel."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from aiohttp import web

from handlers.answers import answer
from handlers.bodies import load, read_body
from handlers.context import CONTEXT, Context
from handlers.operations import Access, ListOf, operation
from handlers.paging import answer_list
from handlers.projects import read_project
from quizsys import clock
from quizsys.errors import Code, QuizsysError, invalid
from quizsys.schemas.jobs import JobCreateRequest, JobResponse, JobsQuery, QuizOptions
from quizsys.services import jobs

T = TypeVar("T")
FULL_POLL_S = 0.1
_request = JobCreateRequest()
_job = JobResponse()
_quiz_options = QuizOptions()


@operation(
    Access.EDITOR,
    "Queue a job",
    tag="jobs",
    body=_request,
    answers={201: _job},
    errors=(Code.INVALID, Code.TOO_LARGE, Code.QUEUE_FULL),
)
async def create_job(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    project_id = read_project(request)
    body = await read_body(request, _request)
    new = _read_new_job(project_id, body, context)
    return answer(await wait_for_room(context, partial(jobs.create_job, new, context.settings.max_queue_size)), 201)


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


async def wait_for_room(context: Context, service: Callable[[], T]) -> T:
    """Run a service that enqueues; while the queue is full, try again for QUEUE_WAIT_S. Nothing is half-accepted."""
    deadline_s = clock.monotonic_s() + context.settings.queue_wait_s
    while True:
        try:
            return await context.store.run(service)
        except QuizsysError as error:
            if error.code is not Code.QUEUE_FULL or clock.monotonic_s() >= deadline_s:
                raise
        await asyncio.sleep(FULL_POLL_S)


def _read_new_job(project_id: str, body: dict[str, Any], context: Context) -> jobs.NewJob:
    payload = body["payload"]
    asset_id = payload.get("asset_id")
    if not isinstance(asset_id, str):
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
    )
