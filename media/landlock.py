"""Landlock: this process and all that it starts open only the files that are named here (Linux 5.13 and newer).

Best effort by the kernel's version. Numbers and structures are those of linux/landlock.h; the system calls have the
same numbers on every architecture but alpha's. Sockets that lie in the file system are not kept from.
"""

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_KNOWN_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
"""How many rights on files each version knows, later ones 16."""

_BIND_AND_CONNECT_TCP = 0b11  # since version 4
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11  # since version 6

LIST = _READ_DIR
READ = _READ_FILE | _READ_DIR
RUN = READ | _EXECUTE
WRITE = READ | _WRITE_FILE | _TRUNCATE | _MAKE_REG | _MAKE_DIR | _REMOVE_FILE | _REMOVE_DIR | _REFER
"""What may be done beneath a folder, or with a file. What was written cannot be run."""

Rule = tuple[int, str]
"""One of the rights above, and the path that it is for. What several rules say of one file adds up."""


def find_version() -> int:
    """The version of Landlock that the kernel has; 0 for none."""
    return max(0, _call(_CREATE_RULESET, None, 0, _ASK_VERSION))


def restrict(rules: Iterable[Rule], *, networked: bool = False) -> bool:
    """False where the kernel has no Landlock: then nothing has changed. Needs no-new-privileges.

    Paths that are not there are passed over. Unless `networked`, TCP is shut too. Holds for this thread and for what
    it starts. Raises OSError.
    """
    version = find_version()
    if not version:
        return False
    handled = (1 << _KNOWN_RIGHTS.get(version, 16)) - 1
    tcp = _BIND_AND_CONNECT_TCP if version >= 4 and not networked else 0
    words = [handled, tcp, _ABSTRACT_SOCKETS_AND_SIGNALS][: 1 if version < 4 else 2 if version < 6 else 3]
    attributes = struct.pack(f"={len(words)}Q", *words)
    ruleset = _check(_call(_CREATE_RULESET, attributes, len(attributes), 0))
    try:
        for rights, path in rules:
            _allow(ruleset, rights & handled, path)
        _check(_call(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)
    return True


def _allow(ruleset: int, rights: int, path: str) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _OF_FILES
        _check(_call(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, place), 0))
    finally:
        os.close(place)


def _call(number: int, *arguments: int | bytes | None) -> int:
    given = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    return int(_libc.syscall(ctypes.c_long(number), *given))


def _check(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
