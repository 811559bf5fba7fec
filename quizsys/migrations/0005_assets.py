"""Assets of several kinds, and every file of ours with its size: what quotas count and what a deletion must remove."""

from peewee import BigIntegerField, BooleanField, CharField, Model, TextField

STATEMENTS = (
    "ALTER TABLE assets ADD COLUMN category VARCHAR(16) NOT NULL DEFAULT 'uploads'",
    "ALTER TABLE assets ADD COLUMN source_asset_ids TEXT NOT NULL DEFAULT '[]'",
    "CREATE INDEX assets_checksum ON assets (project_id, checksum)",
    "CREATE INDEX files_project ON files (project_id, is_doomed, size_bytes)",
    "CREATE INDEX files_asset ON files (asset_id)",
    "CREATE INDEX files_doomed ON files (is_doomed)",
    # What was made of older uploads counts once it is made again: only the storage knows its size.
    "INSERT INTO files (path, project_id, asset_id, size_bytes, is_doomed)"
    " SELECT relative_path, project_id, id, size_bytes, 0 FROM assets",
)


def up(migrator, db):
    class File(Model):
        path = TextField(primary_key=True)
        project_id = CharField(max_length=64)
        asset_id = CharField(max_length=36)
        size_bytes = BigIntegerField()
        is_doomed = BooleanField()

        class Meta:
            table_name = "files"

    with db.bind_ctx((File,)):
        db.create_tables((File,), safe=False)
    for statement in STATEMENTS:
        db.execute_sql(statement)
