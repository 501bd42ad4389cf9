"""Decisions on claims: predictable from the claim, and always in balance."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ediport.simulator.adjudicate import Decision, adjudicate
from ediport.simulator.claims import Claim, read_claim
from tests.unit.simulator.samples import Sample, claim_documents


def claim(*lines: str, member: str = "MEMBER1", charge: str = "") -> Claim:
    sample = Sample("A1", lines or ("100",), member=member, charge=charge)
    return read_claim(claim_documents([sample])[0])


def reasons(decision: Decision) -> list[list[str]]:
    return [[f"{a.group}:{a.reason}" for a in line.adjustments] for line in decision.lines]


def assert_balanced(decision: Decision) -> None:
    for line in decision.lines:
        assert line.line.charge == line.paid + sum(a.amount for a in line.adjustments)
        assert all(a.amount for a in line.adjustments)
    charged = sum((line.line.charge for line in decision.lines), Decimal())
    assert charged == decision.claim.charge


def test_usual_claim() -> None:
    decision = adjudicate(claim("60", "40"))
    assert decision.accepted
    assert decision.is_final
    assert decision.claim_status == "1"
    assert reasons(decision) == [["CO:45", "PR:2"]] * 2
    assert decision.paid > 0
    assert_balanced(decision)


@pytest.mark.parametrize(
    ("cents", "status", "expected"),
    [
        (".13", "4", ["CO:197"]),
        (".29", "4", ["OA:18"]),
        (".17", "1", ["PR:1"]),
        (".23", "1", []),
    ],
)
def test_charges_that_choose_the_answer(cents: str, status: str, expected: list[str]) -> None:
    decision = adjudicate(claim("60", f"40{cents}"))
    assert decision.claim_status == status
    assert reasons(decision) == [expected] * 2
    assert decision.paid == (decision.claim.charge if cents == ".23" else 0)
    assert_balanced(decision)


def test_first_line_denied() -> None:
    decision = adjudicate(claim("60", "40.19"))
    assert reasons(decision) == [["CO:97"], ["CO:45", "PR:2"]]
    assert decision.claim_status == "1"
    assert decision.patient_responsibility > 0
    assert_balanced(decision)


def test_interest_and_recovery() -> None:
    (interest,) = adjudicate(claim("100.37")).provider_adjustments
    assert (interest.reason, interest.amount) == ("L6", Decimal("-5.00"))
    (recovery,) = adjudicate(claim("100.41")).provider_adjustments
    assert (recovery.reason, recovery.amount) == ("WO", Decimal("10.00"))


def test_no_more_is_taken_back_than_the_claim_pays() -> None:
    decision = adjudicate(claim("0.41"))
    assert [a.amount for a in decision.provider_adjustments] == [decision.paid]


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (claim(member="REJECT1"), ("A7", "164", "IL")),
        (claim("50", "50", charge="99"), ("A7", "178")),
    ],
)
def test_claims_that_are_not_taken(made: Claim, status: tuple[str, ...]) -> None:
    decision = adjudicate(made)
    assert (decision.accepted, decision.is_final, decision.status) == (False, False, status)
    assert decision.lines == ()


def test_pended_claims_are_taken_and_never_paid() -> None:
    decision = adjudicate(claim(member="PEND7"))
    assert decision.accepted
    assert not decision.is_final


def test_the_same_claim_gets_the_same_decision() -> None:
    assert adjudicate(claim("60", "40"), seed=3).paid == adjudicate(claim("60", "40"), seed=3).paid
    paid = {adjudicate(claim("60", "40"), seed=seed).paid for seed in range(20)}
    assert len(paid) > 1


def test_claims_print_as_their_kind() -> None:
    made = claim()
    for text in (repr(made), repr(made.patient), repr(made.lines), repr(adjudicate(made))):
        assert "DOE" not in text
        assert "A1" not in text


@given(
    cents=st.lists(st.integers(min_value=0, max_value=10**8), min_size=1, max_size=12),
    seed=st.integers(min_value=0, max_value=5),
)
def test_every_decision_balances(cents: list[int], seed: int) -> None:
    decision = adjudicate(claim(*[str(Decimal(c) / 100) for c in cents]), seed=seed)
    assert_balanced(decision)
    assert 0 <= decision.paid <= decision.claim.charge
    taken = sum((a.amount for a in decision.provider_adjustments), Decimal())
    assert taken <= decision.paid
