"""The writer's envelope of an agreement."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ediport.partners.agreement import InterchangeValues, Security
from ediport.partners.agreement_file import load
from ediport.partners.control_numbers import CountingNumbers
from ediport.partners.envelope import envelope
from ediport.resources import schemas_folder
from ediport.x12.envelope import GROUP_KEYS, INTERCHANGE_KEYS, INTERCHANGE_LENGTHS
from ediport.x12.errors import Defect

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
SUMMIT = load(schemas_folder() / "partners" / "demo" / "summit-mutual.yaml")
SECRET = replace(
    SUMMIT, interchange=InterchangeValues(security=Security("01", "secret:summit/isa04"))
)


def test_every_value_of_the_agreement_is_in_its_place() -> None:
    numbers = CountingNumbers()
    made = envelope(SUMMIT, at=AT, control_numbers=numbers)
    elements = [made.interchange.get(key, "").strip() for key in INTERCHANGE_KEYS]
    assert elements == [
        *("03", "DEMO", "00", "", "30", "990000001", "27", "99202"),
        *("260304", "0506", "", "00501", "", "1", "T", ""),
    ]
    group = [made.group.get(key, "") for key in GROUP_KEYS]
    assert group == ["", "EDIPORTSM", "SUMMITEDI", "20260304", "0506", "", "X", ""]
    assert made.delimiters == SUMMIT.delimiters
    assert made.control_numbers is numbers


def test_values_are_as_long_as_the_segment_has_them() -> None:
    made = envelope(SUMMIT, at=AT, control_numbers=CountingNumbers())
    for key, length in zip(INTERCHANGE_KEYS, INTERCHANGE_LENGTHS, strict=True):
        assert len(made.interchange.get(key, " " * length)) == length


def test_the_password_comes_from_where_secrets_are_kept() -> None:
    asked: list[str] = []

    def secrets(reference: str) -> str:
        asked.append(reference)
        return "word"

    made = envelope(SECRET, at=AT, control_numbers=CountingNumbers(), secrets=secrets)
    assert made.interchange[INTERCHANGE_KEYS[2]] == "01"
    assert made.interchange[INTERCHANGE_KEYS[3]] == "word      "
    assert asked == ["secret:summit/isa04"]


def test_a_password_without_secrets_is_a_defect() -> None:
    with pytest.raises(Defect):
        envelope(SECRET, at=AT, control_numbers=CountingNumbers())


def test_no_password_asks_for_no_secret() -> None:
    def secrets(reference: str) -> str:
        raise AssertionError(reference)

    envelope(SUMMIT, at=AT, control_numbers=CountingNumbers(), secrets=secrets)
