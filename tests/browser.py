"""A real browser without a screen, told what to do over its DevTools protocol."""

import asyncio
import json
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ("--disable-background-networking", "--disable-component-update", "--no-first-run", "--disable-sync")
WAIT_LIMIT_S = 60


class Page:
    """`requests` are the addresses that were asked for, `complaints` what the console said of errors and policies."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self.requests: list[str] = []
        self.complaints: list[str] = []

    async def listen(self) -> None:
        async for message in self._socket:
            said = json.loads(message.data)
            if "id" in said:
                self._waiting.pop(said["id"]).set_result(said)
            else:
                self._note(said["method"], said["params"])

    def _note(self, method: str, given: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.requests.append(given["request"]["url"])
        elif method == "Log.entryAdded":
            self.complaints.append(given["entry"]["text"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(str(given["exceptionDetails"]))

    async def send(self, method: str, **given: Any) -> Any:
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        answer = self._waiting[number]
        await self._socket.send_json({"id": number, "method": method, "params": given})
        said = await asyncio.wait_for(answer, WAIT_LIMIT_S)
        assert "error" not in said, said
        return said["result"]

    async def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        done = await self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    async def wait_for(self, script: str) -> Any:
        """The expression's value, once it is true."""
        async with asyncio.timeout(WAIT_LIMIT_S):
            while not (found := await self.run(script)):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            return found

    async def click(self, selector: str) -> None:
        await self.wait_for(f"document.querySelector({json.dumps(selector)}) !== null")
        await self.run(f"document.querySelector({json.dumps(selector)}).click()")

    async def type(self, selector: str, text: str) -> None:
        await self.wait_for(f"document.querySelector({json.dumps(selector)}) !== null")
        await self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        await self.send("Input.insertText", text=text)


@asynccontextmanager
async def open_page(url: str) -> AsyncIterator[Page]:
    assert CHROMIUM is not None
    with tempfile.TemporaryDirectory(prefix="quizsys-browser-", ignore_cleanup_errors=True) as folder:
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", *QUIET]
        options += ["--remote-debugging-port=0", f"--user-data-dir={folder}", "about:blank"]
        quiet = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            CHROMIUM, *options, stdout=quiet, stderr=quiet, start_new_session=True
        )
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.ws_connect(await _find_page(session, folder)) as socket,
            ):
                page = Page(socket)
                listening = asyncio.create_task(page.listen())
                for part in ("Network", "Log", "Runtime", "Page"):
                    await page.send(f"{part}.enable")
                await page.send("Page.navigate", url=url)
                yield page
                listening.cancel()
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def _find_page(session: aiohttp.ClientSession, folder: str) -> str:
    """The WebSocket of the browser's one page."""
    note = Path(folder) / "DevToolsActivePort"
    async with asyncio.timeout(WAIT_LIMIT_S):
        while not (note.exists() and "\n" in note.read_text()):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        port = note.read_text().splitlines()[0]
        while True:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as response:
                for target in await response.json():
                    if target["type"] == "page":
                        return str(target["webSocketDebuggerUrl"])
            await asyncio.sleep(0.05)
