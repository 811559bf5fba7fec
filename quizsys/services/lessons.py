"""The lesson as learners get it: its files, and what was said but for what gives away an answer that is not due."""

from typing import Any

from media.captions import make_cues, write_vtt
from media.transcript import Transcript
from quizsys.services import quizzes
from quizsys.services.attempts import Pass, open_sitting
from quizsys.services.links import check_begun, find_by_token
from quizsys.services.transcripts import read_transcript
from quizsys.services.videos import get_video
from quizsys.taking.masks import Masked, mask


def find_file(token: str, kind: str) -> str | None:
    """Where the `video` or the `thumbnail` lies. Raises `Unknown`, `not_found`, `conflict` before the link opens."""
    link = find_by_token(token)
    check_begun(link)
    video = get_video(link.project_id, quizzes.get_row(link.project_id, link.quiz_id).asset_id)
    found: str | None = video["thumbnail_path" if kind == "thumbnail" else "rendition_path"]
    return video["relative_path"] if kind == "video" and found is None else found


def get_captions(shown: Pass, attempt_id: str) -> str:
    """As WebVTT. Raises `Unknown`, `not_found`."""
    _, masked = _read(shown, attempt_id)
    return write_vtt(make_cues([one.segment for one in masked]))


def get_transcript(shown: Pass, attempt_id: str) -> dict[str, Any]:
    """Raises `Unknown`, `not_found`."""
    transcript, masked = _read(shown, attempt_id)
    segments = [
        {
            "start_s": one.segment.start_s,
            "end_s": one.segment.end_s,
            "text": "" if one.is_hidden else one.segment.text,
            "is_hidden": one.is_hidden,
        }
        for one in masked
    ]
    return {"language": transcript.language, "segments": segments}


def _read(shown: Pass, attempt_id: str) -> tuple[Transcript, list[Masked]]:
    """Of the revision that counts."""
    sitting = open_sitting(shown, attempt_id)
    transcript = read_transcript(sitting.attempt.project_id, sitting.paper.asset_id)
    undue = [] if sitting.link.full_captions else sitting.list_undue()
    return transcript, mask(transcript.segments, undue)
