"""A caption file that is slow to read keeps nobody waiting who needs a thread."""

import asyncio
from typing import cast

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from handlers import captions
from quizsys.services import revisions

VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\nx\n"


async def test_caption_files_wait_for_each_other_and_for_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = asyncio.Event()
    loop = asyncio.get_running_loop()
    reading = []

    def read_slowly(_raw: bytes, *, is_vtt: bool) -> revisions.Captions:
        reading.append(is_vtt)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()
        return ()

    async def receive(*_: object) -> bytes:
        return VTT

    monkeypatch.setattr(revisions, "read_captions", read_slowly)
    monkeypatch.setattr(captions, "receive_small_file", receive)
    request = cast(web.Request, make_mocked_request("PUT", "/", headers={"Content-Type": "text/vtt"}))
    sent = [asyncio.create_task(captions.receive_captions(request)) for _ in range(40)]
    # More of them than any default executor has threads.
    assert await asyncio.wait_for(asyncio.to_thread(int), 30) == 0
    while not reading:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert reading == [True]
    go_on.set()
    assert await asyncio.gather(*sent) == [()] * 40
