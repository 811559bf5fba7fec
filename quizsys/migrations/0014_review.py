"""Quizzes are reviewed, published and changed; what was done can be told and taken back. A frozen copy of that day."""

import json
from datetime import UTC, datetime

from peewee import BigAutoField, BigIntegerField, BooleanField, CharField, CompositeKey, IntegerField, Model, TextField

# What a machine wrote before anybody noted who wrote what.
FIELDS = (
    *("kind", "stem", "choices", "answer", "explanation", "evidence", "pause_at_s", "chapter", "bloom", "difficulty"),
)
STATEMENTS = (
    "ALTER TABLE quizzes ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE quizzes ADD COLUMN revision INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE quizzes ADD COLUMN published_version INTEGER",
    "ALTER TABLE quizzes ADD COLUMN published_revision INTEGER",
    "UPDATE quizzes SET updated_at = created_at",
    "ALTER TABLE questions ADD COLUMN variants TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE questions ADD COLUMN tolerance REAL NOT NULL DEFAULT 0",
    "ALTER TABLE questions ADD COLUMN points REAL NOT NULL DEFAULT 1",
    "ALTER TABLE questions ADD COLUMN status VARCHAR(16) NOT NULL DEFAULT 'draft'",
    "ALTER TABLE questions ADD COLUMN reject_reason TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE questions ADD COLUMN provenance TEXT NOT NULL DEFAULT '{}'",
    "ALTER TABLE questions ADD COLUMN warnings TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE questions ADD COLUMN stale TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE questions ADD COLUMN transcript_id VARCHAR(36) NOT NULL DEFAULT ''",
    "ALTER TABLE questions ADD COLUMN proposal TEXT NOT NULL DEFAULT '{}'",
    "ALTER TABLE questions ADD COLUMN origin VARCHAR(16) NOT NULL DEFAULT 'offline'",
    "ALTER TABLE questions ADD COLUMN external_id TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE questions ADD COLUMN removed INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE questions ADD COLUMN revision INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE questions ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0",
    "CREATE INDEX quizzes_updated ON quizzes (project_id, updated_at, id)",
    "CREATE INDEX questions_external ON questions (quiz_id, external_id)",
    "CREATE INDEX quiz_changes_quiz ON quiz_changes (quiz_id, id)",
    "CREATE INDEX decisions_project ON decisions (project_id, id)",
    "CREATE INDEX decisions_asset ON decisions (asset_id)",
)
ORIGIN = "UPDATE questions SET origin = ?, provenance = ?, updated_at = ?, transcript_id = ? WHERE quiz_id = ?"


def up(migrator, db):
    class QuizVersion(Model):
        quiz_id = CharField(max_length=36)
        version = IntegerField()
        content = TextField()
        content_hash = CharField(max_length=64)
        published_at = BigIntegerField()
        published_by = TextField()

        class Meta:
            table_name = "quiz_versions"
            primary_key = CompositeKey("quiz_id", "version")

    class QuizChange(Model):
        id = BigAutoField()
        quiz_id = CharField(max_length=36)
        revision = IntegerField()
        action = CharField(max_length=32)
        by = CharField(max_length=16)
        who = TextField()
        at = BigIntegerField()
        changes = TextField()
        can_undo = BooleanField()
        state = CharField(max_length=16)

        class Meta:
            table_name = "quiz_changes"

    class Decision(Model):
        id = BigAutoField()
        project_id = CharField(max_length=64)
        asset_id = CharField(max_length=36)
        quiz_id = CharField(max_length=36)
        question_id = CharField(max_length=36)
        verdict = CharField(max_length=16)
        reason = TextField()
        proposal = TextField()
        before = TextField()
        after = TextField()
        who = TextField()
        at = BigIntegerField()

        class Meta:
            table_name = "decisions"

    tables = (QuizVersion, QuizChange, Decision)
    with db.bind_ctx(tables):
        db.create_tables(tables, safe=False)
    for statement in STATEMENTS:
        db.execute_sql(statement)
    for quiz_id, generator, transcript_id, at in db.execute_sql(
        "SELECT id, generator, transcript_id, created_at FROM quizzes"
    ).fetchall():
        origin = "offline" if generator.startswith("offline") else "llm"
        db.execute_sql(ORIGIN, (origin, _tell_maker(generator, at), at, transcript_id, quiz_id))


def _tell_maker(generator, at):
    written = datetime.fromtimestamp(at / 1e6, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    made = {"by": "machine", "generator": generator, "model": "", "prompt_version": "", "who": "", "at": written}
    return json.dumps(dict.fromkeys(FIELDS, made))
