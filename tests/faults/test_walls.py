"""Each wall around seats and ffmpeg, by trying to cross it as a program would that a hostile file has taken over."""

import asyncio
import ctypes
import os
import resource
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import ffmpeg
import imageio_ffmpeg
import pytest

from benchmarks.running import ROOT
from media import landlock, walled
from media.errors import MediaError
from media.ffmpeg import ffmpeg_binary, file_url, generated_input, run_ffmpeg
from media.reach import list_fonts, reach_of_ffmpeg
from media.standing_walls import PROBE_BYTES, wall_python
from quizsys.sandbox import list_gaps, make_fence
from quizsys.storage import Storage
from tests.seats import open_pool, run

needs_landlock = pytest.mark.skipif(not landlock.find_version(), reason="this kernel has no Landlock")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a set-user-id program of another user")
CROSS = """
import sys
from pathlib import Path
got = []
for word in sys.argv[1:]:
    deed, path = word.split(":", 1)
    try:
        if deed == "read":
            Path(path).read_bytes()
        elif deed == "list":
            list(Path(path).iterdir())
        elif deed == "write":
            Path(path).write_text("crossed")
        elif deed == "append":
            Path(path).open("a").close()
        elif deed == "remove":
            Path(path).unlink()
        elif deed == "link":
            Path(path + ".link").hardlink_to(path)
    except OSError:
        continue
    got.append(word)
print("\\n".join(got))
"""


def try_walled(script: str, *words: str, scratch: Path) -> "subprocess.CompletedProcess[str]":
    command = [*wall_python(script, str(scratch)), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env={})


def make_storage(folder: Path) -> Storage:
    """A storage with a database, a neighbour's video and an operator's settings beside it."""
    storage = Storage(folder / "storage")
    storage.prepare()
    for name in ("app.db", "uploads/neighbour.mp4", "processed/neighbour.mp4", "run/presence", "metadata/jobs.json"):
        (storage.root / name).write_text("secret")
    (folder / ".env").write_text("OPENAI_API_KEY=secret")
    return storage


def cross(*words: str) -> list[str]:
    """What of `deed:path` succeeded; for a seat."""
    done = subprocess.run([sys.executable, "-I", "-c", CROSS, *words], capture_output=True, text=True, check=True)
    return done.stdout.split()


def try_to_connect(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except OSError:
        return False
    return True


def try_sockets() -> list[int]:
    """Of each family that could be opened: also one that goes around TCP, and one to a daemon of this machine."""
    return [family for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK) if opens(family)]


def opens(family: int) -> bool:
    try:
        socket.socket(family, socket.SOCK_DGRAM).close()
    except OSError:
        return False
    return True


def find_temporary_folder() -> str:
    import tempfile

    return tempfile.gettempdir()


@needs_landlock
def test_ffmpeg_reads_its_input_and_neither_secrets_nor_neighbours(tmp_path: Path) -> None:
    storage = make_storage(tmp_path)
    scratch = storage.scratch("job")
    places = [storage.root / name for name in ("app.db", "uploads/neighbour.mp4", "processed/neighbour.mp4")]
    places += [tmp_path / ".env", Path("/etc/passwd"), Path("/etc/hostname"), Path(__file__), ROOT / "setup.cfg"]
    places += [Path(f"/proc/{os.getpid()}/environ"), Path(f"/proc/{os.getpid()}/cmdline")]
    deeds = [f"read:{path}" for path in places] + [f"list:{path}" for path in (storage.root, Path.home(), ROOT)]
    assert try_walled(CROSS, *deeds, scratch=scratch).stdout.split() == []


@needs_landlock
def test_ffmpeg_writes_in_its_scratch_folder_and_nowhere_else(tmp_path: Path) -> None:
    storage = make_storage(tmp_path)
    scratch, other = storage.scratch("job"), storage.scratch("other")
    outside = [f"write:{folder}/new" for folder in (storage.root, storage.root / "uploads", other, tmp_path)]
    outside += [f"{deed}:{storage.root}/app.db" for deed in ("append", "write", "remove", "link")]
    outside += [f"append:{path}" for path in ("/etc/passwd", __file__, sys.executable, f"/proc/{os.getpid()}/mem")]
    (scratch / "leave").symlink_to(storage.root / "app.db")
    outside += [f"{deed}:{scratch}/leave" for deed in ("read", "append")]
    done = try_walled(CROSS, f"write:{scratch}/own", *outside, f"read:{scratch}/own", scratch=scratch)
    assert done.stdout.split() == [f"write:{scratch}/own", f"read:{scratch}/own"]
    assert (storage.root / "app.db").read_text() == "secret"


@needs_landlock
def test_what_was_written_cannot_be_run(tmp_path: Path) -> None:
    shutil.copy("/bin/echo", tmp_path / "program")
    script = "import os, sys; os.execv(sys.argv[1], [sys.argv[1], 'crossed'])"
    done = try_walled(script, str(tmp_path / "program"), scratch=tmp_path)
    assert "crossed" not in done.stdout
    assert "PermissionError" in done.stderr


@needs_landlock
def test_a_real_ffmpeg_that_follows_a_playlist_opens_no_neighbour(tmp_path: Path) -> None:
    """The guards of its command line left out, as if a demuxer had found a way around them."""
    storage = make_storage(tmp_path)
    scratch, neighbour = storage.scratch("job"), storage.root / "uploads" / "neighbour.avi"
    film = ffmpeg.output(generated_input("testsrc=d=1:s=64x64"), file_url(neighbour), vcodec="mpeg4")
    run_ffmpeg(film, duration_s=1)
    playlist = storage.root / "uploads" / "playlist.mp4"
    playlist.write_text(f"ffconcat version 1.0\nfile '{neighbour}'\n")
    follow = [ffmpeg_binary(), "-v", "error", "-safe", "0", "-f", "concat", "-i", str(playlist)]
    target = scratch / "out.avi"
    program = [*follow, "-c", "copy", str(target)]
    rules = reach_of_ffmpeg(program[0], [str(playlist)], [str(scratch)])
    walled_program = walled.list_command(PROBE_BYTES, PROBE_BYTES, rules, program)
    done = subprocess.run(walled_program, capture_output=True, text=True, timeout=60, check=False, env={})
    assert "Permission denied" in done.stderr
    assert not target.exists() or not target.stat().st_size
    # The way is real: without the wall it leads to the neighbour.
    subprocess.run([*program, "-y"], timeout=60, check=True)
    assert target.stat().st_size


@needs_landlock
def test_a_filter_writes_into_no_foreign_folder(tmp_path: Path) -> None:
    scratch, outside = tmp_path / "scratch", tmp_path / "outside.txt"
    scratch.mkdir()
    tone = generated_input("sine=d=1").filter("ametadata", mode="print", file=str(outside))
    with pytest.raises(MediaError):
        run_ffmpeg(ffmpeg.output(tone, file_url(scratch / "out.wav")), duration_s=1)
    assert not outside.exists()


def test_ffmpeg_reaches_no_network(tmp_path: Path) -> None:
    if subprocess.run(["unshare", "--user", "--net", "true"], capture_output=True).returncode:
        pytest.skip("this system lets no ordinary process leave the network")
    script = "import socket, sys; socket.create_connection(('127.0.0.1', int(sys.argv[1])), 5); print('crossed')"
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = try_walled(script, str(server.getsockname()[1]), scratch=tmp_path)
    assert "crossed" not in done.stdout
    assert "OSError" in done.stderr or "PermissionError" in done.stderr


def test_more_memory_than_allowed_is_not_given(tmp_path: Path) -> None:
    script = f"bytearray({PROBE_BYTES}); print('crossed')"
    done = try_walled(script, scratch=tmp_path)
    assert "crossed" not in done.stdout
    assert "MemoryError" in done.stderr


def test_a_crash_leaves_no_memory_on_disk(tmp_path: Path) -> None:
    """Core files hold what was in memory. The limit is lifted for the child, so that the wall alone keeps them away."""
    script = "import os, sys; os.chdir(sys.argv[1]); os.abort()"
    command = [*wall_python(script, str(tmp_path)), str(tmp_path)]
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    try:
        child = os.posix_spawn(command[0], command, {})
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status)
    assert not os.WCOREDUMP(status)
    assert list(tmp_path.iterdir()) == []


@needs_root
def test_a_program_that_belongs_to_another_user_gives_no_rights(tmp_path: Path) -> None:
    program = Path("/usr/local/bin") / f"quizsys-test-{os.getpid()}"  # not on a file system without set-user-id
    shutil.copy(shutil.which("id") or "/usr/bin/id", program)
    try:
        os.chown(program, 12345, 12345)
        program.chmod(0o4755)
        assert subprocess.run([program, "-u"], capture_output=True, text=True, check=True).stdout.strip() == "12345"
        script = "import os, sys; os.execv(sys.argv[1], [sys.argv[1], '-u'])"
        done = try_walled(script, str(program), scratch=tmp_path)
        assert done.stdout.strip() not in ("", "12345")
    finally:
        program.unlink()


@needs_landlock
def test_a_walled_program_signals_and_traces_nobody_outside(tmp_path: Path) -> None:
    script = """
import ctypes, os, signal
target = os.getppid()
try:
    os.kill(target, 0)
    print("signalled")
except OSError:
    pass
libc = ctypes.CDLL(None)
if libc.ptrace(16, target, 0, 0) == 0:
    print("traced")
"""
    if landlock.find_version() < 6:
        pytest.skip("this kernel's Landlock knows no signals")
    assert ctypes.CDLL(None).getpid() == os.getpid()
    assert try_walled(script, scratch=tmp_path).stdout == ""


@needs_landlock
def test_a_seat_reaches_projects_and_its_work_but_no_database_nor_settings(tmp_path: Path) -> None:
    storage = make_storage(tmp_path)
    allowed = [f"read:{storage.root}/uploads/neighbour.mp4", f"write:{storage.work}/own", f"read:{storage.work}/own"]
    outside = [f"read:{storage.root}/{name}" for name in ("app.db", "run/presence", "metadata/jobs.json")]
    outside += [f"read:{path}" for path in (tmp_path / ".env", "/etc/passwd", f"/proc/{os.getpid()}/environ")]
    outside += [f"write:{folder}/new" for folder in (storage.root, storage.root / "uploads", tmp_path)]
    outside += [f"append:{path}" for path in (ROOT / "setup.cfg", ROOT / "media" / "walls.py", "/etc/passwd")]
    outside += [f"{deed}:{storage.root}/app.db" for deed in ("append", "write", "remove", "link")]
    outside += [f"{deed}:{storage.root}/uploads/neighbour.mp4" for deed in ("append", "remove", "link")]

    async def scene() -> None:
        async with open_pool(fence=make_fence(storage)) as pool:
            assert await run(pool, cross, *allowed, *outside) == allowed
            assert await run(pool, find_temporary_folder) == str(storage.work)

    asyncio.run(scene())


def test_a_seat_connects_nowhere_unless_it_is_to_fetch_a_model(tmp_path: Path) -> None:
    storage = make_storage(tmp_path)

    async def scene(model: str) -> Any:
        with socket.create_server(("127.0.0.1", 0)) as server:
            async with open_pool(fence=make_fence(storage, model)) as pool:
                return await run(pool, try_to_connect, server.getsockname()[1]), await run(pool, try_sockets)

    assert asyncio.run(scene("")) == (False, [])
    assert asyncio.run(scene(str(tmp_path))) == (False, [])
    reached, families = asyncio.run(scene("tiny"))
    assert reached
    assert socket.AF_UNIX in families


@pytest.mark.parametrize("how", ["os.fork()", "os.posix_spawn('/bin/true', ['true'], {})", "libc.vfork()"])
def test_ffmpeg_starts_no_process_that_could_outlive_it(tmp_path: Path, how: str) -> None:
    """A child in a session of its own would be killed neither with its group nor by its parent's end."""
    script = f"""
import ctypes, os, threading
libc = ctypes.CDLL(None)
thread = threading.Thread(target=print, args=("a thread",))
thread.start()
thread.join()
print("crossed" if {how} >= 0 else "held")
"""
    done = try_walled(script, scratch=tmp_path)
    assert "a thread" in done.stdout
    assert "crossed" not in done.stdout


@pytest.mark.parametrize(
    "call",
    ["unshare(0x10000000)", "socket(1, 1, 0)", "ptrace(0, 0, 0, 0)", "syscall(425, 1, 0)", "syscall(250, 0, 0, 0)"],
)
def test_calls_that_no_media_need_are_refused(tmp_path: Path, call: str) -> None:
    script = f"import ctypes; libc = ctypes.CDLL(None, use_errno=True); print(libc.{call}, ctypes.get_errno())"
    assert try_walled(script, scratch=tmp_path).stdout.split() == ["-1", "1"]


def test_folders_that_fontconfig_is_told_of_are_within_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = tmp_path / "fonts.conf"
    settings.write_text(
        f"<fontconfig><dir>{tmp_path}/own</dir><dir prefix='xdg'>fonts</dir><dir>~/more</dir></fontconfig>"
    )
    monkeypatch.setenv("FONTCONFIG_FILE", str(settings))
    fonts = list_fonts()
    assert {str(settings), f"{tmp_path}/own", str(Path("~/more").expanduser())} <= set(fonts)
    assert all(Path(path).is_absolute() for path in fonts)


def test_without_an_ffmpeg_nothing_more_is_within_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = make_storage(tmp_path)
    monkeypatch.setenv("FFMPEG_BINARY", str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)
    paths = [Path(path) for _, path in make_fence(storage).rules]
    assert not [path for path in paths if (tmp_path / ".env").is_relative_to(path)]


def run_version(program: str) -> str:
    return subprocess.run([program, "-version"], capture_output=True, text=True, check=True).stdout


def test_an_ffmpeg_and_a_model_of_the_operators_own_are_within_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In places that no list of ours names."""
    storage = make_storage(tmp_path)
    program, model = tmp_path / "own" / "bin" / "ffmpeg", tmp_path / "whisper" / "model.bin"
    for file in (program, model):
        file.parent.mkdir(parents=True)
    shutil.copy(imageio_ffmpeg.get_ffmpeg_exe(), program)
    model.write_text("numbers")
    monkeypatch.setenv("FFMPEG_BINARY", str(program))

    async def scene() -> None:
        async with open_pool(fence=make_fence(storage, str(model.parent))) as pool:
            assert (await run(pool, run_version, str(program))).startswith("ffmpeg version")
            assert await run(pool, cross, f"read:{model}", f"write:{model}") == [f"read:{model}"]

    asyncio.run(scene())


def test_a_wall_that_does_not_stand_is_told_with_its_cause() -> None:
    told = list_gaps({"seat": {"files_fenced": False, "is_nice": True}, "ffmpeg": {"memory_limited": False}})
    assert told[0].startswith("files_fenced around seat (the kernel has no Landlock")
    assert told[1] == "memory_limited around ffmpeg (the system refused it)"
