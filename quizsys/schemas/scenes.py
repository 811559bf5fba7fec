"""Scenes as clients know them."""

from marshmallow import Schema

from quizsys.schemas.plain import SECONDS, Plain


class SceneResponse(Schema):
    """A stretch of the video with one picture."""

    start_s = Plain("number", "Where it begins, in seconds.", **SECONDS)
    end_s = Plain("number", "Where it ends, in seconds.", **SECONDS)
    title = Plain("string", "The slide's title; empty if it has none.")
    text = Plain("string", "What stands on the slide.")
    thumbnail = Plain("string", "Its picture, relative to the storage root.")
    confidence = Plain("number", "How sure the cut is.", minimum=0, maximum=1)
