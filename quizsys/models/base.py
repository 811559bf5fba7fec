"""What all tables share: the database they live in and the fields that Peewee lacks."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Self

from peewee import SQL, AutoField, BigIntegerField, BooleanField, DatabaseProxy, Field, Model, TextField

from quizsys.json_text import write_json

database = DatabaseProxy()
Reader = Callable[[Any], Any]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class MomentField(BigIntegerField):
    """An aware UTC datetime, kept as microseconds since 1970: sorts and compares alike in every database."""

    def db_value(self, value: datetime | None) -> int | None:
        return None if value is None else (value - EPOCH) // MICROSECOND

    def python_value(self, value: int | None) -> datetime | None:
        return None if value is None else EPOCH + value * MICROSECOND


class JsonField(TextField):
    """A JSON value, kept as text."""

    def db_value(self, value: Any) -> str:
        return write_json(value).decode()

    def python_value(self, value: str | None) -> Any:
        return None if value is None else json.loads(value)


class Row(Model):
    """What is said of SQL here is compiled once: for a new job or an answer, building it costs more than running it."""

    class Meta:
        database = database
        legacy_table_names = False
        only_save_dirty = True

    def add(self) -> None:
        """Insert this row, all its columns, an automatic key excepted."""
        self._meta.database.execute_sql(_compile_add(type(self))[0], self.pack(self.__data__))

    @classmethod
    def pack(cls, values: dict[str, Any]) -> list[Any]:
        """The row as `add_packed` takes it; what is not named is null."""
        _, plain, rest = _compile_add(cls)
        row = [values.get(name) for name in plain]
        return row + [field.db_value(values.get(field.name)) for field in rest]

    @classmethod
    def add_packed(cls, rows: list[list[Any]]) -> None:
        """Insert rows that nobody looks at afterwards, in their order."""
        cls._meta.database.cursor().executemany(_compile_add(cls)[0], rows)

    @classmethod
    def has(cls, **values: Any) -> bool:
        """Whether there is a row with these values."""
        sql = _compile_has(cls, tuple(values))
        return cls._meta.database.execute_sql(sql, tuple(values.values())).fetchone() is not None

    @classmethod
    def find(cls, **values: Any) -> Self | None:
        """A row with these values."""
        return next(iter(cls.list_all(**values)), None)

    @classmethod
    def list_all(cls, **values: Any) -> list[Self]:
        """The rows with these values, in order of their key."""
        sql, names, rest = _compile_find(cls, tuple(values))
        found = cls._meta.database.execute_sql(sql, tuple(values.values()))
        return [cls._load(names, rest, row) for row in found]

    @classmethod
    def _load(cls, names: list[str], rest: list[tuple[str, Reader]], row: tuple[Any, ...]) -> Self:
        loaded = cls(__no_default__=1)
        # Past the attributes: what is as it is in the database need not be saved.
        data = loaded.__data__
        data.update(zip(names, row, strict=True))
        for name, read in rest:
            data[name] = read(data[name])
        return loaded

    def put(self, *names: str) -> None:
        """Write these columns of a row that is there, by its `id`."""
        sql, fields = _compile_put(type(self), names)
        row = [field.db_value(getattr(self, field.name)) for field in fields]
        self._meta.database.execute_sql(sql, row)


@cache
def _compile_add(model: type[Row]) -> tuple[str, list[str], list[Field]]:
    """The statement, and its columns in order: those whose values go in as they are, then the rest."""
    columns = [field for field in model._meta.sorted_fields if not isinstance(field, AutoField)]
    rest: list[Field] = [field for field in columns if isinstance(field, MomentField | JsonField)]
    plain = [field for field in columns if not isinstance(field, MomentField | JsonField)]
    sql, _ = model.insert_many([[None] * len(columns)], fields=plain + rest).sql()
    return sql.split(" RETURNING ")[0], [field.name for field in plain], rest


@cache
def _compile_find(model: type[Row], names: tuple[str, ...]) -> tuple[str, list[str], list[tuple[str, Reader]]]:
    """The statement, its columns in order, and how to read those whose values do not come out as they are."""
    columns = model._meta.sorted_fields
    odd = (field for field in columns if isinstance(field, MomentField | JsonField | BooleanField))
    rest = [(field.name, field.python_value) for field in odd]
    rows = model.select(*columns).where(*(getattr(model, name) == "" for name in names))
    return str(rows.order_by(model._meta.primary_key).sql()[0]), [field.name for field in columns], rest


@cache
def _compile_put(model: type[Row], names: tuple[str, ...]) -> tuple[str, list[Field]]:
    # In the order that Peewee gives to what is set.
    fields: list[Field] = [field for field in model._meta.sorted_fields if field.name in names]
    key: Field = model._meta.fields["id"]
    changed = model.update(dict.fromkeys(fields)).where(key == "")
    return str(changed.sql()[0]), [*fields, key]


@cache
def _compile_has(model: type[Row], names: tuple[str, ...]) -> str:
    sql, _ = model.select(SQL("1")).where(*(getattr(model, name) == "" for name in names)).sql()
    return str(sql)
