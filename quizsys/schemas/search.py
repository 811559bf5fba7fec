"""What a search may be asked for, and what it finds."""

from marshmallow import Schema, fields

from quizsys.schemas.fields import Literal
from quizsys.schemas.paging import PageQuery
from quizsys.schemas.plain import ID, SECONDS, Part, Plain

KINDS = ("speech", "slide")


class SearchQuery(PageQuery):
    q = fields.String(
        load_default="",
        metadata={
            "description": 'Every word must occur, the last one may be only begun; "quotes" hold a phrase together.'
        },
    )
    kind = Literal(KINDS, load_default=None, metadata={"description": "Only what was said, or what stood on slides."})
    asset_id = fields.String(load_default=None, metadata={"description": "Only in this video."})


class SnippetPart(Schema):
    text = Plain("string", "Plain text, never markup: show it as text.")
    hit = Plain("boolean", "Whether it is what was sought.")


class SearchHitResponse(Schema):
    position = Plain("integer", "Its place among the hits, from 1.", minimum=1)
    project_id = Plain("string", "The project.")
    asset_id = Plain("string", "The video.", **ID)
    filename = Plain("string", "What its uploader called the video.")
    title = Plain("string", "The same without its extension.")
    kind = Plain("string", "Whether it was said or stood on a slide.", enum=list(KINDS))
    start_s = Plain("number", "Where to jump to, in seconds.", **SECONDS)
    end_s = Plain("number", "Where that passage ends, in seconds.", **SECONDS)
    snippet = Plain("string", "The passage, or a piece of it, as plain text.")
    parts = Part(SnippetPart, "The snippet in pieces, to mark what was sought.", many=True)
    video_url = Plain("string", "The video's address below the server's.")
    content_url = Plain("string", "The address that plays it from there.")
