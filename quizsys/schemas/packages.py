"""Packages as clients know them, and what may be asked of them."""

import re

from marshmallow import EXCLUDE, Schema, ValidationError

from quizsys.schemas.fields import Flag, Literal, Text, Whole
from quizsys.schemas.plain import ID, Part, Plain

MOST_VERSION = 10**9
LONGEST_ADDRESS = 2000
FORMS = ("gift", "moodle", "json")
_ADDRESS = re.compile(r"https?://[^\s<>\"'\\]+")


class LossResponse(Schema):
    """Something that a format cannot carry."""

    question_id = Plain("string", "The question; null if it is about the whole quiz.", nullable=True, **ID)
    code = Plain("string", "What kind of loss.", examples=["kind_changed"])
    detail = Plain("string", "One sentence for the teacher.")
    dropped = Plain("boolean", "Whether the question is missing from the package.")


class PackageResponse(Schema):
    """A format, and how much of this quiz it carries."""

    format = Plain("string", "Its name in the address.", examples=["gift"])
    title = Plain("string", "What people call it.", examples=["Moodle XML"])
    filename = Plain("string", "What the file is called.", examples=["quiz.moodle.xml"])
    media_type = Plain("string", "Its type.", examples=["application/xml"])
    questions = Plain("integer", "How many questions it carries.", minimum=0)
    losses = Part(LossResponse, "What it cannot carry.", many=True)


class ProblemResponse(Schema):
    """Something in a file that was left out or taken otherwise."""

    where = Plain("string", "Its place in the file.", examples=["line 12"])
    code = Plain("string", "What kind of problem.", examples=["kind_unsupported"])
    detail = Plain("string", "One sentence for the teacher.")


class ImportResponse(Schema):
    """What became of a file's questions, by their ids."""

    quiz_id = Plain("string", "The quiz that has them now.", **ID)
    asset_id = Plain("string", "The video that it is about.", **ID)
    is_new = Plain("boolean", "Whether the quiz was made for them.")
    created = Plain("array", "Those that are new.", items={"type": "string", **ID})
    updated = Plain("array", "Those that were here and are different now.", items={"type": "string", **ID})
    unchanged = Plain("array", "Those that were here just so.", items={"type": "string", **ID})
    problems = Part(ProblemResponse, "What could not be understood, or was taken otherwise.", many=True)


def check_address(value: str) -> None:
    if not _ADDRESS.fullmatch(value):
        raise ValidationError("value_error|Input should be an address that begins with https:// or http://")


class SheetQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    version = Whole(
        low=1, high=MOST_VERSION, load_default=None, metadata={"description": "A published version; else the newest."}
    )
    draft = Flag(
        load_default=False, metadata={"description": "The quiz as it stands, published or not, but what was rejected."}
    )


class PackageQuery(SheetQuery):
    video = Literal(
        ("embed", "none"),
        load_default="embed",
        metadata={"description": "Whether formats that can carry the video do."},
    )
    key = Flag(load_default=True, metadata={"description": "With the right answers; false only for printed formats."})
    video_url = Text(
        high=LONGEST_ADDRESS,
        load_default=None,
        validate=check_address,
        metadata={
            "description": "Where learners find the video: questions then link to their moment in it, by `#t=` at its "
            "end or in place of `{t}`."
        },
    )


class ImportQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    asset_id = Text(
        high=36,
        load_default=None,
        metadata={
            "description": "The video that the questions are about. Its quiz that knows them is changed, else a"
            " new one is made."
        },
    )
    quiz_id = Text(high=36, load_default=None, metadata={"description": "The quiz to put them into."})
    format = Literal(
        FORMS, load_default=None, metadata={"description": "What the file is; else by its type or its first sign."}
    )
