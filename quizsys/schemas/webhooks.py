"""Webhooks and their messages as clients know them."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from quizsys.addresses import LONGEST_URL
from quizsys.models.webhooks import DELIVERY_STATUSES, EVENTS, EVERY_EVENT
from quizsys.schemas.fields import REQUIRED, Flag, Literal, Moment, Text
from quizsys.schemas.plain import ID, Plain, Word, moment

MOST_DESCRIPTION_CHARS = 500
_LIST = "list_type|Input should be a valid list"
_URL = {"description": "Where to send messages: http or https.", "examples": ["https://example.org/hook"]}
_SECRET = {"description": "`whsec_` and 24 to 64 bytes in base64; one is made if you give none."}


def _events(**more: Any) -> Any:
    return fields.List(
        Literal((*EVENTS, EVERY_EVENT)),
        validate=validate.Length(1, len(EVENTS) + 1, error="too_short|Name at least one event, or '*' for all."),
        error_messages={"required": REQUIRED, "null": _LIST, "invalid": _LIST},
        metadata={"description": "What to tell; `*` stands for all, later ones too."},
        **more,
    )


class WebhookCreateRequest(Schema):
    class Meta:
        unknown = EXCLUDE

    url = Text(low=1, high=LONGEST_URL, required=True, metadata=_URL)
    events = _events(load_default=lambda: [EVERY_EVENT])
    secret = Text(low=1, high=200, load_default=None, allow_none=True, metadata=_SECRET)
    description = Text(
        high=MOST_DESCRIPTION_CHARS, load_default="", metadata={"description": "What it is for, in your words."}
    )
    active = Flag(load_default=True, metadata={"description": "Whether messages are sent."})


class WebhookUpdateRequest(Schema):
    """What is left out stays."""

    class Meta:
        unknown = EXCLUDE

    url = Text(low=1, high=LONGEST_URL, metadata=_URL)
    events = _events()
    description = Text(high=MOST_DESCRIPTION_CHARS, metadata={"description": "What it is for, in your words."})
    active = Flag(metadata={"description": "Switched on again, it gets what has been waiting for it."})


class RotateRequest(Schema):
    class Meta:
        unknown = EXCLUDE

    secret = Text(low=1, high=200, load_default=None, allow_none=True, metadata=_SECRET)


class WebhookResponse(Schema):
    """A webhook without its secret."""

    id = Plain("string", "The webhook's id.", **ID)
    project_id = Plain("string", "Its project; null for one that hears of all.", nullable=True)
    url = Plain("string", "Where messages go.")
    description = Plain("string", "What it is for; may be empty.")
    events = Plain("array", "What it is told.", items={"type": "string", "enum": [*EVENTS, EVERY_EVENT]})
    active = Plain("boolean", "Whether messages are sent.", attribute="is_active")
    disabled_reason = Plain("string", "Why the server switched it off; else empty.")
    delivered_at = Moment(allow_none=True, metadata=moment("When a message last arrived."))
    created_at = Moment(metadata=moment("When it was made."))
    updated_at = Moment(metadata=moment("When it was last changed."))


class WebhookSecretResponse(WebhookResponse):
    """A webhook with its secret, which is told this once."""

    secret = Plain("string", "Signs its messages. Keep it: it is not told again.")


class DeliveryResponse(Schema):
    """One message to a webhook."""

    id = Plain("string", "The message's id: its `webhook-id` header, the same at every try.", **ID)
    webhook_id = Plain("string", "The webhook.", **ID)
    event = Plain("string", "What it tells.", examples=["job.completed"])
    status = Word("DeliveryStatus", DELIVERY_STATUSES, "Whether it waits, has arrived, or was given up.")
    tries = Plain("integer", "How often it was sent.", minimum=0)
    next_try_at = Moment(allow_none=True, metadata=moment("When it is sent next; null when it is not."))
    response_status = Plain("integer", "The status that the receiver answered last.", nullable=True)
    response_head = Plain("string", "The first 4 KiB of that answer.", nullable=True)
    error = Plain("string", "Why there was no answer.", nullable=True)
    duration_ms = Plain("integer", "How long the last try took.", nullable=True, minimum=0)
    body = Plain("string", "What is sent, byte for byte.")
    created_at = Moment(metadata=moment("When it happened."))
    tried_at = Moment(allow_none=True, metadata=moment("When it was sent last."))
