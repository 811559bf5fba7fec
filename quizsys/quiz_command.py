"""`python server.py quiz FILE`: the main job on one file, by the services and the pool of the server, without HTTP."""

import argparse
import asyncio
import dataclasses
import hashlib
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from loguru import logger
from rich.console import Console

from quizsys.config import Settings
from quizsys.engine import Engine, run_engine
from quizsys.errors import QuizsysError
from quizsys.events import Hub
from quizsys.folder import trim_quiz, write_folder
from quizsys.ids import new_id
from quizsys.packages.packing import write_packages
from quizsys.packages.sheet import Sheet
from quizsys.packages.shelf import ALL, SHELF, choose_formats, suit
from quizsys.schemas.jobs import MOST_QUESTIONS
from quizsys.services import chains, packages, quizzes, scenes, transcripts, videos
from quizsys.show import STEP_NAMES, make_progress, print_quiz
from quizsys.steady import steady
from quizsys.storage import Storage
from quizsys.uploads import Received, open_desk

PROJECT = "local"
BLOCK_BYTES = 1024 * 1024


class Failed(Exception):
    """The quiz cannot be made; the text says why and what to do."""


def run(settings: Settings, options: argparse.Namespace) -> int:
    logger.remove()
    screen = Console(stderr=True)
    try:
        check_options(options)
        with tempfile.TemporaryDirectory(prefix="quizsys-") as folder:
            quiz = asyncio.run(make_quiz(local_settings(settings, Path(folder)), options, screen))
    except (Failed, QuizsysError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if options.json:
        print(json.dumps(trim_quiz(quiz), ensure_ascii=False, indent=1))
    else:
        print_quiz(quiz, Console())
    if options.out:
        screen.print(f"Files are in {options.out}", highlight=False)
    return 0


def check_options(options: argparse.Namespace) -> None:
    """Raises Failed for what would fail only after minutes of work."""
    if not options.file.is_file():
        raise Failed(f"there is no file {options.file}. Check the path.")
    if options.questions is not None and not 1 <= options.questions <= MOST_QUESTIONS:
        raise Failed(f"--questions takes a whole number from 1 to {MOST_QUESTIONS}.")
    if options.packages is not None:
        check_packages(options)
    if options.out:
        check_folder(options.out)


def check_folder(folder: Path) -> None:
    """Makes it if it is not there."""
    if folder.exists() and not folder.is_dir():
        raise Failed(f"{folder} is a file. Give a folder to --out.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Failed(
            f"nothing can be written into {folder} ({error.strerror}). Give another folder to --out."
        ) from None


def check_packages(options: argparse.Namespace) -> None:
    if not options.out:
        raise Failed("--packages needs a folder to write them into. Add --out DIR.")
    try:
        choose_formats(options.packages)
    except KeyError as error:
        names = ", ".join([ALL, *SHELF])
        raise Failed(
            f"there is no package {error.args[0]!r}. --packages takes {names}, or several with commas."
        ) from None


def local_settings(settings: Settings, folder: Path) -> Settings:
    """The same settings on a store and storage of this run's own."""
    return dataclasses.replace(
        settings,
        storage_root=folder,
        database_url=folder / "app.db",
        database_durability="normal",
        worker_concurrency=1,
        drain_s=0.0,
    )


async def make_quiz(settings: Settings, options: argparse.Namespace, screen: Console) -> dict[str, Any]:
    """The quiz as the API has it. Raises Failed or QuizsysError."""
    async with run_engine(settings) as engine, open_desk(engine.store, engine.storage) as desk:
        received = await asyncio.to_thread(bring_in, options.file, engine)
        asset_id = (await desk.keep(PROJECT, received))["asset_id"]
        wanted = {"questions": options.questions}
        limits = (settings.job_max_attempts, settings.job_retry_delay_seconds, len(chains.STEPS))
        jobs = await engine.store.run(chains.request_quiz, PROJECT, asset_id, wanted, *limits)
        last = await follow(engine, jobs, screen)
        made = await engine.store.read(quizzes.get_quiz, PROJECT, last["result"]["quiz_id"])
        quiz = steady(made, received.checksum)
        transcript = await engine.store.read(transcripts.read_transcript, PROJECT, asset_id)
        found = await engine.store.read(scenes.list_scenes, PROJECT, asset_id)
        if options.out:
            await asyncio.to_thread(write_folder, options.out, quiz, transcript, found, engine.storage)
        if options.packages:
            sheet = await engine.store.read(read_sheet, quiz, engine.storage)
            formats = suit(choose_formats(options.packages), settings)
            await asyncio.to_thread(write_packages, sheet, formats, options.out / "packages")
        return quiz


def read_sheet(quiz: dict[str, Any], storage: Storage) -> Sheet:
    return packages.make_sheet(quiz, videos.get_row(PROJECT, quiz["asset_id"]), storage)


def bring_in(file: Path, engine: Engine) -> Received:
    """The file as an upload that has just arrived: linked where the file system allows, else copied."""
    part = engine.storage.path(engine.storage.place("uploads", PROJECT, f"{new_id()}.part"))
    try:
        os.link(file.resolve(), part)
    except OSError:
        shutil.copyfile(file, part)
    with part.open("rb") as content:
        checksum = hashlib.file_digest(content, "sha256").hexdigest()
    # Its name may be bytes that are no text.
    name = os.fsencode(file.name).decode(errors="replace")
    return Received(part, name, "application/octet-stream", part.stat().st_size, checksum)


async def follow(engine: Engine, jobs: list[dict[str, Any]], screen: Console) -> dict[str, Any]:
    """Show each job's progress; returns the last one, completed. Raises Failed with the first failed job's sentence."""
    hub = Hub(engine.store)
    await hub.start()
    job = jobs[-1]
    try:
        with make_progress(screen) as bars:
            for step in jobs:
                bar = bars.add_task(STEP_NAMES[step["job_type"]], total=100)
                async for snapshot in hub.watch(PROJECT, step["id"]):
                    job = snapshot.job
                    bars.update(bar, completed=job["progress"])
                if job["status"] != "completed":
                    raise Failed(job["error_message"] or "the work was interrupted.")
    finally:
        await hub.close()
    return job
