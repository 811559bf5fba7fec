"""What people do to transcripts: correct segments, put another in its place, go back. Each makes a new revision.

The new text is worked out from a snapshot first; `save_revision` then writes it, if nobody was faster. What a person
made is never overtaken by a machine (`transcripts.find_current`).
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from media.captions import Cue
from media.plain import plain_text
from media.retiming import correct_segment, make_spoken
from media.subtitles import BadSubtitles, decode_subtitles, has_signature, parse_subtitles
from media.transcript import Segment, Transcript
from quizsys.errors import Code, QuizsysError, invalid
from quizsys.models.transcripts import EDIT, REVERT, UPLOAD, TranscriptRow
from quizsys.services.following import follow_transcript
from quizsys.services.transcripts import (
    NOT_YET,
    Origin,
    dump_revision,
    find_current,
    get_current,
    get_revision,
    insert_revision,
    load_transcript,
)
from quizsys.services.videos import get_row

MOST_SEGMENT_WORDS = 300
# A day of speech. Every question of the video is looked up in them whenever they change.
MOST_WORDS = 200_000
UNKNOWN_LANGUAGE = "en"
# Captions may end a little after the picture.
LEEWAY_S = 2.0
Captions = tuple[Cue, ...]


@dataclass(frozen=True)
class Edit:
    """What to do to the segment at `index`: None leaves that part of it as it is."""

    index: int
    text: str | None = None
    start_s: float | None = None
    end_s: float | None = None
    remove: bool = False


@dataclass(frozen=True)
class Proposal:
    """A transcript that wants to be the next revision, made from `origin.base_revision`."""

    transcript: Transcript
    origin: Origin


def read_captions(raw: bytes, *, is_vtt: bool) -> Captions:
    """A WebVTT or SubRip file; `is_vtt`: it was said to be WebVTT. Raises `invalid` with the line."""
    try:
        text = decode_subtitles(raw)
        if is_vtt and not has_signature(text):
            raise BadSubtitles(1, "A WebVTT file begins with the word WEBVTT.")
        cues = tuple(parse_subtitles(text))
        if sum(len(line.split()) for cue in cues for line in cue.lines) > MOST_WORDS:
            raise BadSubtitles(1, f"Captions may have {MOST_WORDS} words. Send those of one lesson.")
        return cues
    except BadSubtitles as error:
        raise invalid(["body", error.line], str(error), None) from None


def propose_correction(
    project_id: str, asset_id: str, base: int, edits: list[Edit], language: str | None, author: str
) -> Proposal:
    """Raises `not_found`, `conflict`, or `invalid` with the place of the edit."""
    row = get_row(project_id, asset_id)
    current = get_current(asset_id)
    _check_base(current, base)
    old = load_transcript(current)
    segments: list[Segment | None] = list(old.segments)
    for number, edit in enumerate(edits):
        _check_index(number, edit, edits, len(segments))
        segments[edit.index] = _apply(number, edit, old.segments[edit.index])
    _check_order(edits, segments, row.metadata.get("duration"))
    kept = tuple(segment for segment in segments if segment is not None)
    return Proposal(replace(old, segments=kept, language=language or old.language), Origin(EDIT, author, base))


def propose_replacement(
    project_id: str, asset_id: str, base: int | None, cues: Captions, language: str | None, author: str
) -> Proposal:
    """Captions in place of everything, also where there is nothing yet. Raises `not_found`, `conflict`, `invalid`."""
    row = get_row(project_id, asset_id)
    current = find_current(asset_id)
    _check_base(current, base)
    spoken = language or (current.language if current else UNKNOWN_LANGUAGE)
    transcript = Transcript(spoken, "", make_spoken(_fit(cues, row.metadata.get("duration"))))
    return Proposal(transcript, Origin(UPLOAD, author, current.revision if current else None))


def propose_reversal(project_id: str, asset_id: str, base: int | None, number: int, author: str) -> Proposal:
    """An old revision again. Raises `not_found`, `conflict`."""
    get_row(project_id, asset_id)
    _check_base(get_current(asset_id), base)
    return Proposal(load_transcript(get_revision(asset_id, number)), Origin(REVERT, author, number))


def save_revision(project_id: str, asset_id: str, base: int | None, proposal: Proposal) -> dict[str, Any]:
    """Write it, captions and search with it. Raises `conflict` unless `base` (None: any) is what counts now."""
    row = get_row(project_id, asset_id)
    _check_base(find_current(asset_id), base)
    revision = insert_revision(row, proposal.transcript, proposal.origin)
    follow_transcript(project_id, asset_id)
    return dump_revision(revision, find_current(asset_id))


def _check_base(current: TranscriptRow | None, base: int | None) -> None:
    if base is None or (current is not None and current.revision == base):
        return
    if current is None:
        raise QuizsysError(Code.NOT_FOUND, NOT_YET)
    sentence = (
        f"Revision {base} is not the one that counts: revision {current.revision} is. Read that one and change it."
    )
    raise QuizsysError(Code.CONFLICT, sentence)


def _check_index(number: int, edit: Edit, edits: list[Edit], count: int) -> None:
    loc: list[str | int] = ["body", "segments", number, "index"]
    if edit.index >= count:
        raise invalid(loc, f"There is no such segment: they are counted from 0 to {count - 1}.", edit.index)
    if any(earlier.index == edit.index for earlier in edits[:number]):
        raise invalid(loc, "This segment is changed twice. Send one change for each.", edit.index)


def _apply(number: int, edit: Edit, old: Segment) -> Segment | None:
    if edit.remove:
        return None
    start_s = old.start_s if edit.start_s is None else edit.start_s
    end_s = old.end_s if edit.end_s is None else edit.end_s
    if start_s >= end_s and (edit.start_s is not None or edit.end_s is not None):
        raise invalid(["body", "segments", number, "end_s"], "A segment must end after it begins.", end_s)
    return correct_segment(old, _read_text(number, edit, old), start_s, end_s)


def _read_text(number: int, edit: Edit, old: Segment) -> str:
    if edit.text is None:
        return old.text
    loc: list[str | int] = ["body", "segments", number, "text"]
    text = plain_text(edit.text)
    if not text:
        raise invalid(loc, 'A segment needs text. To take it away, send "remove": true.', edit.text)
    if len(text.split()) > MOST_SEGMENT_WORDS:
        raise invalid(loc, f"A segment may have {MOST_SEGMENT_WORDS} words. Spread them over several.", None)
    return text


def _check_order(edits: list[Edit], segments: list[Segment | None], duration_s: float | None) -> None:
    """Raises `invalid` for an edit whose times run into another segment or past the end."""
    moved = {edit.index: number for number, edit in enumerate(edits) if (edit.start_s, edit.end_s) != (None, None)}
    kept = [(index, segment) for index, segment in enumerate(segments) if segment is not None]
    for (index, one), (following, other) in pairwise(kept):
        if one.end_s > other.start_s and (index in moved or following in moved):
            number, key = (moved[index], "end_s") if index in moved else (moved[following], "start_s")
            sentence = f"The segments {index} and {following} would overlap. Change the times of both."
            raise invalid(["body", "segments", number, key], sentence, one.end_s if key == "end_s" else other.start_s)
    for index, segment in kept:
        if duration_s and index in moved and segment.end_s > duration_s + LEEWAY_S:
            sentence = f"The video ends at {duration_s:g} s."
            raise invalid(["body", "segments", moved[index], "end_s"], sentence, segment.end_s)


def _fit(cues: Captions, duration_s: float | None) -> Captions:
    """Cues within the video. Raises `invalid` for one that begins after its end: these are another video's captions."""
    if duration_s is None:
        return cues
    for cue in cues:
        if cue.start_s > duration_s + LEEWAY_S:
            sentence = (
                f"A cue begins at {cue.start_s:g} s, but the video ends at {duration_s:g} s. Is it the right file?"
            )
            raise invalid(["body"], sentence, cue.start_s)
    return tuple(replace(cue, end_s=max(min(cue.end_s, duration_s + LEEWAY_S), cue.start_s)) for cue in cues)
