"""The 835 (005010X221A1): what the payer pays a provider, claim by claim, and why not more.

It balances (005010X221A1, section 1.10.2): for every line charge = paid + adjustments; for every
claim CLP03 - CLP04 is the sum of its adjustments and the lines add up to it; BPR02 is the sum of
CLP04 less the provider adjustments (PLB).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, Final, TypeVar

from ediport.simulator.adjudicate import ZERO, Adjustment, Decision, LineDecision
from ediport.simulator.claims import Claim, Name, Provider
from ediport.simulator.compose import Part, Segment, document, loop, segment
from ediport.simulator.identity import PayerIdentity, money, provider_id, whole_name
from ediport.x12.plan import Plan

_Member = TypeVar("_Member")

reasons_per_segment_max: Final = 6
"""Triples of reason, amount and quantity in one CAS."""

adjustments_per_segment_max: Final = 6
"""Pairs of reason and amount in one PLB."""

_FILING_INDICATORS: Final = frozenset(
    {"12", "13", "14", "15", "16", "17", "AM", "CH", "DS", "HM", "LM", "MA", "MB", "MC", "OF"}
    | {"TV", "VA", "WC", "ZZ"}
)
_PREFERRED_PROVIDERS: Final = "12"
"""CLP06 for claims whose SBR09 an 835 does not have (such as CI)."""


def remittance(
    decisions: Sequence[Decision], payer: PayerIdentity, plan: Plan, *, trace: str, at: datetime
) -> dict[str, Any]:
    """The 835 for final decisions on claims of one billing provider; `trace` is the payment's
    number (TRN02).

    `decisions` must not be empty. Without its envelope: that is the writer's.
    """
    date = at.strftime("%Y%m%d")
    provider = decisions[0].claim.provider
    return document(
        plan,
        _payment(payment_amount(decisions), date),
        segment("TRN", "1", trace, payer.company_id),
        segment("DTM", "405", date),
        _payer(payer),
        _payee(provider),
        loop("2000", segment("LX", "1"), [_claim(decision) for decision in decisions]),
        list(_provider_adjustments(decisions, at)),
    )


def payment_amount(decisions: Sequence[Decision]) -> Decimal:
    """BPR02: what the claims pay less what is taken back."""
    paid = sum((decision.paid for decision in decisions), ZERO)
    return paid - sum((a.amount for d in decisions for a in d.provider_adjustments), ZERO)


def _payment(amount: Decimal, date: str) -> Segment:
    method = "CHK" if amount else "NON"
    return segment("BPR", "I", money(amount), "C", method, *[""] * 11, date)


def _payer(payer: PayerIdentity) -> Part:
    return loop(
        "1000A",
        segment("N1", "PR", payer.name),
        segment("N3", payer.street),
        segment("N4", payer.city, payer.state, payer.postal_code),
        segment("REF", "2U", payer.payer_id),
        segment("PER", "BL", payer.contact, "TE", payer.telephone),
    )


def _payee(provider: Provider) -> Part:
    qualifier, identifier = provider_id(provider)
    return loop(
        "1000B",
        segment("N1", "PE", whole_name(provider.name), qualifier, identifier),
        segment("REF", "TJ", provider.tax_id) if qualifier == "XX" and provider.tax_id else None,
    )


def _claim(decision: Decision) -> Part:
    claim = decision.claim
    return loop(
        "2100",
        segment(
            "CLP",
            claim.control_number,
            decision.claim_status,
            money(claim.charge),
            money(decision.paid),
            money(decision.patient_responsibility) if decision.patient_responsibility else "",
            _filing_indicator(claim),
            decision.payer_claim_number,
            claim.facility,
            claim.frequency,
        ),
        _person("QC", replace(claim.patient, entity_type="1"), "MI", claim.subscriber.id),
        _insured(claim),
        _rendering(claim),
        segment("DTM", "232", claim.service_from),
        segment("DTM", "233", claim.service_to),
        [_line(line) for line in decision.lines],
    )


def _filing_indicator(claim: Claim) -> str:
    given = claim.filing_indicator
    return given if given in _FILING_INDICATORS else _PREFERRED_PROVIDERS


def _insured(claim: Claim) -> Part:
    if claim.patient is claim.subscriber or not claim.subscriber.id:
        return None
    return _person("IL", claim.subscriber, "MI", claim.subscriber.id)


def _rendering(claim: Claim) -> Part:
    name = claim.rendering
    return _person("82", name, "XX", name.id) if name and name.id_qualifier == "XX" else None


def _person(entity: str, name: Name, qualifier: str, identifier: str) -> Segment:
    given = (name.first, name.middle, "", name.suffix)
    parts = given if name.entity_type == "1" else ("", "", "", "")
    identity = (qualifier, identifier) if identifier else ()
    return segment("NM1", entity, name.entity_type, name.last, *parts, *identity)


def _line(decision: LineDecision) -> Part:
    line = decision.line
    return loop(
        "2110",
        segment("SVC", line.procedure, money(line.charge), money(decision.paid), "", line.units),
        _service_dates(line.service_from, line.service_to),
        list(_adjustments(decision.adjustments)),
        segment("REF", "6R", line.control_number),
        segment("AMT", "B6", money(decision.allowed)) if decision.allowed else None,
        segment("LQ", "HE", decision.remark) if decision.remark else None,
    )


def _service_dates(service_from: str, service_to: str) -> list[Part]:
    if service_from == service_to:
        return [segment("DTM", "472", service_from)]
    return [segment("DTM", "150", service_from), segment("DTM", "151", service_to)]


def _adjustments(adjustments: Sequence[Adjustment]) -> Iterator[Segment]:
    """One CAS for each group code and every six reasons."""
    for group, members in groupby(adjustments, key=lambda adjustment: adjustment.group):
        for chunk in _chunks(list(members), reasons_per_segment_max):
            triples = [(member.reason, money(member.amount), "") for member in chunk]
            yield segment("CAS", group, *[value for triple in triples for value in triple])


def _provider_adjustments(decisions: Sequence[Decision], at: datetime) -> Iterator[Segment]:
    _, provider = provider_id(decisions[0].claim.provider)
    year_end = f"{at.year}1231"
    pairs = [
        ((adjustment.reason, decision.payer_claim_number), money(adjustment.amount))
        for decision in decisions
        for adjustment in decision.provider_adjustments
    ]
    for chunk in _chunks(pairs, adjustments_per_segment_max):
        yield segment("PLB", provider, year_end, *[value for pair in chunk for value in pair])


def _chunks(members: list[_Member], size: int) -> Iterator[list[_Member]]:
    return (members[start : start + size] for start in range(0, len(members), size))
