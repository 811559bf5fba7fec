"""What a class did, as clients read it."""

from typing import Any

from marshmallow import Schema

from quizsys.analysis.suggestions import CODES
from quizsys.questions.question import KINDS
from quizsys.schemas.fields import Text, Whole
from quizsys.schemas.paging import PageQuery
from quizsys.schemas.plain import ID, SECONDS, Part, Plain, Word

SHARE: dict[str, Any] = {"minimum": 0, "maximum": 1}
COUNT: dict[str, Any] = {"minimum": 0}
MOST_VERSIONS = 2**31


class AnalyticsQuery(Schema):
    version = Whole(
        low=1,
        high=MOST_VERSIONS,
        load_default=None,
        metadata={"description": "Of this version; without it, of the newest one that was attempted."},
    )
    link_id = Text(high=36, load_default=None, metadata={"description": "Only by this link; without it, by all."})


class LearnersQuery(AnalyticsQuery, PageQuery):
    """Both at once."""


class VersionCount(Schema):
    """A version that somebody took."""

    version = Plain("integer", "Its number.", minimum=1)
    attempts = Plain("integer", "How many attempts it has.", **COUNT)


class OptionCountResponse(Schema):
    """How often an option was picked."""

    text = Plain("string", "What it says.")
    correct = Plain("boolean", "Whether it is right.")
    first_tries = Plain("integer", "How many learners picked it at their first try.", **COUNT)
    all_tries = Plain("integer", "How many picked it at any.", **COUNT)


class TextCountResponse(Schema):
    """What several wrote, or put in the same order; capitals and spaces apart."""

    text = Plain("string", "As one of them wrote it.")
    right = Plain("boolean", "Whether it counts as right.")
    learners = Plain("integer", "How many learners gave it first.", **COUNT)


class QuestionAnalyticsResponse(Schema):
    """A question's figures. Only first tries of first attempts count, where nothing else is said."""

    question_id = Plain("string", "The question.", **ID)
    kind = Word("QuestionKind", KINDS, "How it is asked and answered.")
    stem = Plain("string", "What it asks.")
    pause_at_s = Plain("number", "Where the video stops to ask it, in seconds.", **SECONDS)
    learners = Plain("integer", "How many learners gave an answer that is graded.", **COUNT)
    right_share = Plain("number", "Which share of them was right; null without one.", nullable=True, **SHARE)
    difficulty = Plain(
        "number", "Their mean share of its points: 1 is easy, 0 is hard; null without one.", nullable=True, **SHARE
    )
    discrimination = Plain(
        "number",
        "The correlation of the score for it with the learner's mean score for the other questions: 0.2 and more is "
        "good, below 0 something is wrong. Null for fewer than ten learners, or if all did alike.",
        nullable=True,
        minimum=-1,
        maximum=1,
    )
    tries = Plain("number", "How many tries it takes in an attempt, on average.", nullable=True, minimum=1)
    median_ms = Plain("integer", "How long half of them thought at most, in milliseconds.", nullable=True, **COUNT)
    left_out = Plain("integer", "How many finished attempts have no answer to it.", **COUNT)
    options = Part(OptionCountResponse, "Of what is picked from: each option.", many=True)
    texts = Part(TextCountResponse, "Of what is written, ordered or matched: the ten most frequent.", many=True)


class MinuteAnalyticsResponse(Schema):
    """A minute of the video."""

    minute = Plain("integer", "Its number, from 0.", **COUNT)
    questions = Plain("integer", "How many questions have their pause in it.", **COUNT)
    right_share = Plain("number", "Which share of first tries at them was right.", nullable=True, **SHARE)
    answers = Plain("integer", "How many answers they got.", **COUNT)
    time_ms = Plain("integer", "How long these took together, in milliseconds.", **COUNT)
    viewers = Plain("integer", "How many learners saw some of it.", **COUNT)
    rewatched = Plain("integer", "How many saw some of it more than once in one attempt.", **COUNT)
    paused = Plain("integer", "How many stopped in it where the quiz did not.", **COUNT)


class SuggestionResponse(Schema):
    """What to look at, and why."""

    question_id = Plain("string", "The question.", **ID)
    code = Word("SuggestionCode", CODES, "What kind of suggestion it is.")
    sentence = Plain("string", "What was seen, and what to do.")
    start_s = Plain("number", "Where the proof of the answer begins in the video, in seconds.", **SECONDS)
    numbers = Plain("object", "What it rests on: `learners`, and more by its code.", additionalProperties=True)


class AnalyticsResponse(Schema):
    quiz_id = Plain("string", "The quiz.", **ID)
    version = Plain("integer", "The version that all figures are of.", minimum=1)
    versions = Part(VersionCount, "Those that were attempted, newest first.", many=True)
    title = Plain("string", "The version's title.")
    learners = Plain("integer", "How many learners began it.", **COUNT)
    attempts = Plain("integer", "How many attempts they made.", **COUNT)
    finished = Plain("integer", "How many of these are over.", **COUNT)
    mean_score = Plain(
        "number", "The mean share of points of the attempts that count and are over.", nullable=True, **SHARE
    )
    questions = Part(QuestionAnalyticsResponse, "In the order in which they are asked.", many=True)
    minutes = Part(MinuteAnalyticsResponse, "Every minute of the video.", many=True)
    suggestions = Part(SuggestionResponse, "The most urgent first.", many=True)


class LearnerAnalyticsResponse(Schema):
    """What one learner did."""

    learner_id = Plain("string", "The learner.", **ID)
    name = Plain("string", "The name given at the start; may be empty.")
    attempts = Plain("integer", "How many attempts were begun.", **COUNT)
    finished = Plain("integer", "How many of these are over.", **COUNT)
    score = Plain("number", "The points of the attempt that counts; null if there is none.", nullable=True, **COUNT)
    max = Plain("number", "What that attempt can bring.", nullable=True, **COUNT)
    answered = Plain("integer", "How many graded questions have an answer.", **COUNT)
    right_at_first = Plain("integer", "How many of these were right at the first try.", **COUNT)
    time_ms = Plain("integer", "How long was thought in all, in milliseconds.", **COUNT)
    last_seen_at = Plain("string", "When the last answer came. UTC.", nullable=True, format="date-time")
    first = Plain(
        "object", "The share of points at the first try, by question.", additionalProperties={"type": "number"}
    )
