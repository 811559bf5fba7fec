"""Parts are found by their final, what nobody goes on with by its age, what is not done yet by its project."""

INDEXES = (
    "CREATE INDEX uploads_final ON uploads (final_id)",
    "CREATE INDEX uploads_created ON uploads (created_at)",
    "CREATE INDEX uploads_done ON uploads (done_at, project_id)",
)


def up(migrator, db):
    for statement in INDEXES:
        db.execute_sql(statement)
