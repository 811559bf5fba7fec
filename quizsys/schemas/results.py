"""What each type of job leaves in its `result`."""

from marshmallow import Schema

from quizsys.schemas.plain import ID, SECONDS, Part, Plain


class IngestResult(Schema):
    """What an `ingest` job leaves in its `result`."""

    asset_id = Plain("string", "The video.", **ID)
    checksum = Plain("string", "The file's SHA-256, in hex.")
    notes = Plain("string", "Whether a copy for browsers was made.")
    metadata = Plain("object", "What the file is: see the video's own `metadata`.", additionalProperties=True)


class FoundScene(Schema):
    timestamp = Plain("number", "Where it begins, in seconds.", **SECONDS)
    end = Plain("number", "Where it ends, in seconds.", **SECONDS)
    title = Plain("string", "The slide's title; empty if it has none.")
    text = Plain("string", "What stands on the slide.")
    confidence = Plain("number", "How sure the cut is.", minimum=0, maximum=1)


class SceneDetectionResult(Schema):
    """What a `scene_detection` job leaves in its `result`."""

    asset_id = Plain("string", "The video.", **ID)
    scenes = Part(FoundScene, "In order of time.", many=True)


class SpokenSentence(Schema):
    start_s = Plain("number", "Where it begins, in seconds.", **SECONDS)
    end_s = Plain("number", "Where it ends, in seconds.", **SECONDS)
    text = Plain("string", "What was said.")


class TranscriptionResult(Schema):
    """What a `transcription` job leaves in its `result`."""

    asset_id = Plain("string", "The video.", **ID)
    transcript = Plain("string", "All that was said, as plain text.")
    language = Plain("string", "ISO 639-1.", examples=["en"])
    segments = Part(SpokenSentence, "The same by sentences, in order of time.", many=True)
    revision = Plain("integer", "The transcript's revision that it became.", minimum=1)
    current_revision = Plain("integer", "The revision that counts: a person's one stays.", minimum=1)
    note = Plain("string", "Why it is not the one that counts; else empty.")


class QuizGenerationResult(Schema):
    """What a `quiz_generation` job leaves in its `result`."""

    asset_id = Plain("string", "The video.", **ID)
    quiz_id = Plain("string", "The quiz that it made.", **ID)
    questions = Plain("integer", "How many questions it has.", minimum=0)
    note = Plain("string", "Why there are few or none; else empty.")


class MadeFile(Schema):
    """A file of an export, an asset of its own."""

    asset_id = Plain("string", "Its id.", **ID)
    name = Plain("string", "What it is called on disk.", examples=["timeline-0a1b2c3d4e.mp4"])
    category = Plain("string", "Where it lies.", enum=["processed", "exports", "thumbnails"])
    relative_path = Plain("string", "The file, relative to the storage root.")
    metadata = Plain("object", "What it is: `label`, `aspect_ratio`, size, codecs.", additionalProperties=True)


class MadePicture(MadeFile):
    path = Plain("string", "As `relative_path`.")
    clip_index = Plain("integer", "Of which clip it is, from 0.", minimum=0)
    timestamp = Plain("number", "Its time on the timeline, in seconds.", **SECONDS)
    context = Plain("string", "Of which file it is: its label.", examples=["timeline"])


class ExportResult(Schema):
    """What an `export` job leaves in its `result`."""

    timeline = Part(MadeFile, "The composed video.")
    proxy = Part(MadeFile, "A small preview of it.", nullable=True)
    exports = Part(MadeFile, "A file for each template.", many=True)
    thumbnails = Part(MadePicture, "A picture of each clip.", many=True)


RESULTS = {
    "ingest": IngestResult,
    "scene_detection": SceneDetectionResult,
    "transcription": TranscriptionResult,
    "quiz_generation": QuizGenerationResult,
    "export": ExportResult,
}
