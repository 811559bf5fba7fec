"""Jobs as clients know them: our *tries* are their `attempts`."""

from marshmallow import EXCLUDE, Schema, fields

from quizsys.models.jobs import STATUSES
from quizsys.schemas.fields import Literal, Mapping, Moment, Number, Whole
from quizsys.schemas.paging import PageQuery
from quizsys.schemas.plain import ID, Part, Plain, Word, moment
from quizsys.schemas.quick import Quick

JOB_TYPES = ("ingest", "scene_detection", "transcription", "quiz_generation", "export")
LONGEST_DELAY_S = 86_400.0
MOST_TRIES = 100
MOST_QUESTIONS = 100
LOWEST, HIGHEST = -100, 100


class JobLogEntryResponse(Schema):
    """A line of a job's own log."""

    timestamp = Plain("string", "When it happened, UTC.", format="date-time")
    level = Plain("string", "How grave it is.", enum=["INFO", "WARNING", "ERROR"])
    message = Plain("string", "What happened.", examples=["Job queued"])
    details = Plain("object", "Facts that belong to it.", additionalProperties=True)


class JobResponse(Schema):
    """A piece of work and where it stands. Every new job and every change comes through here: see `compile_dump`."""

    id = Plain("string", "The job's id.", **ID)
    project_id = Plain("string", "The project that it belongs to.")
    asset_id = Plain("string", "The video that it works on.", nullable=True, **ID)
    job_type = Plain("string", "What it does.", examples=list(JOB_TYPES[:1]))
    status = Word("JobStatus", STATUSES, "Where it stands; the last three are final.")
    progress = Plain("number", "Percent of the present try that is done.", minimum=0, maximum=100)
    attempts = Plain("integer", "How often it was started since it was queued.", attribute="counted_tries", minimum=0)
    max_attempts = Plain("integer", "How often it may be started.", attribute="max_tries", minimum=1)
    retry_delay_seconds = Plain(
        "number", "How long it waits before it is tried again.", attribute="retry_delay_s", minimum=0
    )
    priority = Plain("integer", "Which of the queued jobs comes first: the greatest.", minimum=LOWEST, maximum=HIGHEST)
    payload = Plain("object", "What it was asked to do.", additionalProperties=True)
    result = Plain(
        "object",
        "What it found, once it is completed; `{}` before. Its form goes by the type: see IngestResult, "
        "SceneDetectionResult, TranscriptionResult, QuizGenerationResult and ExportResult.",
        additionalProperties=True,
    )
    error_code = Plain("string", "Why its last try failed, for programs.", nullable=True, examples=["bad_media"])
    error_message = Plain("string", "Why its last try failed, in a sentence.", nullable=True)
    logs = Part(JobLogEntryResponse, "What happened to it, oldest first.", many=True)
    run_at = Moment(metadata=moment("When it may start; later than its creation if it waits for its next try."))
    created_at = Moment(metadata=moment("When it was asked for."))
    updated_at = Moment(metadata=moment("When it last changed."))


class JobCreateRequest(Quick):
    class Meta:
        unknown = EXCLUDE

    job_type = Literal(JOB_TYPES, required=True, metadata={"description": "What to do."})
    payload = Mapping(
        load_default=dict,
        metadata={
            "description": "What to do it with: the video as `asset_id`; for `quiz_generation` also `questions`; "
            "for `export` see ExportOptions, also under `timeline`.",
            "examples": [{"asset_id": ID["examples"][0]}],
        },
    )
    max_attempts = Whole(
        low=1,
        high=MOST_TRIES,
        allow_none=True,
        load_default=None,
        metadata={"description": "How often it may be started; the server's setting if left out."},
    )
    retry_delay_seconds = Number(
        low=0,
        high=LONGEST_DELAY_S,
        allow_none=True,
        load_default=None,
        metadata={"description": "How long it waits before it is tried again; the server's setting if left out."},
    )

    priority = Whole(
        low=LOWEST,
        high=HIGHEST,
        allow_none=True,
        load_default=0,
        metadata={"description": "Among queued jobs the greatest comes first, then the oldest; 0 if left out."},
    )


class JobChangeRequest(Schema):
    class Meta:
        unknown = EXCLUDE

    priority = Whole(
        low=LOWEST,
        high=HIGHEST,
        required=True,
        metadata={"description": "Among queued jobs the greatest comes first, then the oldest."},
    )


class JobsQuery(PageQuery):
    """`status` is read apart: an unknown one is the seed's 400, not a 422."""

    status = fields.List(
        fields.String(), metadata={"description": "Only jobs of these states, in any case; may be repeated."}
    )


class ResumeQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    last_event_id = fields.String(
        metadata={"description": "As the header Last-Event-ID, for clients that cannot send headers."}
    )


class QuizOptions(Schema):
    """What a quiz may be asked for: in the body of the chain's request, or in a job's payload."""

    class Meta:
        unknown = EXCLUDE

    generator = Literal(
        ("auto", "offline"),
        allow_none=True,
        load_default=None,
        metadata={"description": "`auto`: by the language model, if one is set; `offline`: by rules alone."},
    )
    questions = Whole(
        low=1,
        high=MOST_QUESTIONS,
        allow_none=True,
        load_default=None,
        metadata={"description": "At most so many questions; as many good ones as there are if left out."},
    )
