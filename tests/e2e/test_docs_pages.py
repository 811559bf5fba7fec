"""Swagger UI and ReDoc in a real browser: drawn, usable, and asking nobody but this server."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web

from benchmarks.running import Server
from tests.browser import CHROMIUM, Page, open_page
from tests.guarded import run_guarded

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
WANTED_401 = "Failed to load resource: the server responded with a status of 401 (Unauthorized)"
OPERATIONS = "document.querySelectorAll('.opblock').length"
SUBJECTS = "[...document.querySelectorAll('.opblock-tag')].map(subject => subject.dataset.tag)"


def find_foreign(page: Page, port: int) -> list[str]:
    return [
        url
        for url in page.requests
        if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).netloc != f"127.0.0.1:{port}"
    ]


async def try_out(page: Page, name: str) -> str:
    """What Swagger UI shows as the status of a call; `name` as in the page: tag-operation."""
    await page.click(f".opblock-tag[data-tag={name.partition('-')[0]}]")
    await page.click(f"#operations-{name} .opblock-summary-control")
    await page.click(f"#operations-{name} button.execute")
    found = f"#operations-{name} .live-responses-table tbody .response-col_status"
    return str(await page.wait_for(f"document.querySelector('{found}')?.innerText"))


async def count_operations(page: Page) -> dict[str, int]:
    """How many operations each subject unfolds to."""
    found = {}
    for subject in await page.run(SUBJECTS):
        await page.wait_for(f"{OPERATIONS} === 0")
        await page.click(f".opblock-tag[data-tag={subject}]")
        found[subject] = await page.wait_for(OPERATIONS)
        await page.click(f".opblock-tag[data-tag={subject}]")
    return found


async def test_swagger_ui_calls_the_api_and_nobody_else(server: Server) -> None:
    async with open_page(f"http://127.0.0.1:{server.port}/docs") as page:
        assert (await try_out(page, "server-get_health")).startswith("200")
        await page.click(".opblock-tag[data-tag=server]")
        assert await count_operations(page) == Counter(
            operation["tags"][0]
            for methods in server.call("GET", "/openapi.json")["paths"].values()
            for operation in methods.values()
        )
        assert find_foreign(page, server.port) == []
        assert page.complaints == []


async def test_a_token_given_to_authorize_is_sent(tmp_path: Path) -> None:
    with run_guarded(tmp_path) as guarded:
        async with open_page(f"http://127.0.0.1:{guarded.server.port}/docs") as page:
            assert (await try_out(page, "tokens-get_me")).startswith("401")
            await page.click(".scheme-container .authorize")
            await page.type(".modal-ux input[aria-label=auth-bearer-value]", guarded.tokens["admin"])
            await page.click(".modal-ux .authorize[type=submit]")
            await page.click(".modal-ux .btn-done")
            await page.click("#operations-tokens-get_me button.execute")
            shown = "document.querySelector('#operations-tokens-get_me .live-responses-table').innerText"
            assert "admin" in await page.wait_for(f"{shown}.includes('200') && {shown}")
            assert page.complaints == [WANTED_401]


async def test_redoc_draws_every_operation_and_asks_nobody_else(server: Server) -> None:
    paths = server.call("GET", "/openapi.json")["paths"]
    summaries = {described["summary"] for methods in paths.values() for described in methods.values()}
    async with open_page(f"http://127.0.0.1:{server.port}/redoc") as page:
        await page.wait_for("document.querySelectorAll('[data-section-id*=operation]').length")
        shown = await page.run("document.body.innerText")
        assert [summary for summary in summaries if summary.replace("`", "") not in shown.replace("`", "")] == []
        assert find_foreign(page, server.port) == []
        assert page.complaints == []


@pytest.fixture
async def prefixed(server: Server) -> AsyncIterator[int]:
    """The port of a proxy that has the server under /quiz."""

    async def pass_on(request: web.Request) -> web.Response:
        if not request.path.startswith("/quiz/"):
            return web.Response(status=404, text="not the server's")
        url = f"http://127.0.0.1:{server.port}{request.path_qs.removeprefix('/quiz')}"
        async with session.request(request.method, url, data=await request.read()) as answer:
            kept = {
                name: answer.headers[name]
                for name in ("Content-Type", "Content-Security-Policy")
                if name in answer.headers
            }
            return web.Response(status=answer.status, body=await answer.read(), headers=kept)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", pass_on)
    runner = web.AppRunner(app)
    async with aiohttp.ClientSession() as session:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield runner.addresses[0][1]
        await runner.cleanup()


async def test_the_pages_work_under_a_prefix(prefixed: int) -> None:
    async with open_page(f"http://127.0.0.1:{prefixed}/quiz/docs") as page:
        assert (await try_out(page, "server-get_health")).startswith("200")
        assert f"http://127.0.0.1:{prefixed}/quiz/health" in page.requests
    async with open_page(f"http://127.0.0.1:{prefixed}/quiz/redoc") as page:
        await page.wait_for("document.querySelectorAll('[data-section-id*=operation]').length")
