"""For what is asked every second, for the list of projects, and for forgetting a model's old answers."""

INDEXES = (
    "CREATE INDEX assets_updated ON assets (updated_at)",
    "CREATE INDEX quizzes_project ON quizzes (project_id)",
    "CREATE INDEX model_answers_created ON model_answers (created_at)",
)


def up(_migrator, db):
    for statement in INDEXES:
        db.execute_sql(statement)
