"""Ids of units from a file follow from the file and the unit's number."""

from __future__ import annotations

from uuid import UUID

from ediport.flow.identifiers import unit_id

AT = "2026-11-23T08:45:00.123456Z"


def test_the_same_unit_has_the_same_id() -> None:
    assert unit_id(AT, "file", 7) == unit_id(AT, "file", 7)
    assert unit_id(AT, "file", 7) != unit_id(AT, "other", 7)


def test_ids_are_uuids_of_version_7_that_sort_in_the_order_of_the_file() -> None:
    ids = [unit_id(AT, "file", number) for number in (1, 2, 3, 1_048_575, 1_048_576, 4_000_000)]
    assert ids == sorted(ids)
    assert {(UUID(each).version, UUID(each).variant) for each in ids} == {
        (7, "specified in RFC 4122")
    }
    assert UUID(ids[0]).int >> 80 == 1795423500123


def test_units_of_a_file_all_differ() -> None:
    assert len({unit_id(AT, "file", number) for number in range(1, 20_001)}) == 20_000
