"""Published versions as papers, kept in memory: each answer needs its own."""

from functools import lru_cache

from quizsys.models.versions import QuizVersion
from quizsys.services.versions import get_version
from quizsys.taking.paper import Paper, read_paper

MOST_PAPERS = 64


def get_paper(project_id: str, quiz_id: str, version: int | None) -> Paper:
    """By its number; None: the newest that is published. Raises `not_found`."""
    if version is None:
        version = get_version(project_id, quiz_id)["version"]
    named = (QuizVersion.quiz_id == quiz_id) & (QuizVersion.version == version)
    return _read(project_id, quiz_id, version, QuizVersion.select(QuizVersion.content_hash).where(named).scalar())


@lru_cache(MOST_PAPERS)
def _read(project_id: str, quiz_id: str, version: int, _content_hash: str | None) -> Paper:
    """By the hash as well: a version may be read, undone with its transaction, and made anew with another content."""
    return read_paper(get_version(project_id, quiz_id, version))
