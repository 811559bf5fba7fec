"""Questions as clients know them, and as people write them."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, validates_schema

from quizsys.models.quizzes import DRAFT, ORIGINS, VERDICTS
from quizsys.questions.question import KINDS
from quizsys.schemas.fields import Flag, Inner, Literal, Moment, Number, Several, Text, Whole
from quizsys.schemas.plain import ID, SECONDS, Part, Plain, Word, moment

LONGEST_TEXT = 2000
LONGEST_QUOTE = 5000
LONGEST_VIDEO_S = 1e6
MOST_POINTS = 1000.0
MOST_CHOICES = 20
BLOOM = ("", "remember", "understand", "apply", "analyze", "evaluate", "create")
DIFFICULTIES = ("", "easy", "medium", "hard")


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


def _text(description: str, high: int = LONGEST_TEXT, **more: Any) -> Text:
    return Text(high=high, lines=True, metadata={"description": description}, **more)


class ChoiceRequest(Schema):
    class Meta:
        unknown = EXCLUDE

    text = _text("What it says.", required=True)
    correct = Flag(load_default=False, metadata={"description": "Whether it is right."})
    feedback = _text("What to tell who picked it.", load_default="")
    match = _text("What goes with it, in `matching`.", load_default="")


class EvidenceRequest(Schema):
    """A quote, whose times are looked up; or times, whose words are then the quote; or null for none."""

    class Meta:
        unknown = EXCLUDE

    quote = _text("What is said, in any case and punctuation.", LONGEST_QUOTE, allow_none=True)
    start_s = Number(low=0, high=LONGEST_VIDEO_S, allow_none=True, metadata={"description": "Where it is said."})
    end_s = Number(low=0, high=LONGEST_VIDEO_S, allow_none=True, metadata={"description": "Where it ends."})

    @validates_schema
    def check_times(self, data: dict[str, Any], **_: Any) -> None:
        start_s, end_s = data.get("start_s"), data.get("end_s")
        if start_s is not None and end_s is not None and end_s < start_s:
            raise ValidationError("value_error|Evidence ends after it begins.", "end_s")


class QuestionWriteRequest(Schema):
    """What is left out of a new question is empty; what is left out of a change stays."""

    class Meta:
        unknown = EXCLUDE

    kind = Literal(KINDS, metadata={"description": "How it is asked and answered."})
    stem = _text("What it asks; of a `cloze` with one blank, ____.")
    choices = Several(
        Inner(ChoiceRequest),
        high=MOST_CHOICES,
        metadata={"description": "Its options in the order shown; of `ordering` in the right order."},
    )
    answer = _text("The right answer, where there are no options.")
    variants = Several(
        _text("One of them."), high=50, metadata={"description": "Other answers that count as right (`short_answer`)."}
    )
    tolerance = Number(low=0, high=1e12, metadata={"description": "How far a `numeric` answer may be off."})
    points = Number(low=0, high=MOST_POINTS, metadata={"description": "What a right answer is worth."})
    explanation = _text("Why that is right.")
    evidence = Inner(EvidenceRequest, allow_none=True, metadata={"description": "What proves it; null: nothing."})
    pause_at_s = Number(low=0, high=LONGEST_VIDEO_S, metadata={"description": "Where the video stops to ask it."})
    chapter = Text(high=300, metadata={"description": "The slide that it belongs to."})
    bloom = Literal(BLOOM, metadata={"description": "Its level in Bloom's taxonomy."})
    difficulty = Literal(DIFFICULTIES, metadata={"description": "How hard it is."})


class QuestionChangeRequest(QuestionWriteRequest):
    base_revision = Whole(
        low=1,
        high=2**53,
        allow_none=True,
        load_default=None,
        metadata={"description": "The revision of the quiz or of the question that was read, as If-Match."},
    )


class VerdictRequest(Schema):
    """May be empty."""

    class Meta:
        unknown = EXCLUDE

    reason = _text("Why; kept when a question is rejected.", load_default="", allow_none=True)
    base_revision = Whole(
        low=1,
        high=2**53,
        allow_none=True,
        load_default=None,
        metadata={"description": "The revision of the quiz or of the question that was read, as If-Match."},
    )


class ReviewRequest(VerdictRequest):
    """One verdict for several questions, all or none."""

    verdict = Literal(
        VERDICTS, required=True, metadata={"description": f"`{DRAFT}` opens again what was approved or rejected."}
    )
    question_ids = Several(
        Text(high=64), low=1, high=1000, required=True, metadata={"description": "Which questions of the quiz."}
    )
