"""Transcripts: heard by a machine, read, as captions. `revisions` has what people do to them."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from peewee import Case

from media.captions import make_cues, write_srt, write_vtt
from media.hints import Hint
from media.transcript import Segment, Transcript, Word
from quizsys.calls import Call
from quizsys.clock import utc_now, wire_time
from quizsys.errors import Code, QuizsysError
from quizsys.ids import new_id
from quizsys.models.assets import Asset
from quizsys.models.transcripts import MACHINE, SegmentRow, TranscriptRow
from quizsys.paging import WHOLE, Page, take_page
from quizsys.services.claims import Claim
from quizsys.services.deliveries import tell_webhooks
from quizsys.services.scenes import list_slides
from quizsys.services.videos import get_row
from quizsys.sqlite import index_text
from quizsys.storage import Storage

NOT_YET = "This video has no transcript yet. Start its transcription, or its quiz, first."


@dataclass(frozen=True)
class Origin:
    """Who made a revision, how (SOURCES), and from which one."""

    source: str = MACHINE
    author: str = ""
    base_revision: int | None = None


def prepare_transcription(claim: Claim, storage: Storage, _scratch: Path, *, model: str) -> Call:
    from media.speech import transcribe

    row = get_row(claim.project_id, claim.asset_id)
    hints = tuple(Hint(slide.start_s, slide.end_s, slide.text) for slide in list_slides(row.id) if slide.text)
    function = partial(transcribe, model=model or None)
    return Call(function, (storage.path(row.relative_path), hints), row.metadata["duration"])


def apply_transcription(claim: Claim, transcript: Transcript) -> dict[str, Any]:
    row = get_row(claim.project_id, claim.asset_id)
    revision = insert_revision(row, transcript, Origin())
    current = get_current(row.id)
    return {
        "asset_id": row.id,
        "transcript": whole_text(transcript),
        "language": transcript.language,
        "segments": [
            {"start_s": segment.start_s, "end_s": segment.end_s, "text": segment.text}
            for segment in transcript.segments
        ],
        "revision": revision.revision,
        "current_revision": current.revision,
        "note": "" if current.id == revision.id else _explain_kept(revision, current),
    }


def _explain_kept(revision: TranscriptRow, current: TranscriptRow) -> str:
    return (
        f"A person made revision {current.revision}, so that one still counts."
        f" To have what was heard now, revert to revision {revision.revision}."
    )


def insert_revision(row: Asset, transcript: Transcript, origin: Origin) -> TranscriptRow:
    """A new revision; findable at once, unless a machine made it and a person's one counts."""
    last = (
        TranscriptRow.select().where(TranscriptRow.asset_id == row.id).order_by(TranscriptRow.revision.desc()).first()
    )
    revision = TranscriptRow(
        id=new_id(),
        asset_id=row.id,
        revision=last.revision + 1 if last else 1,
        language=transcript.language,
        model=transcript.model,
        text_hash=hashlib.sha256(whole_text(transcript).encode()).hexdigest(),
        source=origin.source,
        author=origin.author,
        base_revision=origin.base_revision,
        created_at=utc_now(),
    )
    revision.save(force_insert=True)
    _insert_segments(revision.id, transcript.segments)
    if get_current(row.id).id == revision.id:
        spans = [(segment.start_s, segment.end_s, segment.text) for segment in transcript.segments]
        index_text(SegmentRow._meta.database, row.project_id, row.id, "speech", spans)
        told = {"asset_id": row.id, "revision": revision.revision, "source": revision.source}
        tell_webhooks(row.project_id, "transcript.changed", told)
    return revision


def _insert_segments(transcript_id: str, segments: tuple[Segment, ...]) -> None:
    rows = [
        {
            "transcript_id": transcript_id,
            "position": position,
            "start_s": segment.start_s,
            "end_s": segment.end_s,
            "text": segment.text,
            "words": [[word.start_s, word.end_s, word.text, word.probability] for word in segment.words],
        }
        for position, segment in enumerate(segments)
    ]
    SegmentRow.add_packed([SegmentRow.pack(row) for row in rows])


def find_current(asset_id: str) -> TranscriptRow | None:
    """The revision that counts: the newest that a person made, else the newest. None before transcription."""
    by_person = Case(None, ((TranscriptRow.source == MACHINE, 0),), 1)
    rows = TranscriptRow.select().where(TranscriptRow.asset_id == asset_id)
    return rows.order_by(by_person.desc(), TranscriptRow.revision.desc()).first()  # type: ignore[no-any-return]


def get_current(asset_id: str) -> TranscriptRow:
    """Raises `not_found` before transcription."""
    current = find_current(asset_id)
    if current is None:
        raise QuizsysError(Code.NOT_FOUND, NOT_YET)
    return current


def get_revision(asset_id: str, number: int | None) -> TranscriptRow:
    """The one with that number; None: the one that counts. Raises `not_found`."""
    current = get_current(asset_id)
    if number is None or number == current.revision:
        return current
    row = TranscriptRow.get_or_none((TranscriptRow.asset_id == asset_id) & (TranscriptRow.revision == number))
    if row is None:
        raise QuizsysError(Code.NOT_FOUND, f"This transcript has no revision {number}. Its revisions can be listed.")
    return row


def find_revision(transcript_id: str) -> int | None:
    """The number of a revision by its id."""
    row = TranscriptRow.get_or_none(TranscriptRow.id == transcript_id)
    return row.revision if row else None


def read_transcript(project_id: str, asset_id: str) -> Transcript:
    """The revision that counts. Raises `not_found`, also before transcription."""
    get_row(project_id, asset_id)
    return load_transcript(get_current(asset_id))


def get_transcript(project_id: str, asset_id: str, number: int | None = None) -> dict[str, Any]:
    """The revision that counts, or another by its number. Raises `not_found`."""
    get_row(project_id, asset_id)
    revision = get_revision(asset_id, number)
    dumped = dump_transcript(load_transcript(revision))
    return dump_revision(revision, get_current(asset_id)) | {"segments": dumped["segments"]}


def list_revisions(project_id: str, asset_id: str, page: Page = WHOLE) -> Iterator[dict[str, Any]]:
    """Newest first; none before transcription. Raises `not_found` for an unknown video."""
    get_row(project_id, asset_id)
    current = find_current(asset_id)
    query = TranscriptRow.select().where(TranscriptRow.asset_id == asset_id)
    rows = take_page(query, page, TranscriptRow.revision, newest_first=True)
    return (dump_revision(row, current) for row in rows)


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
    """Words and times, without what is known of the revision."""
    return {
        "language": transcript.language,
        "model": transcript.model,
        "segments": [_dump_segment(index, segment) for index, segment in enumerate(transcript.segments)],
    }


def dump_revision(row: TranscriptRow, current: TranscriptRow | None) -> dict[str, Any]:
    """A revision without its segments."""
    return {
        "id": row.id,
        "asset_id": row.asset_id,
        "revision": row.revision,
        "is_current": current is not None and row.id == current.id,
        "source": row.source,
        "author": row.author or None,
        "base_revision": row.base_revision,
        "created_at": wire_time(row.created_at),
        "language": row.language,
        "model": row.model,
    }


def _dump_segment(index: int, segment: Segment) -> dict[str, Any]:
    words = [
        {"start_s": word.start_s, "end_s": word.end_s, "text": word.text, "probability": word.probability}
        for word in segment.words
    ]
    return {
        "index": index,
        "start_s": segment.start_s,
        "end_s": segment.end_s,
        "text": segment.text,
        "words": words,
    }
