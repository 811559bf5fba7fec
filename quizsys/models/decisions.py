"""What teachers decided about questions: only added to, so that a ranker can learn from it."""

from peewee import BigAutoField, CharField, TextField

from quizsys.models.base import JsonField, MomentField, Row

ACCEPT, EDIT, REJECT, REGENERATE, WITHDRAW = "accept", "edit", "reject", "regenerate", "withdraw"
DECISIONS = (ACCEPT, EDIT, REJECT, REGENERATE, WITHDRAW)


class DecisionRow(Row):
    """`proposal` is the question as a machine proposed it, with its features; `before` and `after` what a person saw
    and left. WITHDRAW takes the question's verdict before it back.
    """

    id = BigAutoField()
    project_id = CharField(max_length=64)
    asset_id = CharField(max_length=36)
    quiz_id = CharField(max_length=36)
    question_id = CharField(max_length=36)
    verdict = CharField(max_length=16)
    reason = TextField()
    proposal = JsonField()
    before = JsonField()
    after = JsonField()
    who = TextField()
    at = MomentField()

    class Meta:
        table_name = "decisions"
