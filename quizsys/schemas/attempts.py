"""Attempts and answers: as learners send and see them, and as their teachers do."""

from marshmallow import EXCLUDE, Schema, fields, validate

from quizsys.models.links import FEEDBACK, NAMES, POLICIES
from quizsys.questions.question import KINDS
from quizsys.schemas.fields import Inner, Moment, Number, Several, Text, Whole
from quizsys.schemas.plain import ID, SECONDS, Part, Plain, Word, moment
from quizsys.schemas.quick import Quick
from quizsys.taking.sitting import ATTEMPT_STATES, LINK_STATES
from quizsys.taking.values import FORMS

LONGEST_NAME = 100
LONGEST_TEXT = 10_000
MOST_CHOICES = 100
MOST_SPANS = 50
MOST_S = 1e7
MOST_MS = 10**9
_PLACE = {"description": "A place in the list as it was shown, from 0."}
_POSITION = {"description": "Where the video stands, in seconds."}
_CLIENT_ID = validate.Regexp(
    r"[A-Za-z0-9._:-]{1,64}\Z", error="value_error|Input should be 1 to 64 of A-Z a-z 0-9 . _ : -"
)

_LANGUAGE = Plain("string", "ISO 639-1; empty if it is not known.", examples=["en"])
_RIGHT_TO_LEFT = Plain("boolean", "Whether that is written from right to left.")


class StartRequest(Schema):
    class Meta:
        unknown = EXCLUDE

    name = Text(
        high=LONGEST_NAME,
        load_default="",
        metadata={"description": "Who the learner is, if the link asks for it; with a key it is known already."},
    )


def _places(what: str, **more: bool) -> Several:
    inner = Whole(low=0, high=MOST_CHOICES, metadata=_PLACE, **more)
    return Several(inner, high=MOST_CHOICES, metadata={"description": what})


class AnswerValue(Quick):
    """One of these, as the question's `form` says, or a self-mark."""

    class Meta:
        unknown = EXCLUDE

    choice = Whole(low=0, high=MOST_CHOICES, metadata=_PLACE)
    choices = _places("All that are picked; may be empty.")
    order = _places("All places, in the order that the learner gives them.")
    pairs = _places("For each prompt the place of its match; null: none.", allow_none=True)
    text = Text(high=LONGEST_TEXT, lines=True, metadata={"description": "A word, a number with its unit, a text."})
    self_mark = Number(
        low=0, high=1, metadata={"description": "The share of the points that a learner gives to an open answer."}
    )


class AnswerRequest(Quick):
    class Meta:
        unknown = EXCLUDE

    client_id = Text(
        low=1,
        high=64,
        required=True,
        validate=_CLIENT_ID,
        metadata={"description": "An id of the client's own for this answer: sent again with it, it counts once."},
    )
    question_id = Text(low=1, high=36, required=True, metadata={"description": "The question."})
    answer = Inner(AnswerValue, required=True, metadata={"description": "What is answered."})
    elapsed_ms = Whole(
        low=0,
        high=MOST_MS,
        allow_none=True,
        load_default=None,
        metadata={"description": "How long the learner took, in milliseconds."},
    )
    position_s = Number(low=0, high=MOST_S, allow_none=True, load_default=None, metadata=_POSITION)


class SpanRequest(Schema):
    class Meta:
        unknown = EXCLUDE

    client_id = Text(
        low=1,
        high=64,
        required=True,
        validate=_CLIENT_ID,
        metadata={"description": "An id of the client's own for this stretch."},
    )
    start_s = Number(low=0, high=MOST_S, required=True, metadata={"description": "Where it began, in seconds."})
    end_s = Number(low=0, high=MOST_S, required=True, metadata={"description": "Where it ended, in seconds."})


class WatchedRequest(Schema):
    class Meta:
        unknown = EXCLUDE

    position_s = Number(low=0, high=MOST_S, allow_none=True, load_default=None, metadata=_POSITION)
    spans = Several(
        fields.Nested(SpanRequest),
        high=MOST_SPANS,
        load_default=list,
        metadata={"description": "What was played without a leap since the last report."},
    )


class ShareResponse(Schema):
    """What may be known of a quiz before it is begun."""

    title = Plain("string", "The lesson's title.")
    language = _LANGUAGE
    right_to_left = _RIGHT_TO_LEFT
    state = Word("LinkState", LINK_STATES, "Whether answers are taken now.")
    is_published = Plain("boolean", "Whether there is anything to take.")
    opens_at = Moment(allow_none=True, metadata=moment("When it opens."))
    closes_at = Moment(allow_none=True, metadata=moment("When it closes, or was closed."))
    duration_s = Plain("number", "How long the video is, in seconds.", **SECONDS)
    questions = Plain("integer", "How many questions there are.", minimum=0)
    max_score = Plain("number", "How many points they can bring.", minimum=0)
    names = Word("NamePolicy", NAMES, "Whether a name is asked for.")
    attempts_allowed = Plain("integer", "How often it may be taken.", nullable=True, minimum=1)
    tries_allowed = Plain("integer", "How many answers a question may get within one attempt.", minimum=1)
    policy = Word("AttemptPolicy", POLICIES, "Which attempt counts.")
    feedback = Word("FeedbackTime", FEEDBACK, "When right answers and scores are told.")
    shuffle = Plain("boolean", "Whether questions and choices are mixed.")


class FeedbackResponse(Schema):
    """What is told of a question once it is due."""

    is_right = Plain("boolean", "Whether the last answer got all points; null: nobody has marked it.", nullable=True)
    right = Plain("object", "An answer that gets all points; null for a text.", nullable=True)
    right_text = Plain("string", "The right answer in words.")
    choices = Plain("array", "What to tell who picked each choice, in the order shown.", items={"type": "string"})
    explanation = Plain("string", "Why that is right; may be empty.")
    quote = Plain(
        "string", "The words that prove it; null if there are none, or they prove another answer.", nullable=True
    )
    start_s = Plain("number", "Where they are said, in seconds.", nullable=True, **SECONDS)
    end_s = Plain("number", "Where they end, in seconds.", nullable=True, **SECONDS)


class AskedResponse(Schema):
    """A question as it is asked, and how its learner stands with it."""

    id = Plain("string", "The question's id.", **ID)
    kind = Word("QuestionKind", KINDS, "How it is asked and answered.")
    form = Word("AnswerForm", FORMS, "What an answer to it has.")
    stem = Plain("string", "What it asks.")
    choices = Plain(
        "array", "What may be picked or has to be ordered, in this learner's order.", items={"type": "string"}
    )
    prompts = Plain("array", "What has to be matched.", items={"type": "string"})
    matches = Plain("array", "What it has to be matched with, in this learner's order.", items={"type": "string"})
    points = Plain("number", "What a right answer is worth.", minimum=0)
    pause_at_s = Plain("number", "Where the video stops to ask it, in seconds.", **SECONDS)
    tries = Plain("integer", "How often it has been answered.", minimum=0)
    tries_left = Plain("integer", "How many more answers it may get.", minimum=0)
    answer = Plain("object", "The last answer, as it was sent; null before the first.", nullable=True)
    answered_at = Plain("string", "When that was. UTC.", nullable=True, format="date-time")
    score = Plain("number", "The points for it; null: not due, or nobody has marked it.", nullable=True, minimum=0)
    self_mark = Plain("number", "The share that its learner gave it.", nullable=True, minimum=0, maximum=1)
    may_mark = Plain("boolean", "Whether its learner may mark it now.")
    feedback = Part(FeedbackResponse, "Null until it is due.", nullable=True)


class PauseResponse(Schema):
    at_s = Plain("number", "Where the video stops, in seconds.", **SECONDS)
    question_ids = Plain("array", "What it asks there.", items={"type": "string", "format": "uuid"})
    is_answered = Plain("boolean", "Whether all of them have an answer.")
    resume_at_s = Plain("number", "Where it goes on, in seconds.", **SECONDS)


class AttemptTimes(Schema):
    id = Plain("string", "The attempt's id.", **ID)
    number = Plain("integer", "Which of its learner's attempts, from 1.", minimum=1)
    version = Plain("integer", "The quiz's version.", minimum=1)
    status = Word("AttemptStatus", ATTEMPT_STATES, "`closed`: the link was closed before it was finished.")
    position_s = Plain("number", "Where the video stood last, in seconds: where to go on.", **SECONDS)
    questions_answered = Plain("integer", "How many questions have an answer.", minimum=0)
    max_score = Plain("number", "How many points it can bring.", minimum=0)
    started_at = Plain("string", "When it was begun. UTC.", format="date-time")
    updated_at = Plain("string", "When its learner last did something. UTC.", format="date-time")
    finished_at = Plain("string", "When its learner finished it. UTC.", nullable=True, format="date-time")


class OwnAttemptResponse(AttemptTimes):
    """A learner's own attempt in short."""

    score = Plain("number", "The points so far; null: not to be told (yet).", nullable=True, minimum=0)


class ListedAttemptResponse(OwnAttemptResponse):
    """As the list of a learner's attempts has it."""

    counts = Plain("boolean", "Whether it is the one that counts, as it stands now.")


class AttemptSummaryResponse(OwnAttemptResponse):
    questions_total = Plain("integer", "How many questions there are.", minimum=0)


class SittingResponse(AttemptSummaryResponse):
    """An attempt with all that its learner may see of it."""

    title = Plain("string", "The lesson's title.")
    language = _LANGUAGE
    right_to_left = _RIGHT_TO_LEFT
    duration_s = Plain("number", "How long the video is, in seconds.", **SECONDS)
    questions = Part(AskedResponse, "In this learner's order.", many=True)
    pauses = Part(PauseResponse, "Where the video stops, in order of time.", many=True)
    due_now = Plain(
        "array",
        "The questions that the video has passed and that have no answer yet.",
        items={"type": "string", "format": "uuid"},
    )


class StartResponse(SittingResponse):
    learner_id = Plain("string", "The learner's id, which is not the key.", **ID)
    learner_key = Plain(
        "string", "What resumes this on any device, told to a new learner and this once.", nullable=True
    )


class AnswerResponse(Schema):
    """An answer that is kept: it survives whatever happens to the server."""

    client_id = Plain("string", "The client's id of it.")
    try_number = Plain("integer", "Which answer to this question it is, from 1.", minimum=1)
    is_repeat = Plain("boolean", "Whether it had been kept before.")
    question = Part(AskedResponse, "The question as it stands now.")
    attempt = Part(AttemptSummaryResponse, "The attempt as it stands now.")


class HeardResponse(Schema):
    """A segment of the transcript."""

    start_s = Plain("number", "Where it begins, in seconds.", **SECONDS)
    end_s = Plain("number", "Where it ends, in seconds.", **SECONDS)
    text = Plain("string", "What was said; empty if that is hidden.")
    is_hidden = Plain("boolean", "Whether it would give away an answer that is not due.")


class HeardTranscriptResponse(Schema):
    """What was said, without what would give away an answer that is not due."""

    language = Plain("string", "ISO 639-1.", examples=["en"])
    segments = Part(HeardResponse, "In order of time.", many=True)


class AttemptResponse(AttemptTimes):
    """An attempt as teachers see it."""

    learner_id = Plain("string", "Whose it is.", **ID)
    link_id = Plain("string", "By which link it came.", **ID)
    quiz_id = Plain("string", "The quiz.", **ID)
    score = Plain("number", "The points so far.", minimum=0)


class AnswerLogResponse(Schema):
    client_id = Plain("string", "The client's id of it.")
    question_id = Plain("string", "The question.", **ID)
    try_number = Plain("integer", "Which answer to this question in this attempt, from 1.", minimum=1)
    value = Plain("object", "What was answered; places are those in the quiz's version, not as they were shown.")
    score = Plain("number", "Its points; null: nobody has marked it.", nullable=True, minimum=0)
    max_score = Plain("number", "What a right answer is worth.", minimum=0)
    elapsed_ms = Plain("integer", "How long it took, as the client told.", nullable=True, minimum=0)
    position_s = Plain("number", "Where the video stood, as the client told.", nullable=True, **SECONDS)
    answered_at = Plain("string", "When it was kept. UTC.", format="date-time")


class AttemptLogResponse(AttemptResponse):
    answers = Part(AnswerLogResponse, "Every one, in the order in which they came.", many=True)


class LearnerResponse(Schema):
    id = Plain("string", "The learner's id.", **ID)
    name = Plain("string", "What the learner said; may be empty.")
    created_at = Plain("string", "When the learner first came. UTC.", format="date-time")
    attempts = Plain("integer", "How many were begun.", minimum=0)
    counted = Part(AttemptResponse, "The one that counts, as it stands now; null before the first.", nullable=True)


class KeyQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    key = fields.String(
        load_default="", metadata={"description": "The learner's key, for what cannot send X-Learner-Key."}
    )
