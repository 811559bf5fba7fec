"""Transcripts: what was said, in revisions; searchable; as captions."""

import hashlib
from functools import partial
from pathlib import Path
from typing import Any

from media.captions import make_cues, write_srt, write_vtt
from media.hints import Hint
from media.transcript import Segment, Transcript, Word
from quizsys.calls import Call
from quizsys.clock import utc_now
from quizsys.errors import Code, QuizsysError
from quizsys.ids import new_id
from quizsys.models.assets import Asset
from quizsys.models.transcripts import SegmentRow, TranscriptRow
from quizsys.services.claims import Claim
from quizsys.services.scenes import list_slides
from quizsys.services.videos import get_row
from quizsys.sqlite import index_text, search_text
from quizsys.storage import Storage

NOT_YET = "This video has no transcript yet. Start its transcription, or its quiz, first."
SEARCH_LIMIT = 50


def prepare_transcription(claim: Claim, storage: Storage, _scratch: Path, *, model: str) -> Call:
    from media.speech import transcribe

    row = get_row(claim.project_id, claim.asset_id)
    hints = tuple(Hint(slide.start_s, slide.end_s, slide.text) for slide in list_slides(row.id) if slide.text)
    function = partial(transcribe, model=model or None)
    return Call(function, (storage.path(row.relative_path), hints), row.metadata["duration"])


def apply_transcription(claim: Claim, transcript: Transcript) -> dict[str, Any]:
    row = get_row(claim.project_id, claim.asset_id)
    save_transcript(row, transcript)
    return {
        "asset_id": row.id,
        "transcript": whole_text(transcript),
        "language": transcript.language,
        "segments": [
            {"start_s": segment.start_s, "end_s": segment.end_s, "text": segment.text}
            for segment in transcript.segments
        ],
    }


def save_transcript(row: Asset, transcript: Transcript) -> TranscriptRow:
    """A new revision, findable at once."""
    last = find_latest(row.id)
    revision = TranscriptRow(
        id=new_id(),
        asset_id=row.id,
        revision=last.revision + 1 if last else 1,
        language=transcript.language,
        model=transcript.model,
        text_hash=hashlib.sha256(whole_text(transcript).encode()).hexdigest(),
        created_at=utc_now(),
    )
    revision.save(force_insert=True)
    for position, segment in enumerate(transcript.segments):
        SegmentRow.insert(
            transcript_id=revision.id,
            position=position,
            start_s=segment.start_s,
            end_s=segment.end_s,
            text=segment.text,
            words=[[word.start_s, word.end_s, word.text, word.probability] for word in segment.words],
        ).execute()
    spans = [(segment.start_s, segment.end_s, segment.text) for segment in transcript.segments]
    index_text(SegmentRow._meta.database, row.project_id, row.id, "speech", spans)
    return revision


def find_latest(asset_id: str) -> TranscriptRow | None:
    """The revision that counts; None before transcription."""
    rows = TranscriptRow.select().where(TranscriptRow.asset_id == asset_id)
    return rows.order_by(TranscriptRow.revision.desc()).first()  # type: ignore[no-any-return]


def read_transcript(project_id: str, asset_id: str) -> Transcript:
    """The latest revision. Raises `not_found`, also before transcription."""
    get_row(project_id, asset_id)
    revision = find_latest(asset_id)
    if revision is None:
        raise QuizsysError(Code.NOT_FOUND, NOT_YET)
    return load_transcript(revision)


def get_transcript(project_id: str, asset_id: str) -> dict[str, Any]:
    """As `quiz --out` writes it. Raises `not_found`."""
    return dump_transcript(read_transcript(project_id, asset_id))


def get_captions(project_id: str, asset_id: str, form: str) -> str:
    """Captions as `vtt` or `srt`. Raises `not_found`."""
    cues = make_cues(read_transcript(project_id, asset_id).segments)
    return write_vtt(cues) if form == "vtt" else write_srt(cues)


def load_transcript(revision: TranscriptRow) -> Transcript:
    rows = SegmentRow.select().where(SegmentRow.transcript_id == revision.id).order_by(SegmentRow.position)
    segments = [Segment(row.start_s, row.end_s, row.text, tuple(Word(*word) for word in row.words)) for row in rows]
    return Transcript(revision.language, revision.model, tuple(segments))


def whole_text(transcript: Transcript) -> str:
    """All segments joined by a space: what every quote must be a part of."""
    return " ".join(segment.text for segment in transcript.segments)


def dump_transcript(transcript: Transcript) -> dict[str, Any]:
    return {
        "language": transcript.language,
        "model": transcript.model,
        "segments": [_dump_segment(segment) for segment in transcript.segments],
    }


def search(project_id: str, query: str) -> list[dict[str, Any]]:
    """What was said or stood on a slide in the project's videos, best first; every word of `query` must occur."""
    words = [word for word in query.split() if any(character.isalnum() for character in word)]
    if not words:
        raise QuizsysError(Code.BAD_REQUEST, "Give at least one word to search for, as ?q=word.")
    return search_text(SegmentRow._meta.database, project_id, words[:16], SEARCH_LIMIT)


def _dump_segment(segment: Segment) -> dict[str, Any]:
    words = [
        {"start_s": word.start_s, "end_s": word.end_s, "text": word.text, "probability": word.probability}
        for word in segment.words
    ]
    return {"start_s": segment.start_s, "end_s": segment.end_s, "text": segment.text, "words": words}
