"""Jobs as clients know them: our *tries* are their `attempts`."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields

from quizsys.schemas.fields import Literal, Mapping, Moment, Number, Whole
from quizsys.schemas.paging import PageQuery

JOB_TYPES = ("ingest", "scene_detection", "transcription", "quiz_generation")
LONGEST_DELAY_S = 86_400.0
MOST_TRIES = 100
MOST_QUESTIONS = 100


class JobSchema(Schema):
    """Dumps rows. Looks attributes up plainly, without marshmallow's care for paths: it is on a hot path."""

    id = fields.Raw()
    project_id = fields.Raw()
    asset_id = fields.Raw()
    job_type = fields.Raw()
    status = fields.Raw()
    progress = fields.Raw()
    attempts = fields.Raw(attribute="tries")
    max_attempts = fields.Raw(attribute="max_tries")
    retry_delay_seconds = fields.Raw(attribute="retry_delay_s")
    payload = fields.Raw()
    result = fields.Raw()
    error_code = fields.Raw()
    error_message = fields.Raw()
    logs = fields.Raw()
    run_at = Moment()
    created_at = Moment()
    updated_at = Moment()

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        return getattr(obj, attr, default)


class JobCreateRequest(Schema):
    class Meta:
        unknown = EXCLUDE

    job_type = Literal(JOB_TYPES, required=True)
    payload = Mapping(load_default=dict)
    max_attempts = Whole(low=1, high=MOST_TRIES, allow_none=True, load_default=None)
    retry_delay_seconds = Number(low=0, high=LONGEST_DELAY_S, allow_none=True, load_default=None)


class JobsQuery(PageQuery):
    """`status` is read apart: an unknown one is the seed's 400, not a 422."""

    status = fields.List(
        fields.String(), metadata={"description": "Only jobs of these states, in any case; may be repeated."}
    )


class QuizOptions(Schema):
    """What a quiz may be asked for: in the body of the chain's request, or in a job's payload."""

    class Meta:
        unknown = EXCLUDE

    questions = Whole(low=1, high=MOST_QUESTIONS, allow_none=True, load_default=None)
