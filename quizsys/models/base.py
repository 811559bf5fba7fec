"""What all tables share: the database they live in and the fields that Peewee lacks."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from peewee import BigIntegerField, DatabaseProxy, Model, TextField

database = DatabaseProxy()
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class MomentField(BigIntegerField):
    """An aware UTC datetime, kept as microseconds since 1970: sorts and compares alike in every database."""

    def db_value(self, value: datetime | None) -> int | None:
        return None if value is None else (value - EPOCH) // MICROSECOND

    def python_value(self, value: int | None) -> datetime | None:
        return None if value is None else EPOCH + value * MICROSECOND


class JsonField(TextField):
    """A JSON value, kept as text. NaN and infinities are refused: no other program could read them."""

    def db_value(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    def python_value(self, value: str | None) -> Any:
        return None if value is None else json.loads(value)


class Row(Model):
    class Meta:
        database = database
        legacy_table_names = False
        only_save_dirty = True
