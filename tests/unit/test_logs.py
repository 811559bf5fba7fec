"""The log: a line for each state change, with the request and the job it belongs to, in file order."""

import re
import sys
from contextlib import ExitStack
from contextvars import copy_context
from pathlib import Path
from subprocess import PIPE, Popen

from loguru import logger

from quizsys.config import read_settings
from quizsys.logs import REQUEST_ID, log_commit, set_up_logging, take_log_file

ROOT = Path(__file__).parents[2]
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} INFO     (.+)")


def test_each_change_of_one_commit_has_a_line_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "app.log"
    set_up_logging(read_settings({"LOG_FILE": str(file)}, dotenv=None), console=False)
    lines = []
    for number in range(3):
        context = copy_context()
        context.run(REQUEST_ID.set, f"request{number}")
        lines.append((context, f"job{number}", "ingest queued {not a field}"))
    log_commit(lines)
    logger.remove()
    found = [LINE.fullmatch(line) for line in file.read_text().splitlines()]
    assert [match[1] for match in found if match] == [
        f"ingest queued {{not a field}} request_id=request{number} job_id=job{number}" for number in range(3)
    ]


def test_a_line_without_a_request_or_job_names_none(tmp_path: Path) -> None:
    file = tmp_path / "app.log"
    set_up_logging(read_settings({"LOG_FILE": str(file)}, dotenv=None), console=False)
    logger.info("ready at {}", "<b>http</b>")
    logger.remove()
    match = LINE.fullmatch(file.read_text().strip())
    assert match
    assert match[1] == "ready at <b>http</b>"


FORGED = "x\n2026-11-23 00:00:00.000 INFO     paid\r\x1b[2J\x9b31m\u2028\u202e\x85end"


def test_what_is_quoted_makes_no_line_and_tells_a_terminal_nothing(tmp_path: Path) -> None:
    file = tmp_path / "app.log"
    set_up_logging(read_settings({"LOG_FILE": str(file)}, dotenv=None), console=False)
    logger.info("stored {}", FORGED)
    try:
        raise ValueError(FORGED)
    except ValueError:
        logger.exception("failed with {}", FORGED)
    log_commit([(copy_context(), "job", "ingest failed: x\x1b[31m")])
    logger.remove()
    written = file.read_text()
    assert written.replace("\n", "").isprintable()
    assert [line for line in written.splitlines() if not line.startswith("    ") and not line.startswith("20")] == []
    assert sum(line.startswith("2026-11-23 00:00:00.000") for line in written.splitlines()) == 0
    assert written.count("\\x1b[2J") == 3


def test_each_living_process_has_a_file_of_its_own(tmp_path: Path) -> None:
    script = "import sys; from pathlib import Path; from quizsys.logs import take_log_file"
    script += f"; print(take_log_file(Path({str(tmp_path)!r}) / 'logs' / 'app.log', sys.argv[1]), flush=True); input()"
    names = []
    with ExitStack() as stack:
        for role in ("", "", "worker", "worker"):
            process = stack.enter_context(
                Popen([sys.executable, "-c", script, role], stdin=PIPE, stdout=PIPE, text=True, cwd=ROOT)
            )
            stack.callback(process.kill)
            assert process.stdout is not None
            names.append(Path(process.stdout.readline().strip()).name)
    assert names == ["app.log", "app-2.log", "app-worker.log", "app-worker-2.log"]
    # Their ends set the names free.
    assert take_log_file(tmp_path / "logs" / "app.log", "worker").name == "app-worker.log"
