"""Published versions as papers, kept in memory: each answer needs its own."""

from collections import OrderedDict

from quizsys.models.versions import QuizVersion
from quizsys.services.versions import get_version
from quizsys.taking.paper import Paper, read_paper

MOST_PAPERS = 64
# By quiz and version, with the hash of the content: a version may be read, undone with its transaction, and made anew.
_papers: OrderedDict[tuple[str, int], tuple[str, Paper]] = OrderedDict()


def get_paper(project_id: str, quiz_id: str, version: int | None) -> Paper:
    """By its number; None: the newest that is published. Raises `not_found`."""
    if version is None:
        version = get_version(project_id, quiz_id)["version"]
    kept = _papers.get((quiz_id, version))
    if kept is not None and QuizVersion.has(quiz_id=quiz_id, version=version, content_hash=kept[0]):
        return kept[1]
    paper = read_paper(get_version(project_id, quiz_id, version))
    named = (QuizVersion.quiz_id == quiz_id) & (QuizVersion.version == version)
    _papers[quiz_id, version] = QuizVersion.select(QuizVersion.content_hash).where(named).scalar(), paper
    if len(_papers) > MOST_PAPERS:
        _papers.popitem(last=False)
    return paper
