"""Transcripts as clients know them, and what a search finds in them."""

from marshmallow import Schema

from quizsys.schemas.plain import ID, SECONDS, Part, Plain


class WordResponse(Schema):
    start_s = Plain("number", "Where it begins, in seconds.", **SECONDS)
    end_s = Plain("number", "Where it ends, in seconds.", **SECONDS)
    text = Plain("string", "The word with its punctuation.")
    probability = Plain("number", "How sure the recogniser was.", minimum=0, maximum=1)


class SegmentResponse(Schema):
    """A sentence, or the part of one between two long silences."""

    start_s = Plain("number", "Where it begins, in seconds.", **SECONDS)
    end_s = Plain("number", "Where it ends, in seconds.", **SECONDS)
    text = Plain("string", "What was said.")
    words = Part(WordResponse, "Its words with their times.", many=True)


class TranscriptResponse(Schema):
    language = Plain("string", "ISO 639-1.", examples=["en"])
    model = Plain("string", "What recognised the speech.")
    segments = Part(SegmentResponse, "In order of time.", many=True)


class SearchHitResponse(Schema):
    asset_id = Plain("string", "The video.", **ID)
    start_s = Plain("number", "Where to jump to, in seconds.", **SECONDS)
    end_s = Plain("number", "Where that passage ends, in seconds.", **SECONDS)
    source = Plain("string", "Whether it was said or stood on a slide.", enum=["speech", "slide"])
    snippet = Plain("string", "The passage, the words that were found in square brackets.")
