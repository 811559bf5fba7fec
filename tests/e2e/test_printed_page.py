"""The page to print in a real browser: nothing that axe finds fault with, and the answers on a sheet of their own."""

import base64
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest
from PIL import Image

from quizsys.packages.page import write_page
from quizsys.packages.sheet import Sheet
from tests.browser import CHROMIUM, open_page
from tests.carried import ARABIC, SHEET, with_media
from tests.nodes import CLIENTS

AXE = CLIENTS / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = pytest.mark.skipif(
    CHROMIUM is None or not AXE.exists(), reason="needs Chromium, and axe-core: install nodejs and npm, then make test"
)
FAULTS = "axe.run().then(told => told.violations.map(fault => `${fault.id}: ${fault.nodes[0].html}`))"


async def look(sheet: Sheet, folder: Path) -> tuple[list[str], list[str], list[str]]:
    """What axe finds, what the console said, and the text of each printed sheet."""
    Image.new("RGB", (64, 36), "#246").save(folder / "slide.jpg")
    write_page(with_media(sheet, folder / "none.mp4", folder / "slide.jpg"), folder / "quiz.html")
    async with open_page((folder / "quiz.html").as_uri()) as page:
        await page.wait_for("document.readyState === 'complete' && document.querySelector('h2') !== null")
        await page.run(AXE.read_text(encoding="utf-8"))
        faults: list[str] = await page.run(FAULTS)
        complaints = list(page.complaints)
        printed: dict[str, Any] = await page.send("Page.printToPDF", preferCSSPageSize=True)
    document = pypdf.PdfReader(io.BytesIO(base64.b64decode(printed["data"])))
    return faults, complaints, [sheet.extract_text() for sheet in document.pages]


async def test_the_page_is_accessible_and_its_key_begins_a_sheet(tmp_path: Path) -> None:
    faults, complaints, sheets = await look(replace(SHEET, items=SHEET.items[:3]), tmp_path)
    assert faults == []
    assert complaints == []
    (first,) = (place for place, text in enumerate(sheets) if "Answer key" in text)
    assert first > 0
    assert sheets[first].strip().startswith("Answer key")
    assert "Told about" not in "".join(sheets[:first])


async def test_arabic_is_as_accessible(tmp_path: Path) -> None:
    faults, complaints, _ = await look(ARABIC, tmp_path)
    assert (faults, complaints) == ([], [])
