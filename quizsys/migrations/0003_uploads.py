"""Resumable uploads. A frozen copy of the model of that day, on purpose."""

from peewee import BigIntegerField, CharField, Model, TextField


def up(migrator, db):
    class Upload(Model):
        id = CharField(primary_key=True, max_length=36)
        project_id = CharField(max_length=64)
        length_bytes = BigIntegerField(null=True)
        metadata = TextField()
        filename = TextField()
        mime_type = TextField()
        category = CharField(max_length=16)
        checksum = CharField(max_length=64, null=True)
        concat = CharField(max_length=8)
        part_ids = TextField()
        final_id = CharField(max_length=36, null=True)
        asset_id = CharField(max_length=36, null=True)
        created_at = BigIntegerField()
        done_at = BigIntegerField(null=True)

        class Meta:
            table_name = "uploads"

    with db.bind_ctx((Upload,)):
        db.create_tables((Upload,), safe=False)
    db.execute_sql("CREATE INDEX uploads_project ON uploads (project_id, concat)")
