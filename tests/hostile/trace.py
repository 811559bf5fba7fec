"""What a server and all that it starts open and connect to, told by strace."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.running import ROOT

CANARY = "quizsys-canary"
CALLS = "open,openat,openat2,creat,execve,socket,connect"
_LINE = re.compile(r"^(\d+) +(\w+)\((.*)")
_PATH = re.compile(r'"((?:[^"\\]|\\.)*)"')
# Where programs, libraries, fonts and the system's own facts lie; never anybody's files.
_SYSTEM = ("/usr/", "/lib", "/etc/", "/proc/", "/sys/", "/dev/", "/bin/", "/var/cache/fontconfig", "/run/nscd")
_SECRET = ("/etc/passwd", "/etc/shadow", "/etc/hosts", "/etc/resolv.conf")


@dataclass(frozen=True)
class Call:
    """One system call. `text` is its arguments as strace writes them, `path` the first path among them."""

    pid: int
    name: str
    text: str
    path: str


def strace_words(log: Path) -> list[str]:
    """What to put before a command. The command's process stays a child of who starts it (-D)."""
    return ["strace", "-D", "-f", "--seccomp-bpf", "-qq", "-s", "400", "-o", str(log), "-e", f"trace={CALLS}"]


class Trace:
    """Reads on in a log that strace writes, and remembers which processes have become ffmpeg."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._read_bytes = 0
        self._tools: set[int] = set()

    def read_new(self) -> list[Call]:
        """The calls since the last time."""
        with self._log.open("rb") as log:
            log.seek(self._read_bytes)
            whole, end, _ = log.read().rpartition(b"\n")
        self._read_bytes += len(whole + end)
        return [call for line in whole.decode(errors="replace").split("\n") if (call := self._parse(line))]

    def _parse(self, line: str) -> Call | None:
        match = _LINE.match(line)
        if match is None:
            return None
        pid, name, text = int(match[1]), match[2], match[3]
        quoted = _PATH.search(text)
        path = quoted[1] if quoted else ""
        if name == "execve" and Path(path).name.startswith("ffmpeg"):
            self._tools.add(pid)
        return Call(pid, name, text, path)

    def is_tool(self, call: Call) -> bool:
        return call.pid in self._tools


def list_breaches(trace: Trace, calls: list[Call], folder: Path, project: str) -> list[str]:
    """Calls that nobody should have made on behalf of one project's file. `folder` is the server's."""
    return [
        f"{call.name}({call.text[:300]}" for call in calls if _is_breach(call, folder, project, trace.is_tool(call))
    ]


def _is_breach(call: Call, folder: Path, project: str, tool: bool) -> bool:
    if call.name in ("socket", "connect"):
        # A package that some seats import makes a socket to see whether there is IPv6.
        is_use = tool or call.name == "connect" or "SOCK_DGRAM" in call.text
        return "AF_UNIX" not in call.text and is_use
    if CANARY in call.path:
        return True
    if call.name == "execve" or not call.path.startswith("/") or "O_PATH" in call.text:
        return call.name != "execve" and "://" in call.path
    if call.path in _SECRET and tool:
        return True
    if call.path.startswith(f"{folder}/"):
        return tool and not _is_own(Path(call.path).relative_to(folder).parts, project)
    return not f"{call.path}/".startswith((*_SYSTEM, *_list_homes()))


def _is_own(parts: tuple[str, ...], project: str) -> bool:
    return parts[0] == "work" or project in parts


def _list_homes() -> tuple[str, ...]:
    """Where our code, Python and its packages lie, and a user's own fonts with their caches."""
    fonts = (Path.home() / name for name in (".cache", ".fontconfig", ".fonts", ".local/share/fonts"))
    homes = (ROOT, Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).parent.parent, *fonts)
    return tuple(f"{home}/" for home in homes)
