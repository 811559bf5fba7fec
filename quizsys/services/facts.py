"""Facts about the database itself, by name."""

from quizsys.models.facts import Fact

STORAGE_ID, LAST_BACKUP_AT = "storage_id", "last_backup_at"


def find_fact(name: str) -> str | None:
    row = Fact.get_or_none(Fact.name == name)
    return None if row is None else str(row.value)


def set_fact(name: str, value: str) -> None:
    Fact.insert(name=name, value=value).on_conflict_replace().execute()
