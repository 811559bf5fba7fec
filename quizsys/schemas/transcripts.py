"""Transcripts as clients know them, and what may be asked of them."""

from marshmallow import EXCLUDE, Schema, fields, validate

from quizsys.models.transcripts import SOURCES
from quizsys.schemas.fields import REQUIRED, Flag, Moment, Number, Text, Whole
from quizsys.schemas.plain import ID, SECONDS, Part, Plain, Word, moment

MOST_S = 1e7
MOST_EDITS = 200
MOST_SEGMENT_CHARS = 2000
MOST_REVISION = 10**9


class WordResponse(Schema):
    start_s = Plain("number", "Where it begins, in seconds.", **SECONDS)
    end_s = Plain("number", "Where it ends, in seconds.", **SECONDS)
    text = Plain("string", "The word with its punctuation.")
    probability = Plain("number", "How sure the recogniser was.", minimum=0, maximum=1)


class SegmentResponse(Schema):
    """A sentence, or the part of one between two long silences."""

    index = Plain("integer", "Its place in the transcript, from 0.", minimum=0)
    start_s = Plain("number", "Where it begins, in seconds.", **SECONDS)
    end_s = Plain("number", "Where it ends, in seconds.", **SECONDS)
    text = Plain("string", "What was said.")
    words = Part(WordResponse, "Its words with their times.", many=True)


class RevisionResponse(Schema):
    """One revision of a transcript, without its text."""

    id = Plain("string", "The revision's id.", **ID)
    asset_id = Plain("string", "The video.", **ID)
    revision = Plain("integer", "Its number, from 1 for each video.", minimum=1)
    is_current = Plain("boolean", "Whether it is the one that counts: the newest by a person, else the newest.")
    source = Word("TranscriptSource", SOURCES, "Who made it: a machine, or a person by an edit, an upload, a revert.")
    author = Plain("string", "The name of the token that made it; null for a machine.", nullable=True)
    base_revision = Plain("integer", "The revision that it was made from, if any.", nullable=True, minimum=1)
    created_at = Moment(metadata=moment("When it was made."))
    language = Plain("string", "ISO 639-1.", examples=["en"])
    model = Plain("string", "What recognised the speech; empty for uploaded captions.")


class TranscriptResponse(RevisionResponse):
    """What was said in a video."""

    segments = Part(SegmentResponse, "In order of time.", many=True)


def _language() -> Text:
    tag = validate.Regexp(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}\Z", error="value_error|Input should be like 'en'")
    return Text(
        low=2, high=16, validate=tag, load_default=None, allow_none=True, metadata={"description": "ISO 639-1."}
    )


class TranscriptQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    revision = Whole(
        low=1,
        high=MOST_REVISION,
        load_default=None,
        metadata={"description": "Another revision than the one that counts."},
    )


class ReplaceQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    language = _language()


class SegmentEdit(Schema):
    """What to change of one segment. What is left out stays."""

    class Meta:
        unknown = EXCLUDE

    index = Whole(low=0, high=10**6, required=True, metadata={"description": "Its place, from 0."})
    text = Text(
        high=MOST_SEGMENT_CHARS, lines=True, load_default=None, metadata={"description": "What was really said."}
    )
    start_s = Number(low=0, high=MOST_S, load_default=None, metadata={"description": "Where it begins, in seconds."})
    end_s = Number(low=0, high=MOST_S, load_default=None, metadata={"description": "Where it ends, in seconds."})
    remove = Flag(load_default=False, metadata={"description": "Take the segment away: nobody said it."})


class CorrectionRequest(Schema):
    """Changes to some segments of the revision that counts."""

    class Meta:
        unknown = EXCLUDE

    revision = Whole(
        low=1,
        high=MOST_REVISION,
        load_default=None,
        metadata={"description": "The revision that was read, unless If-Match tells."},
    )
    language = _language()
    segments = fields.List(
        fields.Nested(SegmentEdit),
        required=True,
        validate=validate.Length(1, MOST_EDITS, error=f"too_long|Send 1 to {MOST_EDITS} changes."),
        error_messages={
            "required": REQUIRED,
            "null": "list_type|Input should be a valid list",
            "invalid": "list_type|Input should be a valid list",
        },
        metadata={"description": "One change for each segment."},
    )


class RevertRequest(Schema):
    class Meta:
        unknown = EXCLUDE

    revision = Whole(low=1, high=MOST_REVISION, required=True, metadata={"description": "The revision to go back to."})
