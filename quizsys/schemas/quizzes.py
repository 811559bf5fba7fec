"""Quizzes as clients know them."""

from marshmallow import Schema

from quizsys.questions.question import KINDS
from quizsys.schemas.fields import Moment
from quizsys.schemas.jobs import JobResponse
from quizsys.schemas.plain import ID, SECONDS, Part, Plain, Word, moment


class ChoiceResponse(Schema):
    text = Plain("string", "What it says.")
    correct = Plain("boolean", "Whether it is right.")
    feedback = Plain("string", "What to tell who picked it; may be empty.")


class EvidenceResponse(Schema):
    """The words of the lesson that prove the answer."""

    quote = Plain("string", "Word for word as in the transcript.")
    start_s = Plain("number", "Where it is said, in seconds.", **SECONDS)
    end_s = Plain("number", "Where it ends, in seconds.", **SECONDS)


class QuestionResponse(Schema):
    id = Plain("string", "The question's id.", **ID)
    kind = Word("QuestionKind", KINDS, "How it is asked and answered.")
    stem = Plain("string", "What it asks.")
    choices = Part(ChoiceResponse, "Its options in the order shown; none for questions without options.", many=True)
    answer = Plain("string", "The right answer.")
    explanation = Plain("string", "Why that is right; may be empty.")
    evidence = Part(EvidenceResponse, "What proves it.")
    pause_at_s = Plain("number", "Where the video stops to ask it, in seconds.", **SECONDS)
    chapter = Plain("string", "The slide that it belongs to; may be empty.")
    bloom = Plain("string", "Its level in Bloom's taxonomy.", examples=["remember"])
    difficulty = Plain("string", "How hard it is.", examples=["medium"])


class RefusalResponse(Schema):
    reason = Plain("string", "Which check refused them.")
    count = Plain("integer", "How many candidates.", minimum=0)


class SourceResponse(Schema):
    filename = Plain("string", "What its uploader called the video.")
    duration_s = Plain("number", "How long the video is, in seconds.", **SECONDS)


class QuizResponse(Schema):
    id = Plain("string", "The quiz's id.", **ID)
    asset_id = Plain("string", "The video that it is about.", **ID)
    status = Plain("string", "`draft` until a teacher has signed it.", examples=["draft"])
    created_at = Moment(metadata=moment("When it was made."))
    title = Plain("string", "The lesson's title.")
    generator = Plain("string", "What wrote the questions.", examples=["offline"])
    transcript_revision = Plain(
        "integer", "The transcript's revision that every quote was checked against.", nullable=True, minimum=1
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
