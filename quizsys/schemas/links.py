"""Share links as teachers see them."""

from marshmallow import EXCLUDE, Schema

from quizsys.models.links import FEEDBACK, NAMES, POLICIES
from quizsys.schemas.fields import Flag, Literal, Moment, Text, Whole
from quizsys.schemas.plain import ID, Plain, Word, moment
from quizsys.taking.sitting import LINK_STATES

LONGEST_NAME = 200
MOST_ATTEMPTS = 100
MOST_TRIES = 20
_NAME = {"description": "What it is for, in the teacher's words; learners do not see it."}
_OPENS = {"description": "From when on learners may start; null: at once."}
_CLOSES = {"description": "Until when answers are taken; null: until it is closed by hand."}
_ATTEMPTS = {"description": "How often a learner may take the quiz; null: as often as wanted."}
_TRIES = {
    "description": "How many answers a question may get within one attempt, of which the last one counts. "
    "null: one if feedback comes at once, else as many as wanted."
}
_POLICY = {"description": "Which of a learner's attempts counts."}
_FEEDBACK = {
    "description": "When right answers and scores are told: after each question, when the attempt is over, when the "
    "link is closed, or never."
}
_NAMES = {"description": "Whether learners are asked for their names."}
_CAPTIONS = {
    "description": "Whether captions and transcript are whole from the start, for those who cannot hear. Otherwise "
    "what would give away an answer is left out until that answer may be told."
}


class LinkCreateRequest(Schema):
    class Meta:
        unknown = EXCLUDE

    name = Text(high=LONGEST_NAME, load_default="", metadata=_NAME)
    version = Whole(
        low=1,
        high=10**9,
        allow_none=True,
        load_default=None,
        metadata={"description": "A published version; null: the newest one at each start of an attempt."},
    )
    opens_at = Moment(allow_none=True, load_default=None, metadata=_OPENS)
    closes_at = Moment(allow_none=True, load_default=None, metadata=_CLOSES)
    attempts_allowed = Whole(low=1, high=MOST_ATTEMPTS, allow_none=True, load_default=1, metadata=_ATTEMPTS)
    tries_allowed = Whole(low=1, high=MOST_TRIES, allow_none=True, load_default=None, metadata=_TRIES)
    policy = Literal(POLICIES, load_default="best", metadata=_POLICY)
    feedback = Literal(FEEDBACK, load_default="each", metadata=_FEEDBACK)
    names = Literal(NAMES, load_default="optional", metadata=_NAMES)
    shuffle = Flag(load_default=False, metadata={"description": "Whether questions and choices are mixed."})
    self_marking = Flag(
        load_default=False,
        metadata={"description": "Whether learners mark their answers to open questions; else these bring no points."},
    )
    full_captions = Flag(load_default=False, metadata=_CAPTIONS)


class LinkUpdateRequest(Schema):
    """What is left out stays. What learners have seen in an order stays in it: `shuffle` cannot be changed."""

    class Meta:
        unknown = EXCLUDE

    name = Text(high=LONGEST_NAME, metadata=_NAME)
    opens_at = Moment(allow_none=True, metadata=_OPENS)
    closes_at = Moment(allow_none=True, metadata=_CLOSES)
    attempts_allowed = Whole(low=1, high=MOST_ATTEMPTS, allow_none=True, metadata=_ATTEMPTS)
    tries_allowed = Whole(low=1, high=MOST_TRIES, metadata=_TRIES)
    policy = Literal(POLICIES, metadata=_POLICY)
    feedback = Literal(FEEDBACK, metadata=_FEEDBACK)
    names = Literal(NAMES, metadata=_NAMES)
    full_captions = Flag(metadata=_CAPTIONS)
    closed = Flag(metadata={"description": "true closes it at once, false opens it again until `closes_at`."})


class LinkResponse(Schema):
    id = Plain("string", "The link's id.", **ID)
    project_id = Plain("string", "The project that it belongs to.")
    quiz_id = Plain("string", "The quiz.", **ID)
    version = Plain("integer", "The version that it gives out; null: the newest one.", nullable=True, minimum=1)
    token = Plain("string", "What learners present: whoever has it may take the quiz.", pattern="^[A-Za-z0-9_-]{22}$")
    path = Plain("string", "Where learners go with it.", examples=["/share/3q2-7wAhV0mC5bT9rXyZ1g"])
    name = Plain("string", "What it is for.")
    state = Word("LinkState", LINK_STATES, "Whether answers are taken now.")
    opens_at = Moment(allow_none=True, metadata=moment("When it opens."))
    closes_at = Moment(allow_none=True, metadata=moment("When it closes by itself."))
    closed_at = Moment(allow_none=True, metadata=moment("When it was closed by hand."))
    attempts_allowed = Plain("integer", "How often a learner may take the quiz.", nullable=True, minimum=1)
    tries_allowed = Plain("integer", "How many answers a question may get within one attempt.", minimum=1)
    policy = Word("AttemptPolicy", POLICIES, "Which of a learner's attempts counts.")
    feedback = Word("FeedbackTime", FEEDBACK, "When right answers and scores are told.")
    names = Word("NamePolicy", NAMES, "Whether learners are asked for their names.")
    shuffle = Plain("boolean", "Whether questions and choices are mixed.")
    self_marking = Plain("boolean", "Whether learners mark their answers to open questions.")
    full_captions = Plain("boolean", "Whether nothing of captions and transcript is left out.")
    created_by = Plain("string", "Who made it.")
    created_at = Moment(metadata=moment("When it was made."))
    learners = Plain("integer", "How many have come by it.", minimum=0)
    attempts = Plain("integer", "How many attempts they have begun.", minimum=0)
