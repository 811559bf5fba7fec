"""How much may be stored: by a project, and by all together."""

from dataclasses import dataclass

from quizsys.errors import Code, QuizsysError
from quizsys.services.files import sum_bytes


@dataclass(frozen=True)
class Quotas:
    """In bytes; 0 stands for no limit."""

    project_bytes: int = 0
    storage_bytes: int = 0

    @property
    def is_set(self) -> bool:
        return self.project_bytes > 0 or self.storage_bytes > 0


@dataclass(frozen=True)
class Arriving:
    """What unfinished uploads will take, in bytes: those of a project, and all together."""

    project_bytes: int = 0
    all_bytes: int = 0


NOTHING = Arriving()


def check_quota(quotas: Quotas, project_id: str, size_bytes: int, arriving: Arriving = NOTHING) -> None:
    """Raises `quota_full` unless so much more fits. Originals, copies and pictures all count."""
    if quotas.project_bytes and sum_bytes(project_id) + arriving.project_bytes + size_bytes > quotas.project_bytes:
        sentence = (
            f"This project may store {quotas.project_bytes} bytes, unfinished uploads included. "
            "Delete what it no longer needs, then try again."
        )
        raise QuizsysError(Code.QUOTA_FULL, sentence)
    if quotas.storage_bytes and sum_bytes() + arriving.all_bytes + size_bytes > quotas.storage_bytes:
        sentence = "The space for all projects is used up. Delete what is not needed, or ask the operator for more."
        raise QuizsysError(Code.QUOTA_FULL, sentence)
