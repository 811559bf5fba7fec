"""How much may be stored: by a project, and by all together."""

from dataclasses import dataclass

from quizsys.errors import Code, QuizsysError
from quizsys.services.files import sum_bytes


@dataclass(frozen=True)
class Quotas:
    """In bytes; 0 stands for no limit."""

    project_bytes: int = 0
    storage_bytes: int = 0


def check_quota(quotas: Quotas, project_id: str, size_bytes: int) -> None:
    """Raises `quota_full` unless so much more fits. Originals, copies and pictures all count."""
    if quotas.project_bytes and sum_bytes(project_id) + size_bytes > quotas.project_bytes:
        sentence = (
            f"This project may store {quotas.project_bytes} bytes. Delete what it no longer needs, then try again."
        )
        raise QuizsysError(Code.QUOTA_FULL, sentence)
    if quotas.storage_bytes and sum_bytes() + size_bytes > quotas.storage_bytes:
        sentence = "The space for all projects is used up. Delete what is not needed, or ask the operator for more."
        raise QuizsysError(Code.QUOTA_FULL, sentence)
