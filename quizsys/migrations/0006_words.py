"""Who made a transcript's revision, and from which; a search index that keeps projects apart and knows prefixes."""

import hashlib

STATEMENTS = (
    "ALTER TABLE transcripts ADD COLUMN source VARCHAR(16) NOT NULL DEFAULT 'machine'",
    "ALTER TABLE transcripts ADD COLUMN author TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE transcripts ADD COLUMN base_revision INTEGER",
    "ALTER TABLE spoken RENAME TO spoken_before",
    # `scope` holds a token each for project, asset and kind, so that a filter costs no look at other rows.
    "CREATE VIRTUAL TABLE spoken USING fts5(text, scope, project_id UNINDEXED, asset_id UNINDEXED, start_s UNINDEXED,"
    " end_s UNINDEXED, kind UNINDEXED, tokenize = 'porter unicode61 remove_diacritics 2', prefix = '2 3')",
    "INSERT INTO spoken (spoken, rank) VALUES ('rank', 'bm25(1.0, 0.0)')",
)
COPY = (
    "INSERT INTO spoken (rowid, text, scope, project_id, asset_id, start_s, end_s, kind)"
    " SELECT rowid, text, ?, project_id, asset_id, start_s, end_s, source FROM spoken_before"
    " WHERE project_id = ? AND asset_id = ? AND source = ?"
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
    found = "SELECT DISTINCT project_id, asset_id, source FROM spoken_before"
    for project_id, asset_id, kind in db.execute_sql(found).fetchall():
        scope = f"{_token(project_id)} {_token(asset_id)} {kind}"
        db.execute_sql(COPY, (scope, project_id, asset_id, kind))
    db.execute_sql("DROP TABLE spoken_before")


def _token(name):
    return str(int.from_bytes(hashlib.sha256(name.encode()).digest()[:20]))
