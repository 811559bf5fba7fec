"""How many files and connections this process may have open at once."""

import resource

from loguru import logger

ENOUGH = 2**20
OWN_FILES = 256
LEAST_ROOM = 100


def count_room() -> int:
    """Connections that this process can serve: each may have a file open beside its socket, and so may we."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(LEAST_ROOM, soft // 2 - OWN_FILES)


def open_more_files() -> None:
    """Raise the soft limit to the hard one: the usual 1024 are a thousand clients and a database."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(ENOUGH, hard) if hard != resource.RLIM_INFINITY else ENOUGH
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        logger.debug("up to {} open files", wanted)
