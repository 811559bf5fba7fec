"""QTI in a player of others (qti-components) in a real browser: it answers, and the player scores and explains."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import qti_convert
from aiohttp import web
from aiohttp.test_utils import TestServer as Server

from quizsys.packages.qti21 import write_qti21
from quizsys.packages.qti30 import write_qti30
from quizsys.packages.sheet import Item, Sheet
from tests.browser import CHROMIUM, Page, open_page
from tests.packed_quiz import arabic, english, filmed

Serve = Callable[[web.Application], Awaitable[Server]]
PLAYER = Path(__file__).parent.parent / "clients/node_modules/@citolab/qti-components/cdn/index.global.js"
pytestmark = pytest.mark.skipif(
    CHROMIUM is None or not PLAYER.exists(), reason="needs Chromium and the packages of npm: run make test"
)
ITEM = "document.querySelector('item-container').shadowRoot.querySelector('qti-assessment-item')"
LOAD = """(async () => {
  const box = document.querySelector('item-container'), find = () => %s;
  box.itemXML = %s;
  while (find()?.identifier !== %s || !find().getOutcome('SCORE')) await new Promise((done) => setTimeout(done, 5));
  await find().updateComplete;
})()"""
ANSWER = """(async () => {
  const item = %s, answer = %s, feedback = [...item.querySelectorAll('qti-modal-feedback')];
  if (answer !== null) item.updateResponseVariable('RESPONSE', answer);
  item.processResponse();
  await Promise.all(feedback.map((one) => one.updateComplete));
  const told = feedback.filter((one) => one.showStatus === 'on').map((one) => one.textContent.trim());
  return { score: Number(item.getOutcome('SCORE').value), told };
})()"""
BLANK = (
    '<qti-assessment-item identifier="blank"><qti-outcome-declaration identifier="SCORE" cardinality="single" '
    'base-type="float"></qti-outcome-declaration><qti-item-body></qti-item-body></qti-assessment-item>'
)


def unpack(package: Path, folder: Path) -> Path:
    with ZipFile(package) as archive:
        archive.extractall(folder)
    (folder / "page.html").write_text(
        '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script src="/player.js"></script>'
        "<body><qti-item><item-container></item-container></qti-item>"
    )
    return folder


def write_straight(sheet: Sheet, folder: Path) -> Path:
    write_qti30(sheet, folder / "30.zip")
    return unpack(folder / "30.zip", folder / "30")


def write_upgraded(sheet: Sheet, folder: Path) -> Path:
    """QTI 2.1 turned into 3.0 by a converter of others, since the player knows only that."""
    write_qti21(sheet, folder / "21.zip")
    qti_convert.upgrade_package(folder / "21.zip", folder / "upgraded.zip")
    return unpack(folder / "upgraded.zip", folder / "upgraded")


async def answer(page: Page, folder: Path, item: Item, value: Any) -> dict[str, Any]:
    """Its score and what it shows afterwards, on a fresh copy of the item."""
    name = f"q-{item.id}"
    for text, identifier in ((BLANK, "blank"), ((folder / f"{name}.xml").read_text(), name)):
        await page.run(LOAD % (ITEM, json.dumps(text), json.dumps(identifier)))
    return dict(await page.run(ANSWER % (ITEM, json.dumps(value))))


@pytest.fixture(params=[write_straight, write_upgraded], ids=["3.0", "2.1"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(request.param(english(tmp_path), tmp_path))


@asynccontextmanager
async def show(folder: Path, serve: Serve) -> AsyncIterator[Page]:
    async def send_player(_: web.Request) -> web.FileResponse:
        return web.FileResponse(PLAYER)

    app = web.Application()
    app.router.add_get("/player.js", send_player)
    app.router.add_static("/", folder)
    server = await serve(app)
    async with open_page(str(server.make_url("/page.html"))) as page:
        await page.wait_for("document.readyState === 'complete' && customElements.get('item-container') !== undefined")
        yield page


@pytest.fixture
async def page(folder: Path, aiohttp_server: Serve) -> AsyncIterator[Page]:
    async with show(folder, aiohttp_server) as page:
        yield page


WHY = "It is bound in the dark reactions.1:05–1:12 “plants take in carbon dioxide”"
ANSWERS: list[tuple[int, Any, float, list[str]]] = [
    (1, "c2", 2, ["Right.", WHY]),
    (1, "c1", 0, ["They give it off.", WHY]),
    (1, None, 0, [WHY]),
    (2, ["c1", "c3", "c5"], 3, []),
    (2, ["c1", "c3", "c2"], 0.5, ["No."]),
    (2, ["c1", "c2", "c3", "c4", "c5"], 0, ["No."]),
    (3, "c1", 1, []),
    (3, "c2", 0, ["Look again."]),
    (4, "c2", 1, []),
    (5, "LEAF green", 1, ["From the Greek for pale green."]),
    (5, "moss", 0, ["From the Greek for pale green."]),
    (6, "3.25", 1.5, []),
    (6, "3.76", 0, []),
    (7, "2", 1, []),
    (7, "2.01", 0, []),
    (8, ["c1", "c2", "c3"], 2, []),
    (8, ["c2", "c1", "c3"], 0, []),
    (9, ["c1 m2", "c2 m4", "c3 m1"], 3, []),
    (9, ["c1 m2", "c2 m3"], 1, []),
    (10, "They save water.", 0, ["To lose no water.1:05–1:12 “they fall to save water”"]),
]


async def test_answers_are_scored_and_explained(folder: Path, page: Page, tmp_path: Path) -> None:
    items = english(tmp_path).items
    for number, value, score, told in ANSWERS:
        assert await answer(page, folder, items[number - 1], value) == {"score": score, "told": told}, (number, value)
    await answer(page, folder, items[0], "c2")
    assert await page.run(f"{ITEM}.querySelector('a').href") == items[0].link
    assert page.complaints == []


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("folder", [write_straight], indirect=True)
async def test_slides_are_shown_and_text_runs_to_the_left(page: Page, tmp_path: Path) -> None:
    sheet = arabic(tmp_path)
    (tmp_path / "ar").mkdir()
    other = write_straight(sheet, tmp_path / "ar")
    assert (await answer(page, other, sheet.items[0], "c2"))["score"] == 1
    way = "getComputedStyle({}).direction"
    for place in ("qti-item-body p", "qti-simple-choice", "qti-modal-feedback p"):
        assert await page.run(way.format(f"{ITEM}.querySelector('{place}')")) == "rtl"
    assert await page.run(f"{ITEM}.querySelector('qti-item-body p').textContent") == sheet.items[0].stem
    await page.wait_for(f"{ITEM}.querySelector('img').naturalWidth === 64")


async def test_the_video_plays_its_stretch(aiohttp_server: Serve, tmp_path: Path, small_video: bytes) -> None:
    (tmp_path / "lesson.mp4").write_bytes(small_video)
    sheet = filmed(tmp_path, tmp_path / "lesson.mp4")
    folder = write_straight(sheet, tmp_path)
    async with show(folder, aiohttp_server) as page:
        await answer(page, folder, sheet.items[1], ["c1"])
        video = f"{ITEM}.querySelector('video')"
        await page.wait_for(f"{video}.currentTime === 0.5")
        await page.run(f"{{ {video}.muted = true; {video}.play() }}")
        await page.wait_for(f"{video}.paused && {video}.currentTime >= 1.5")
        assert await page.run(f"{video}.currentTime < 1.9")
        await page.run(f"{video}.textTracks[0].mode = 'showing'")
        await page.wait_for(f"{video}.textTracks[0].cues?.length === 1")
        said = await page.run(f"{video}.textTracks[0].cues[0].getCueAsHTML().textContent")
        assert said == "\n".join(sheet.captions[0].lines)
