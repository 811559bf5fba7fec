"""The table of job types: what each asks of a seat, how its result becomes rows, how long it may take."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quizsys.calls import Call, Talk
from quizsys.config import Settings
from quizsys.db import Store
from quizsys.services.claims import Claim, complete_job
from quizsys.services.exports import apply_export, prepare_export
from quizsys.services.files import record_files
from quizsys.services.following import apply_heard
from quizsys.services.model_answers import StoredAnswers
from quizsys.services.quotas import Quotas
from quizsys.services.regeneration import apply_questions, prepare_questions
from quizsys.services.scenes import apply_scenes, prepare_scenes
from quizsys.services.transcripts import prepare_transcription
from quizsys.services.videos import apply_ingest, prepare_ingest
from quizsys.storage import Storage

if TYPE_CHECKING:
    from quizsys.author import Author


@dataclass(frozen=True)
class Task:
    """`prepare` only reads and says what to run; `apply` writes the rows and returns the job's result.

    The time limit of a try is `base_s` and `per_second` times the video's length.
    """

    prepare: Callable[[Claim, Storage, Path], Call | Talk]
    apply: Callable[[Claim, Any], dict[str, Any]]
    base_s: float
    per_second: float

    def time_limit_s(self, duration_s: float) -> float:
        return self.base_s + self.per_second * duration_s

    def finish(self, claim: Claim, result: Any, sizes_bytes: dict[str, int]) -> None:
        """Rows and the job's end in one transaction; `sizes_bytes` by the paths of its files. Raises Fenced."""
        applied = self.apply(claim, result)
        record_files(claim.project_id, claim.asset_id, sizes_bytes)
        complete_job(claim, applied)


def make_tasks(settings: Settings, store: Store) -> dict[str, Task]:
    ingest = partial(prepare_ingest, threads=settings.ffmpeg_threads, form=settings.video_output_format)
    transcription = partial(prepare_transcription, model=settings.whisper_model)
    quiz = partial(prepare_questions, author=_find_author(settings, store))
    quotas = Quotas(settings.project_quota_bytes, settings.storage_quota_bytes)
    export = partial(prepare_export, threads=settings.ffmpeg_threads, quotas=quotas)
    return {
        "ingest": Task(ingest, apply_ingest, base_s=120, per_second=10),
        "scene_detection": Task(prepare_scenes, apply_scenes, base_s=300, per_second=4),
        "transcription": Task(transcription, apply_heard, base_s=600, per_second=6),
        "quiz_generation": Task(quiz, apply_questions, base_s=1800, per_second=2),
        "export": Task(export, apply_export, base_s=600, per_second=20),
    }


def _find_author(settings: Settings, store: Store) -> "Author | None":
    """None without a key and without a server of one's own: the offline generator then writes."""
    if not (settings.openai_api_key or settings.openai_base_url):
        return None
    # What it imports would be a fifth of every start.
    from quizsys.author import Author

    return Author(settings, StoredAnswers(store))
