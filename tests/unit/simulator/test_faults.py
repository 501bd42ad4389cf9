"""Faults on demand: seeded, independent of order, each what its name says."""

from __future__ import annotations

import pytest

from ediport.guides import library
from ediport.simulator.answers import Answer
from ediport.simulator.faults import Fault, Faults, bad_counts, swapped_ids
from ediport.x12.delimiters import Delimiters
from ediport.x12.errors import Unreadable
from ediport.x12.findings import Finding
from ediport.x12.reader import read
from tests.unit.simulator.samples import Sample, claims_x12, demo

EVERGREEN = demo("evergreen-health")
X12 = claims_x12(EVERGREEN, [Sample("A1")])
ANSWER = Answer("one.x12", "999", X12)
USUAL = EVERGREEN.delimiters


def rules(x12: bytes) -> set[str]:
    return {event.rule.id for event in read([x12], library()) if isinstance(event, Finding)}


def test_the_answer_is_good_to_begin_with() -> None:
    assert rules(X12) == set()
    assert Faults().apply(ANSWER, USUAL, "000000001") == [ANSWER]


def test_a_rate_is_a_share() -> None:
    faults = Faults({Fault.LATE: 0.25}, seed=1)
    struck = [faults.strikes(Fault.LATE, f"{n:09d}", "999") for n in range(2000)]
    assert 400 < sum(struck) < 600
    assert struck == [faults.strikes(Fault.LATE, f"{n:09d}", "999") for n in range(2000)]
    other = Faults({Fault.LATE: 0.25}, seed=2)
    assert struck != [other.strikes(Fault.LATE, f"{n:09d}", "999") for n in range(2000)]


def test_silence_lateness_and_duplicates() -> None:
    assert Faults({Fault.SILENCE: 1}).apply(ANSWER, USUAL, "1") == []
    (late,) = Faults({Fault.LATE: 1}, late_s=60).apply(ANSWER, USUAL, "1")
    assert (late.delay_s, late.x12) == (60, X12)
    first, second = Faults({Fault.DUPLICATE: 1}).apply(ANSWER, USUAL, "1")
    assert first.x12 == second.x12
    assert first.name != second.name


def test_faults_of_some_kinds_of_answer_only() -> None:
    faults = Faults({Fault.SILENCE: 1}, kinds=frozenset({"835"}))
    assert faults.apply(ANSWER, USUAL, "1") == [ANSWER]


def test_swapped_ids() -> None:
    begin = next(iter(read([swapped_ids(X12)], library())))
    header = getattr(begin, "header", ())
    assert [value.strip() for value in header[4:8]] == ["ZZ", "EVERGREEN", "ZZ", "EDIPORT"]
    assert rules(swapped_ids(X12)) == set()
    assert swapped_ids(swapped_ids(X12)) == X12


def test_bad_counts() -> None:
    assert rules(bad_counts(X12, USUAL)) == {"transaction_segment_count"}


def test_bad_counts_of_an_interchange_without_transaction_set() -> None:
    isa = X12[: X12.index(b"GS*")]
    x12 = isa + b"TA1*000000001*260304*0506*A*000~\nIEA*0*000000001~\n"
    assert rules(x12) == set()
    assert rules(bad_counts(x12, USUAL)) == {"interchange_group_count"}
    assert bad_counts(b"no trailer", Delimiters()) == b"no trailer"


def test_truncated() -> None:
    (answer,) = Faults({Fault.TRUNCATED: 1}).apply(ANSWER, USUAL, "1")
    assert answer.x12 == X12[: len(X12) // 2]
    assert "interchange_trailer_missing" in rules(answer.x12)


def test_garbage_is_the_same_garbage_again() -> None:
    faults = Faults({Fault.GARBAGE: 1}, seed=4)
    (answer,) = faults.apply(ANSWER, USUAL, "1")
    assert faults.apply(ANSWER, USUAL, "1") == [answer]
    with pytest.raises(Unreadable):
        list(read([answer.x12], library()))
