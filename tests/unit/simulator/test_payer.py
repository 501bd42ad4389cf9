"""The payer as a library: answers to claims, each of them valid, balanced and tied to what it answers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ediport.documents.paths import find, first, narrow, nodes, nodes_within, within
from ediport.guides import library
from ediport.partners.agreement import Acknowledgments, Agreement
from ediport.partners.correlation import Verdict, verdicts
from ediport.partners.registry import Registry
from ediport.simulator.answers import Answer
from ediport.simulator.conduct import Conduct
from ediport.simulator.faults import Fault, Faults
from ediport.simulator.payer import Payer
from ediport.x12.events import DocumentText, InterchangeBegin
from ediport.x12.findings import Finding
from ediport.x12.reader import read
from tests.unit.simulator.samples import AT, Sample, claims_x12, demo

EVERGREEN = demo("evergreen-health")
SUMMIT = demo("summit-mutual")
OTHER_NPI = "1987654328"

MIXED = [
    Sample("USUAL", ("60", "40.5"), claim_number="D9-1"),
    Sample("DENIED", ("50", "50.13")),
    Sample("CHILD", ("10.37",), dependent=True, rendering=True),
    Sample("UNKNOWN", member="REJ1"),
    Sample("RANGE", ("10.41",), npi=OTHER_NPI, period="20260301-20260303"),
    Sample("PENDED", member="PEND1"),
    Sample("UNEVEN", ("50", "50"), charge="99"),
    Sample("SPLIT", ("60", "40.19")),
    Sample("FULL", ("33.23",)),
]


def payer(agreement: Agreement, **conduct: Any) -> Payer:
    return Payer(agreement, library(), conduct=Conduct(**conduct), clock=lambda: AT)


def documents(x12: bytes) -> list[dict[str, Any]]:
    text = b""
    found = []
    for event in read([x12], library()):
        if isinstance(event, DocumentText):
            text += event.text
            if event.end:
                found.append(json.loads(text))
                text = b""
    return found


def findings(x12: bytes) -> list[str]:
    return [event.rule.id for event in read([x12], library()) if isinstance(event, Finding)]


def outcomes(answers: Iterable[Answer], kind: str) -> dict[str, str]:
    """Outcome by claim number."""
    return {
        key.value: verdict.outcome
        for verdict in all_verdicts(answers, kind)
        if (key := verdict.key("claim"))
    }


def all_verdicts(answers: Iterable[Answer], kind: str) -> list[Verdict]:
    return [
        verdict
        for answer in answers
        if answer.kind == kind
        for document in documents(answer.x12)
        for verdict in verdicts(document)
    ]


@pytest.mark.parametrize("agreement", [EVERGREEN, SUMMIT], ids=lambda a: a.partner)
def test_claims_get_four_answers_without_findings(agreement: Agreement) -> None:
    answers = payer(agreement).answer(claims_x12(agreement, MIXED))
    assert [answer.kind for answer in answers] == ["TA1", "999", "277CA", "835"]
    for answer in answers:
        events = list(read([answer.x12], library()))
        assert findings(answer.x12) == []
        begin = events[0]
        assert isinstance(begin, InterchangeBegin)
        assert begin.delimiters == agreement.delimiters
        assert Registry([agreement]).by_header(begin.header) is agreement


def test_what_becomes_of_each_claim() -> None:
    answers = payer(EVERGREEN).answer(claims_x12(EVERGREEN, MIXED, last=41))
    (interchange,) = all_verdicts(answers, "TA1")
    assert (interchange.outcome, interchange.keys[0].value) == ("accepted", "42")
    group, transaction = all_verdicts(answers, "999")
    assert (group.outcome, transaction.outcome) == ("accepted", "accepted")
    assert transaction.keys[1].value == "42/42"
    assert outcomes(answers, "277CA") == {
        **dict.fromkeys(("USUAL", "DENIED", "CHILD", "RANGE", "PENDED"), "accepted"),
        **dict.fromkeys(("SPLIT", "FULL"), "accepted"),
        **dict.fromkeys(("UNKNOWN", "UNEVEN"), "rejected"),
    }
    assert outcomes(answers, "835") == {
        **dict.fromkeys(("USUAL", "CHILD", "RANGE", "SPLIT", "FULL"), "paid"),
        "DENIED": "denied",
    }


def test_both_answers_name_a_claim_alike() -> None:
    answers = payer(EVERGREEN).answer(claims_x12(EVERGREEN, MIXED))
    numbers: dict[str, set[str]] = {}
    for kind in ("277CA", "835"):
        for verdict in all_verdicts(answers, kind):
            claim, number = verdict.key("claim"), verdict.key("payer_claim_number")
            if claim and number:
                numbers.setdefault(claim.value, set()).add(number.value)
    assert all(len(found) == 1 for found in numbers.values())
    assert len(numbers) == len(set().union(*numbers.values())) == 7


def test_the_totals_of_the_277ca_are_those_of_its_claims() -> None:
    answers = payer(EVERGREEN).answer(claims_x12(EVERGREEN, MIXED))
    (document,) = documents(answers[2].x12)
    at = "2000A/2000B/2000C/2000D/2200D/STC"
    status = [(first(u, f"{at}/03"), Decimal(first(u, f"{at}/04"))) for u in claims_of(document)]
    accepted = [charge for action, charge in status if action == "WQ"]
    rejected = [charge for action, charge in status if action == "U"]
    batch = "2000A/2000B/2200B"
    assert first(document, f"{batch}/QTY[90]/02") == str(len(accepted))
    assert first(document, f"{batch}/QTY[AA]/02") == str(len(rejected))
    assert Decimal(first(document, f"{batch}/AMT[YU]/02")) == sum(accepted)
    assert Decimal(first(document, f"{batch}/AMT[YY]/02")) == sum(rejected)
    assert Decimal(first(document, f"{batch}/STC/04")) == sum(accepted) + sum(rejected)
    assert first(document, f"{batch}/TRN/02") == "BATCH1"


def claims_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    return list(narrow(document, ["2000A/2000B/2000C/2000D/2200D"]))


@pytest.mark.parametrize("agreement", [EVERGREEN, SUMMIT], ids=lambda a: a.partner)
def test_the_835_balances(agreement: Agreement) -> None:
    answers = payer(agreement).answer(claims_x12(agreement, MIXED))
    remittances = documents(answers[3].x12)
    assert len(remittances) == 2
    for document in remittances:
        paid = total(find(document, "2000/2100/CLP/04"))
        taken = total(
            value
            for position in ("04", "06", "08", "10", "12", "14")
            for value in find(document, f"PLB/{position}")
        )
        assert Decimal(first(document, "BPR/02")) == paid - taken
        for claim in nodes(document, "2000/2100"):
            assert_claim_balances(claim)


def assert_claim_balances(claim: Any) -> None:
    charge, paid = total(within(claim, "CLP/03")), total(within(claim, "CLP/04"))
    adjusted = Decimal()
    for line in nodes_within(claim, "2110"):
        adjustments = total(
            value
            for position in ("03", "06", "09", "12", "15", "18")
            for value in within(line, f"CAS/{position}")
        )
        assert total(within(line, "SVC/02")) - adjustments == total(within(line, "SVC/03"))
        adjusted += adjustments
    assert charge - paid == adjusted
    assert charge == total(within(claim, "2110/SVC/02"))
    assert paid == total(within(claim, "2110/SVC/03"))


def total(values: Iterable[str]) -> Decimal:
    return sum((Decimal(value) for value in values), Decimal())


def test_the_same_input_gets_the_same_answers() -> None:
    x12 = claims_x12(EVERGREEN, MIXED)
    assert payer(EVERGREEN).answer(x12) == payer(EVERGREEN).answer(x12)
    assert payer(EVERGREEN, seed=1).answer(x12) != payer(EVERGREEN).answer(x12)


def test_control_numbers_of_the_answers_go_on() -> None:
    one = payer(EVERGREEN)
    first_names = [a.name for a in one.answer(claims_x12(EVERGREEN, MIXED[:1]))]
    more_names = [a.name for a in one.answer(claims_x12(EVERGREEN, MIXED[:1], last=1))]
    assert first_names[0] == "evergreen-health-000000001-TA1.x12"
    assert more_names[0] == "evergreen-health-000000005-TA1.x12"


def test_a_used_control_number_rejects_the_interchange() -> None:
    one = payer(EVERGREEN)
    one.answer(claims_x12(EVERGREEN, MIXED[:1]))
    (answer,) = one.answer(claims_x12(EVERGREEN, MIXED[1:2]))
    (verdict,) = all_verdicts([answer], "TA1")
    assert (verdict.outcome, verdict.codes) == ("rejected", ("025",))


def test_an_interchange_for_somebody_else_is_rejected() -> None:
    x12 = claims_x12(EVERGREEN, MIXED[:1]).replace(b"EVERGREEN      ", b"NEVERGREEN     ")
    (answer,) = payer(EVERGREEN).answer(x12)
    (verdict,) = all_verdicts([answer], "TA1")
    assert (verdict.outcome, verdict.codes) == ("rejected", ("008",))


def test_a_wrong_transaction_set_gets_a_999_and_no_more() -> None:
    x12 = claims_x12(EVERGREEN, MIXED[:1]).replace(b"DMG*D8*19700101", b"DMG*D8*19701301")
    answers = payer(EVERGREEN).answer(x12)
    assert [answer.kind for answer in answers] == ["TA1", "999"]
    assert all_verdicts(answers, "999")[1].outcome == "rejected"


def test_a_guide_that_is_not_adjudicated_gets_ta1_and_999() -> None:
    enrollment = (
        b"ISA*00*          *00*          *ZZ*EDIPORT        *ZZ*EVERGREEN      *260304*0506*^*00501"
        b"*000000001*1*T*:~GS*BE*EDIPORT*EVRGN*20260304*0506*1*X*005010X220A1~ST*834*0001*005010X220A1~"
        b"BGN*00*1*20260304*0506****2~SE*3*0001~GE*1*1~IEA*1*000000001~"
    )
    assert [answer.kind for answer in payer(EVERGREEN).answer(enrollment)] == ["TA1", "999"]


def test_our_own_acknowledgments_are_not_answered() -> None:
    answers = payer(EVERGREEN).answer(claims_x12(EVERGREEN, MIXED[:1]))
    mirror = EVERGREEN.mirrored()
    silent = Payer(mirror, library(), clock=lambda: AT)
    assert [a.kind for answer in answers[:2] for a in silent.answer(answer.x12)] == []


def test_an_answer_that_the_agreement_does_not_have_is_not_sent() -> None:
    quiet = replace(EVERGREEN, acknowledgments=Acknowledgments({"999": 60, "835": 60}))
    answers = payer(quiet).answer(claims_x12(quiet, MIXED[:1]))
    assert [answer.kind for answer in answers] == ["999", "835"]


def test_aliases_of_the_agreement_are_understood() -> None:
    x12 = claims_x12(EVERGREEN, MIXED[:1])
    aliased = x12.replace(b"*X*005010X222A1", b"*X*005010X222A2")
    assert [a.kind for a in payer(EVERGREEN).answer(aliased)] == ["TA1", "999", "277CA", "835"]


def test_values_with_the_payer_s_separators_in_them() -> None:
    """The claim came with other separators, so that it may hold those that the payer writes."""
    pipes = replace(SUMMIT, delimiters=EVERGREEN.delimiters)
    x12 = claims_x12(pipes, [Sample("A|1", member="M<1")])
    answers = payer(SUMMIT).answer(x12)
    assert outcomes(answers, "835") == {"A 1": "paid"}


@pytest.mark.parametrize("x12", [b"", b"ISA", b"\x00" * 200, b"not X12 at all" * 50])
def test_what_is_no_interchange_gets_no_answer(x12: bytes) -> None:
    assert payer(EVERGREEN).answer(x12) == []


GOOD = claims_x12(EVERGREEN, MIXED)


@given(
    start=st.integers(min_value=0, max_value=len(GOOD)),
    length=st.integers(min_value=0, max_value=40),
    text=st.binary(max_size=12) | st.sampled_from([b"*", b":", b"~", b"^", b" ", b"-1", b"1E9"]),
)
def test_no_bytes_break_the_payer(start: int, length: int, text: bytes) -> None:
    answers = payer(EVERGREEN).answer(GOOD[:start] + text + GOOD[start + length :])
    # A group of another release gets a 997, which is a guide that we do not have.
    assert {rule for a in answers for rule in findings(a.x12)} <= {"group_guide_unknown"}


def test_several_interchanges_in_one_file() -> None:
    x12 = claims_x12(EVERGREEN, MIXED[:1]) + claims_x12(EVERGREEN, MIXED[1:2], last=1)
    kinds = [answer.kind for answer in payer(EVERGREEN).answer(x12)]
    assert kinds == ["TA1", "999", "277CA", "835"] * 2


def test_delays_are_those_of_the_conduct() -> None:
    answers = payer(EVERGREEN, delays_s={"835": 9.0}).answer(claims_x12(EVERGREEN, MIXED))
    assert [answer.delay_s for answer in answers] == [0.0, 0.0, 0.0, 9.0]


def test_rejections_on_demand() -> None:
    x12 = claims_x12(EVERGREEN, MIXED)
    faults = Faults({Fault.REJECT_INTERCHANGE: 1})
    answers = payer(EVERGREEN, faults=faults).answer(x12)
    assert [verdict.outcome for verdict in all_verdicts(answers, "TA1")] == ["rejected"]
    assert len(answers) == 1
    faults = Faults({Fault.REJECT_TRANSACTION: 1})
    answers = payer(EVERGREEN, faults=faults).answer(x12)
    assert [answer.kind for answer in answers] == ["TA1", "999"]
    assert [verdict.outcome for verdict in all_verdicts(answers, "999")] == ["rejected"] * 2


def test_silence_about_one_kind_leaves_the_others() -> None:
    faults = Faults({Fault.SILENCE: 1}, kinds=frozenset({"277CA"}))
    answers = payer(EVERGREEN, faults=faults).answer(claims_x12(EVERGREEN, MIXED))
    assert [answer.kind for answer in answers] == ["TA1", "999", "835"]


def test_answers_do_not_print_their_content() -> None:
    answers = payer(EVERGREEN).answer(claims_x12(EVERGREEN, MIXED))
    assert "DOE" not in repr(answers)
