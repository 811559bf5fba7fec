"""Quizzes as clients know them."""

from marshmallow import Schema

from quizsys.models.quizzes import ORIGINS, STATUSES, VERDICTS
from quizsys.questions.question import KINDS
from quizsys.schemas.fields import Moment
from quizsys.schemas.jobs import JobResponse
from quizsys.schemas.plain import ID, SECONDS, Part, Plain, Word, moment


class ChoiceResponse(Schema):
    text = Plain("string", "What it says.")
    correct = Plain("boolean", "Whether it is right.")
    feedback = Plain("string", "What to tell who picked it; may be empty.")
    match = Plain("string", "What goes with it in `matching`; else empty.")


class EvidenceResponse(Schema):
    """The words of the lesson that prove the answer; without any, `quote` is empty and the times are the pause."""

    quote = Plain("string", "Word for word as in the transcript.")
    start_s = Plain("number", "Where it is said, in seconds.", **SECONDS)
    end_s = Plain("number", "Where it ends, in seconds.", **SECONDS)
    transcript_revision = Plain(
        "integer", "The transcript's revision that it was last checked against.", nullable=True, minimum=1
    )


class WarningResponse(Schema):
    code = Plain("string", "Which check the question does not pass.", examples=["key_not_said"])
    message = Plain("string", "What is doubtful, in a sentence. The teacher decides.")


class QuestionResponse(Schema):
    id = Plain("string", "The question's id.", **ID)
    kind = Word("QuestionKind", KINDS, "How it is asked and answered.")
    stem = Plain("string", "What it asks.")
    choices = Part(ChoiceResponse, "Its options in the order shown; none for questions without options.", many=True)
    answer = Plain("string", "The right answer.")
    variants = Plain("array", "Other answers that count as right (`short_answer`).", items={"type": "string"})
    tolerance = Plain("number", "How far a `numeric` answer may be off.", minimum=0)
    points = Plain("number", "What a right answer is worth.", minimum=0)
    explanation = Plain("string", "Why that is right; may be empty.")
    evidence = Part(EvidenceResponse, "What proves it.")
    pause_at_s = Plain("number", "Where the video stops to ask it, in seconds.", **SECONDS)
    chapter = Plain("string", "The slide that it belongs to; may be empty.")
    bloom = Plain("string", "Its level in Bloom's taxonomy.", examples=["remember"])
    difficulty = Plain("string", "How hard it is.", examples=["medium"])
    status = Word("Verdict", VERDICTS, "What a teacher thinks of it. Only approved ones are published.")
    reject_reason = Plain("string", "Why it was rejected; else empty.")
    stale = Plain("string", "How the transcript has changed under its evidence, in a sentence; else empty.")
    warnings = Part(WarningResponse, "What is doubtful about it.", many=True)
    origin = Word("Origin", ORIGINS, "Who made it at first.")
    external_id = Plain("string", "Its id in the file that it was imported from; else empty.")
    provenance = Plain(
        "object",
        "Who wrote each of its fields: `by` (`machine` or `human`), `generator`, `model`, `prompt_version`, `who`, "
        "`at`. A generator changes no field that a human wrote.",
        additionalProperties={"type": "object", "additionalProperties": True},
    )
    revision = Plain("integer", "The quiz's revision when it last changed.", minimum=1)
    updated_at = Moment(metadata=moment("When it last changed."))


class RefusalResponse(Schema):
    reason = Plain("string", "Which check refused them.")
    count = Plain("integer", "How many candidates.", minimum=0)


class SourceResponse(Schema):
    filename = Plain("string", "What its uploader called the video.")
    duration_s = Plain("number", "How long the video is, in seconds.", **SECONDS)


class QuizResponse(Schema):
    id = Plain("string", "The quiz's id.", **ID)
    asset_id = Plain("string", "The video that it is about.", **ID)
    status = Word("QuizStatus", STATUSES, "`draft` until a teacher has published it.")
    revision = Plain("integer", "How often it or one of its questions changed; `ETag` is the same.", minimum=1)
    published_version = Plain("integer", "The version that learners get; null: none.", nullable=True, minimum=1)
    published_revision = Plain("integer", "What `revision` was when it was published.", nullable=True, minimum=1)
    created_at = Moment(metadata=moment("When it was made."))
    updated_at = Moment(metadata=moment("When it last changed."))
    title = Plain("string", "The lesson's title.")
    generator = Plain("string", "What wrote the questions.", examples=["offline"])
    language = Plain("string", "The transcript's language, ISO 639-1; may be empty.", examples=["en"])
    transcript_revision = Plain(
        "integer", "The transcript's revision that the quiz was made from.", nullable=True, minimum=1
    )
    source = Part(SourceResponse, "The video.")
    questions = Part(QuestionResponse, "In the order in which they are asked.", many=True)
    refused = Part(RefusalResponse, "How many candidates were not good enough, and why.", many=True)
    note = Plain("string", "Why there are few or no questions; else empty.")


class QuizChainResponse(Schema):
    """The jobs that lead to a quiz."""

    asset_id = Plain("string", "The video.", **ID)
    job_id = Plain("string", "The last job, which makes the quiz.", **ID)
    jobs = Part(JobResponse, "All of them in their order. What is done already is left out.", many=True)
