"""Packages as clients know them, and what may be asked of them."""

import re

from marshmallow import EXCLUDE, Schema, ValidationError

from quizsys.schemas.fields import Flag, Literal, Text, Whole
from quizsys.schemas.plain import ID, Part, Plain

MOST_VERSION = 10**9
LONGEST_ADDRESS = 2000
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
