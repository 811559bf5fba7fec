"""Ids sort by their time of making and are UUIDs to everybody else."""

import uuid

from quizsys.ids import new_id


def test_ids_of_one_process_sort_as_they_were_made() -> None:
    ids = [new_id() for _ in range(10_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_an_id_is_a_version_7_uuid() -> None:
    parsed = uuid.UUID(new_id())
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
