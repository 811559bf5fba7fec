"""The links by which learners come to a quiz."""

from peewee import BooleanField, CharField, IntegerField, TextField

from quizsys.models.base import MomentField, Row

POLICIES = ("first", "last", "best")
FEEDBACK = ("each", "end", "after_close", "never")
NAMES = ("required", "optional", "none")


class ShareLink(Row):
    """`version` None: the newest published one when an attempt starts. `attempts_allowed` None: as many as wanted.

    `tries_allowed` is how many answers a question may get within one attempt. `closed_at` is when an editor ended it,
    whatever `closes_at` says. `policy`, `feedback` and `names` are words of POLICIES, FEEDBACK and NAMES.
    """

    id = CharField(primary_key=True, max_length=36)
    project_id = CharField(max_length=64)
    quiz_id = CharField(max_length=36)
    version = IntegerField(null=True)
    token = CharField(max_length=32)
    name = TextField()
    opens_at = MomentField(null=True)
    closes_at = MomentField(null=True)
    closed_at = MomentField(null=True)
    attempts_allowed = IntegerField(null=True)
    tries_allowed = IntegerField()
    policy = CharField(max_length=8)
    feedback = CharField(max_length=16)
    names = CharField(max_length=8)
    shuffle = BooleanField()
    self_marking = BooleanField()
    full_captions = BooleanField()
    created_by = TextField()
    created_at = MomentField()

    class Meta:
        table_name = "share_links"
