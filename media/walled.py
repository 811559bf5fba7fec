"""Starts a program behind walls, as a script of its own, which becomes that program.

    python -I -S media/walled.py PARENT_PID MAX_MEMORY_BYTES MAX_FILE_BYTES [RIGHTS:PATH ...] -- PROGRAM [ARGUMENT ...]

It exists so that ffmpeg needs no `preexec_fn`: a seat has threads (speech, OCR), and Python code between fork and
exec can deadlock there. It costs one bare interpreter start.
"""

import os
import resource
import signal
import sys

_HERE = os.path.abspath(__file__)  # noqa: PTH100 - pathlib would cost as much as all the rest of the start
sys.path.append(_HERE.rsplit("/", 2)[0])  # -I has us start without it

from media import landlock, syscalls, walls  # noqa: E402


def list_command(
    max_memory_bytes: int, max_file_bytes: int, rules: list[landlock.Rule], program: list[str]
) -> list[str]:
    """What to start instead of `program`, from the process whose end is to end it."""
    limits = [str(os.getpid()), str(max_memory_bytes), str(max_file_bytes)]
    reach = [f"{rights}:{path}" for rights, path in rules]
    return [sys.executable, "-I", "-S", _HERE, *limits, *reach, "--", *program]


def _main(parent_pid: str, max_memory_bytes: str, max_file_bytes: str, *words: str) -> None:
    end = words.index("--")
    rules = [(int(rights), path) for rights, _, path in (word.partition(":") for word in words[:end])]
    program = words[end + 1 :]
    walls.cut_network()
    walls.die_with_parent(int(parent_pid))
    walls.give_up_privileges()
    walls.drop_capabilities()
    walls.limit(resource.RLIMIT_AS, int(max_memory_bytes))
    walls.limit(resource.RLIMIT_FSIZE, int(max_file_bytes))
    # A seat blocks SIGTERM, and Python ignores the other two; all of that would be inherited.
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    landlock.restrict(rules)
    syscalls.refuse_calls(alone=True)
    os.execv(program[0], program)


if __name__ == "__main__":
    _main(*sys.argv[1:])
