"""A piece of work, its state, and who holds it."""

from peewee import CharField, CompositeKey, FloatField, IntegerField, TextField

from quizsys.models.base import JsonField, MomentField, Row

QUEUED, RUNNING, COMPLETED, FAILED, CANCELLED = "queued", "running", "completed", "failed", "cancelled"
STATUSES = (QUEUED, RUNNING, COMPLETED, FAILED, CANCELLED)
FINAL = (COMPLETED, FAILED, CANCELLED)


class Job(Row):
    """`waiting_for` counts the needed jobs that have not completed; `owner` and `lease_until_at` are set while running.

    `tries` counts all there ever were: with the owner it names one try for good. Those made before the job was queued
    anew by hand are `spent_tries` and no longer count against `max_tries`.

    `logs` is a list of `{"timestamp", "level", "message", "details"}`, oldest first.
    """

    id = CharField(primary_key=True, max_length=36)
    project_id = CharField(max_length=64)
    asset_id = CharField(max_length=36, null=True)
    job_type = CharField(max_length=32)
    status = CharField(max_length=16)
    progress = FloatField(default=0.0)
    tries = IntegerField(default=0)
    spent_tries = IntegerField(default=0)
    max_tries = IntegerField()
    crashes = IntegerField(default=0)
    retry_delay_s = FloatField()
    priority = IntegerField(default=0)
    waiting_for = IntegerField(default=0)
    payload = JsonField()
    result = JsonField(default=dict)
    error_code = TextField(null=True)
    error_message = TextField(null=True)
    logs = JsonField()
    owner = CharField(max_length=36, null=True)
    lease_until_at = MomentField(null=True)
    cancel_requested_at = MomentField(null=True)
    run_at = MomentField()
    created_at = MomentField()
    updated_at = MomentField()

    class Meta:
        table_name = "jobs"

    @property
    def counted_tries(self) -> int:
        return int(self.tries - self.spent_tries)


class JobNeed(Row):
    """`job_id` starts only after `needs_id` has completed."""

    job_id = CharField(max_length=36)
    needs_id = CharField(max_length=36)

    class Meta:
        table_name = "job_needs"
        primary_key = CompositeKey("job_id", "needs_id")
