"""ffmpeg as a guarded process: graphs are built with ffmpeg-python, the process is ours.

An input is opened by one demuxer family and one protocol only: a "video" that is really a playlist opens no
other file and no socket. The process has limits, ends when its caller ends, and stops when it stops moving.
"""

import math
import os
import selectors
import shutil
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import ffmpeg
import imageio_ffmpeg

from media import walled
from media.errors import MediaError
from media.families import DEMUXERS
from media.progress import Report, ignore
from media.reach import reach_of_ffmpeg
from media.seat_errors import DiskFull, Stalled, TimedOut

FAMILIES = DEMUXERS | {"lavfi": "lavfi", "ffmetadata": "ffmetadata"}
"""What a file may be opened as: our name of a family -> ffmpeg's name of its demuxer."""

MAX_PIXELS = 8192 * 4320
MAX_STREAMS = 16

MAX_MEMORY_BYTES = 4 * 1024**3
_TAIL_LINES = 20
_MAX_LINE_BYTES = 1000
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "FONTCONFIG_FILE", "XDG_CACHE_HOME")


def ffmpeg_binary() -> str:
    """FFMPEG_BINARY, else ffmpeg on the PATH, else the one inside imageio-ffmpeg. Raises MediaError no_ffmpeg."""
    wanted = os.environ.get("FFMPEG_BINARY")
    found = shutil.which(wanted or "ffmpeg")
    if found:
        return str(Path(found).absolute())
    if wanted:
        raise MediaError("no_ffmpeg", f"FFMPEG_BINARY is {wanted}, which is no program. Correct or unset it.")
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        sentence = "There is no ffmpeg. Install it, set FFMPEG_BINARY, or run: pip install imageio-ffmpeg"
        raise MediaError("no_ffmpeg", sentence, tail=str(error)) from error


def guarded_input(path: Path, family: str, *, threads: int = 2, **options: Any) -> Any:
    """An ffmpeg-python input node that opens `path` as `family` (a key of FAMILIES) and nothing else."""
    # Without `f` ffmpeg guesses, and for a picture it may go by the name.
    return ffmpeg.input(file_url(path), f=FAMILIES[family], **_guards(family), threads=threads, **options)


def generated_input(graph: str, **options: Any) -> Any:
    """An input node made by a lavfi source, as `anullsrc=r=48000`. Never put a user's text in `graph`."""
    return ffmpeg.input(graph, f="lavfi", **_guards("lavfi"), **options)


def file_url(path: Path) -> str:
    """The path so that ffmpeg takes it for a file, whatever its name begins with. Use it for outputs too."""
    return f"file:{path.absolute()}"


def run_ffmpeg(
    stream: Any,
    *,
    duration_s: float,
    report: Report = ignore,
    stall_s: float = 60.0,
    timeout_s: float = math.inf,
    threads: int = 2,
    max_file_bytes: int = 16 * 1024**3,
    max_memory_bytes: int = MAX_MEMORY_BYTES,
    heed: Callable[[str], None] | None = None,
    scratch: Path | None = None,
) -> None:
    """Run an ffmpeg-python output node (or several, merged); existing outputs are overwritten.

    `duration_s` is the length of the result, for the percentage. Encoders take their own `threads` output
    option; `threads` here is for filters. `max_memory_bytes` is of address space, stacks of threads included.
    `heed` is given each warning that ffmpeg writes. It may open its inputs, the folders of its outputs and `scratch`,
    where filters read and write; no other file. Every input must come from `guarded_input` or `generated_input`,
    else ValueError. Raises MediaError ffmpeg_failed, ffmpeg_killed, result_too_big, no_ffmpeg;
    Stalled, TimedOut, DiskFull.
    """
    progress = _Progress(duration_s, report)
    tail = _Tail(heed)
    program = _list_arguments(stream, threads)
    rules = reach_of_ffmpeg(program[0], *_list_places(program, scratch))
    command = walled.list_command(max_memory_bytes, max_file_bytes, rules, program)
    with _start(command) as process:
        try:
            _watch(process, progress, tail, stall_s, time.monotonic() + timeout_s)
        finally:
            _kill_group(process)
    if process.returncode != 0:
        raise _explain(process.returncode, str(tail))
    report(100.0)


def read_version() -> str:
    """What the binary calls itself: `7.0.2-static`, `5.1.8-0+deb12u1`."""
    first = subprocess.run([ffmpeg_binary(), "-version"], capture_output=True, text=True, timeout=20, check=True).stdout
    return first.split(" ")[2]


def _guards(family: str) -> dict[str, Any]:
    return {
        "protocol_whitelist": "file,pipe",
        "format_whitelist": FAMILIES[family],
        "max_pixels": MAX_PIXELS,
        "max_streams": MAX_STREAMS,
    }


def _list_arguments(stream: Any, threads: int) -> list[str]:
    graph = ffmpeg.get_args(stream)
    if graph.count("-i") != graph.count("-format_whitelist"):
        raise ValueError("an input was not made by guarded_input")
    quiet = ["-nostdin", "-hide_banner", "-nostats", "-v", "warning", "-y"]
    progress = ["-progress", "pipe:1", "-stats_period", "0.5"]
    filters = ["-filter_threads", str(threads), "-filter_complex_threads", str(threads)]
    return [ffmpeg_binary(), *quiet, *progress, *filters, *graph]


def _list_places(program: list[str], scratch: Path | None) -> tuple[list[str], list[str]]:
    """The files that it reads, and the folders that it writes in."""
    files = [(before == "-i", word[5:]) for before, word in pairwise(program) if word.startswith("file:")]
    folders = {str(Path(path).parent) for is_input, path in files if not is_input}
    return [path for is_input, path in files if is_input], [*folders, *([str(scratch)] if scratch else [])]


def _start(command: list[str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
    )


def _watch(
    process: "subprocess.Popen[bytes]", progress: "_Progress", tail: "_Tail", stall_s: float, deadline: float
) -> None:
    """Read both pipes to their ends. Raises Stalled, TimedOut or, at once, DiskFull."""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ, _Lines(progress.take))  # type: ignore[arg-type]
        selector.register(process.stderr, selectors.EVENT_READ, _Lines(tail.take))  # type: ignore[arg-type]
        while selector.get_map():
            now, stall = time.monotonic(), progress.moved_s + stall_s
            if now >= deadline:
                raise TimedOut(str(tail))
            if now >= stall:
                raise Stalled(str(tail))
            for key, _ in selector.select(min(stall, deadline) - now):
                if not key.data.feed(os.read(key.fd, 65536)):
                    selector.unregister(key.fileobj)
    process.wait(stall_s)


def _kill_group(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def _explain(returncode: int, tail: str) -> MediaError:
    if returncode == -signal.SIGXFSZ:
        return MediaError("result_too_big", "The result is larger than allowed. Choose a lower quality.", tail=tail)
    if returncode < 0:
        sentence = "ffmpeg was stopped, perhaps for want of memory. Try again, or use a smaller video."
        return MediaError("ffmpeg_killed", sentence, retryable=True, tail=f"{tail}\nsignal {-returncode}")
    sentence = "ffmpeg could not work on this video. Save it again as MP4 (H.264 and AAC) and upload that."
    return MediaError("ffmpeg_failed", sentence, tail=tail)


class _Lines:
    """Bytes as they come, to whole lines; a line without end is cut."""

    def __init__(self, take: Callable[[str], None]) -> None:
        self._take = take
        self._rest = b""

    def feed(self, data: bytes) -> bool:
        """False when `data` is empty, the end: what is left is then a line."""
        *lines, self._rest = (self._rest + data).splitlines(keepends=True) or [b""]
        if data and self._rest.endswith((b"\n", b"\r")):
            lines.append(self._rest)
            self._rest = b""
        elif not data and self._rest:
            lines.append(self._rest)
        self._rest = self._rest[:_MAX_LINE_BYTES]
        for line in lines:
            self._take(line[:_MAX_LINE_BYTES].decode(errors="replace").rstrip())
        return bool(data)


class _Tail:
    """The last lines ffmpeg wrote to stderr."""

    def __init__(self, heed: Callable[[str], None] | None = None) -> None:
        self._lines: deque[str] = deque(maxlen=_TAIL_LINES)
        self._heed = heed

    def take(self, line: str) -> None:
        """Raises DiskFull: ffmpeg 5 itself would encode on to the end before it says so."""
        self._lines.append(line)
        if self._heed:
            self._heed(line)
        if "No space left on device" in line:
            raise DiskFull(str(self))

    def __str__(self) -> str:
        return "\n".join(self._lines)


class _Progress:
    """ffmpeg's -progress lines. Only a change counts as life: newer versions go on writing while they hang."""

    def __init__(self, duration_s: float, report: Report) -> None:
        self.moved_s = time.monotonic()
        self._duration_s = max(duration_s, 0.001)
        self._report = report
        self._block: dict[str, str] = {}
        self._signs: tuple[str | None, ...] = ()

    def take(self, line: str) -> None:
        """One `name=value` line; `progress=` ends a block."""
        name, _, value = line.partition("=")
        self._block[name] = value.strip()
        signs = tuple(self._block.get(sign) for sign in ("frame", "out_time_us", "total_size"))
        if name == "progress" and signs != self._signs:
            self._signs = signs
            self.moved_s = time.monotonic()
            self._report(self._percent())

    def _percent(self) -> float:
        try:
            done_s = int(self._block.get("out_time_us", "")) / 1_000_000
        except ValueError:  # N/A, before the first packet
            return 0.0
        return min(max(100 * done_s / self._duration_s, 0.0), 99.9)
