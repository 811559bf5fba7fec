"""Quizzes as clients know them."""

from marshmallow import EXCLUDE, Schema

from quizsys.models.quizzes import STATUSES
from quizsys.schemas.fields import Literal, Moment, Several, Text, Whole
from quizsys.schemas.jobs import MOST_QUESTIONS, JobResponse
from quizsys.schemas.paging import PageQuery
from quizsys.schemas.plain import ID, SECONDS, Part, Plain, Word, moment
from quizsys.schemas.questions import QuestionResponse

LONGEST_TITLE = 300
MOST_LISTED = 1000


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


class QuizSummary(Schema):
    """A quiz without its questions."""

    id = Plain("string", "The quiz's id.", **ID)
    asset_id = Plain("string", "The video that it is about.", **ID)
    title = Plain("string", "The lesson's title.")
    status = Word("QuizStatus", STATUSES, "`draft` until a teacher has published it.")
    revision = Plain("integer", "How often it or one of its questions changed.", minimum=1)
    published_version = Plain("integer", "The version that learners get; null: none.", nullable=True, minimum=1)
    generator = Plain("string", "What wrote its first questions; empty: a person.", examples=["offline"])
    drafts = Plain("integer", "How many of its questions nobody has judged yet.", minimum=0)
    approved = Plain("integer", "How many are approved.", minimum=0)
    rejected = Plain("integer", "How many are rejected.", minimum=0)
    stale = Plain("integer", "How many have lost their evidence.", minimum=0)
    created_at = Moment(metadata=moment("When it was made."))
    updated_at = Moment(metadata=moment("When it last changed."))


class QuizzesQuery(PageQuery):
    status = Literal(STATUSES, load_default=None, metadata={"description": "Only quizzes in this state."})
    asset_id = Text(high=64, load_default=None, metadata={"description": "Only quizzes about this video."})


class QuizCreateRequest(Schema):
    class Meta:
        unknown = EXCLUDE

    title = Text(
        low=1,
        high=LONGEST_TITLE,
        load_default=None,
        allow_none=True,
        metadata={"description": "What it is called; after the lesson if left out."},
    )


class Based(Schema):
    class Meta:
        unknown = EXCLUDE

    base_revision = Whole(
        low=1,
        high=2**53,
        allow_none=True,
        load_default=None,
        metadata={"description": "The quiz's revision that was read, as If-Match."},
    )


class QuizChangeRequest(Based):
    title = Text(low=1, high=LONGEST_TITLE, required=True, metadata={"description": "What it is called."})


class OrderRequest(Based):
    question_ids = Several(
        Text(high=64),
        high=MOST_LISTED,
        required=True,
        metadata={"description": "All questions of the quiz in their new order."},
    )


class FillRequest(Schema):
    """What to ask of the generator that fills a quiz up."""

    class Meta:
        unknown = EXCLUDE

    questions = Whole(
        low=1,
        high=MOST_QUESTIONS,
        allow_none=True,
        load_default=None,
        metadata={"description": "At most so many new ones; as many as the lesson's length asks for if left out."},
    )
    generator = Literal(
        ("auto", "offline"),
        allow_none=True,
        load_default=None,
        metadata={"description": "`auto`: by the language model, if one is set; `offline`: by rules alone."},
    )


class RegenerateRequest(Schema):
    """What to ask of the generator that writes a question anew."""

    class Meta:
        unknown = EXCLUDE

    generator = Literal(
        ("auto", "offline"),
        allow_none=True,
        load_default=None,
        metadata={"description": "`auto`: by the language model, if one is set; `offline`: by rules alone."},
    )


class QuizChainResponse(Schema):
    """The jobs that lead to a quiz."""

    asset_id = Plain("string", "The video.", **ID)
    job_id = Plain("string", "The last job, which makes the quiz.", **ID)
    jobs = Part(JobResponse, "All of them in their order. What is done already is left out.", many=True)
