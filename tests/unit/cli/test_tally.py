"""Counting what a reader says."""

import pytest

from ediport.cli import tally as module
from ediport.cli.tally import Tally
from ediport.guides import library
from ediport.x12.findings import Finding
from ediport.x12.reader import read
from ediport.x12.rules import RULES
from tests.unit.cli.support import SAMPLES, broken_claims


def tally_of(data: bytes) -> Tally:
    tally = Tally()
    for event in read([data], library()):
        tally.take(event)
    return tally


def test_good_input() -> None:
    tally = tally_of((SAMPLES / "claims.x12").read_bytes())
    assert tally.is_good
    assert (tally.transaction_sets, tally.accepted_sets, tally.rejected_sets) == (2, 2, 0)
    assert [one.accepted for one in tally.interchanges] == [True]
    assert [(one.group, one.transaction) for one in tally.sets] == [(1, 1), (1, 2)]
    assert tally.sets[0].guide == "005010X222A1"


def test_one_bad_transaction_set() -> None:
    tally = tally_of(broken_claims())
    assert not tally.is_good
    assert (tally.accepted_sets, tally.rejected_sets) == (1, 1)
    assert tally.rules["element_required"].count == 1
    assert tally.interchanges[0].accepted_sets == 1
    assert not tally.interchanges[0].accepted
    assert [one.accepted for one in tally.sets] == [False, True]


def test_findings_outside_of_transaction_sets_belong_to_the_interchange() -> None:
    data = (SAMPLES / "claims.x12").read_bytes().replace(b"GE*2*", b"GE*3*")
    tally = tally_of(data)
    assert tally.envelope_errors == 1
    assert tally.rejected_sets == 0
    assert not tally.is_good
    assert not tally.interchanges[0].accepted


def test_several_interchanges_are_told_apart() -> None:
    one = (SAMPLES / "835-1.x12").read_bytes()
    two = (SAMPLES / "834-1.x12").read_bytes()
    tally = tally_of(one + two)
    assert [s.interchange for s in tally.sets] == [1, 2]
    assert [s.transaction_set for s in tally.sets] == ["835", "834"]
    assert tally.interchange_count == 2


def test_of_very_many_verdicts_only_the_first_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "verdicts_kept_max", 1)
    tally = tally_of((SAMPLES / "claims.x12").read_bytes())
    data = tally.to_dict()["transaction_sets"]
    assert (data["count"], data["left_out"], len(data["verdicts"])) == (2, 1, 1)


def test_a_finding_that_no_reader_made_counts_too() -> None:
    tally = Tally()
    tally.find(Finding(RULES["json_shape"], "a string is wanted here", pointer="/guide"))
    assert tally.errors == 1
    assert not tally.is_good
