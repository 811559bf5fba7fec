"""Share links, and what learners do with them."""

from peewee import (
    BigAutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    FloatField,
    IntegerField,
    Model,
    TextField,
)

INDEXES = (
    "CREATE UNIQUE INDEX share_links_token ON share_links (token)",
    "CREATE INDEX share_links_quiz ON share_links (quiz_id, id)",
    "CREATE UNIQUE INDEX learners_key ON learners (key_hash)",
    "CREATE INDEX learners_link ON learners (link_id, id)",
    "CREATE UNIQUE INDEX attempts_learner ON attempts (learner_id, number)",
    "CREATE INDEX attempts_link ON attempts (link_id, id)",
    "CREATE INDEX attempts_quiz ON attempts (quiz_id, id)",
    "CREATE UNIQUE INDEX answers_client ON answers (attempt_id, client_id)",
    "CREATE UNIQUE INDEX answers_try ON answers (attempt_id, question_id, try_number)",
    "CREATE UNIQUE INDEX viewings_client ON viewings (attempt_id, client_id)",
)


def up(migrator, db):
    class ShareLink(Model):
        id = CharField(primary_key=True, max_length=36)
        project_id = CharField(max_length=64)
        quiz_id = CharField(max_length=36)
        version = IntegerField(null=True)
        token = CharField(max_length=32)
        name = TextField()
        opens_at = BigIntegerField(null=True)
        closes_at = BigIntegerField(null=True)
        closed_at = BigIntegerField(null=True)
        attempts_allowed = IntegerField(null=True)
        tries_allowed = IntegerField()
        policy = CharField(max_length=8)
        feedback = CharField(max_length=16)
        names = CharField(max_length=8)
        shuffle = BooleanField()
        self_marking = BooleanField()
        full_captions = BooleanField()
        created_by = TextField()
        created_at = BigIntegerField()

        class Meta:
            table_name = "share_links"

    class Learner(Model):
        id = CharField(primary_key=True, max_length=36)
        project_id = CharField(max_length=64)
        link_id = CharField(max_length=36)
        name = TextField()
        key_hash = CharField(max_length=64)
        created_at = BigIntegerField()

        class Meta:
            table_name = "learners"

    class Attempt(Model):
        id = CharField(primary_key=True, max_length=36)
        project_id = CharField(max_length=64)
        quiz_id = CharField(max_length=36)
        version = IntegerField()
        link_id = CharField(max_length=36)
        learner_id = CharField(max_length=36)
        number = IntegerField()
        seed = BigIntegerField()
        position_s = FloatField()
        answered = IntegerField()
        score = FloatField()
        max_score = FloatField()
        started_at = BigIntegerField()
        updated_at = BigIntegerField()
        finished_at = BigIntegerField(null=True)

        class Meta:
            table_name = "attempts"

    class AnswerRow(Model):
        id = BigAutoField()
        attempt_id = CharField(max_length=36)
        question_id = CharField(max_length=36)
        client_id = CharField(max_length=64)
        try_number = IntegerField()
        value = TextField()
        score = FloatField(null=True)
        max_score = FloatField()
        elapsed_ms = IntegerField(null=True)
        position_s = FloatField(null=True)
        answered_at = BigIntegerField()

        class Meta:
            table_name = "answers"

    class Viewing(Model):
        id = BigAutoField()
        attempt_id = CharField(max_length=36)
        client_id = CharField(max_length=64)
        start_s = FloatField()
        end_s = FloatField()
        seen_at = BigIntegerField()

        class Meta:
            table_name = "viewings"

    tables = (ShareLink, Learner, Attempt, AnswerRow, Viewing)
    with db.bind_ctx(tables):
        db.create_tables(tables, safe=False)
    for statement in INDEXES:
        db.execute_sql(statement)
