"""The 277CA (005010X214): which claims of a transaction set the payer takes into adjudication.

One document for each 837 transaction set. Levels are information source, information receiver,
billing provider, patient; totals of the upper levels agree with the claims below them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from ediport.simulator.adjudicate import ZERO, Decision
from ediport.simulator.claims import Claim, Name
from ediport.simulator.compose import Part, Segment, document, loop, segment
from ediport.simulator.identity import PayerIdentity, money, provider_id
from ediport.x12.plan import Plan

_BLANK = ("", "", "", "")
_RECEIVED = ("A1", "19", "PR")
_RECEIVER = "41"
_ACCEPT = "WQ"
_REJECT = "U"


def claim_acknowledgment(
    decisions: Sequence[Decision], payer: PayerIdentity, plan: Plan, *, trace: str, at: datetime
) -> dict[str, Any]:
    """The 277CA for the claims of one 837 transaction set, in their order; `trace` becomes BHT03
    and TRN02.

    `decisions` must not be empty. Without its envelope: that is the writer's.
    """
    date = at.strftime("%Y%m%d")
    return document(
        plan,
        segment("BHT", "0085", "08", trace, date, at.strftime("%H%M%S"), "TH"),
        loop(
            "2000A",
            loop("2100A", segment("NM1", "PR", "2", payer.name, *_BLANK, "PI", payer.payer_id)),
            loop("2200A", segment("TRN", "1", trace), *_dates(date)),
            _receiver(decisions, date),
        ),
    )


def _dates(date: str) -> Iterator[Segment]:
    yield segment("DTP", "050", "D8", date)
    yield segment("DTP", "009", "D8", date)


def _receiver(decisions: Sequence[Decision], date: str) -> Part:
    claim = decisions[0].claim
    total = _charges(decisions)
    return loop(
        "2000B",
        loop("2100B", _name(_RECEIVER, claim.submitter, "46", claim.submitter.id)),
        loop(
            "2200B",
            segment("TRN", "2", claim.batch),
            segment("STC", _RECEIVED, date, _ACCEPT, money(total)),
            _totals(decisions, accepted="90", rejected="AA"),
        ),
        [_provider(group, date) for group in _by_provider(decisions)],
    )


def _by_provider(decisions: Sequence[Decision]) -> Iterable[Sequence[Decision]]:
    for _, group in groupby(decisions, key=lambda decision: provider_id(decision.claim.provider)):
        yield list(group)


def _provider(decisions: Sequence[Decision], date: str) -> Part:
    provider = decisions[0].claim.provider
    return loop(
        "2000C",
        loop("2100C", _name("85", provider.name, *provider_id(provider))),
        loop(
            "2200C",
            segment("TRN", "1", "0"),
            segment("STC", _RECEIVED, "", _ACCEPT, money(_charges(decisions))),
            _totals(decisions, accepted="QA", rejected="QC"),
        ),
        [_patient(decision, date) for decision in decisions],
    )


def _totals(decisions: Sequence[Decision], *, accepted: str, rejected: str) -> Iterator[Part]:
    """Quantities, then amounts, of the accepted and the rejected claims, where there are any."""
    taken = [decision for decision in decisions if decision.accepted]
    refused = [decision for decision in decisions if not decision.accepted]
    for qualifier, group in ((accepted, taken), (rejected, refused)):
        yield segment("QTY", qualifier, str(len(group))) if group else None
    for qualifier, group in (("YU", taken), ("YY", refused)):
        yield segment("AMT", qualifier, money(_charges(group))) if group else None


def _patient(decision: Decision, date: str) -> Part:
    claim = decision.claim
    return loop(
        "2000D",
        loop("2100D", _patient_name(claim)),
        loop("2200D", _claim(decision, date)),
    )


def _patient_name(claim: Claim) -> Segment:
    """A person with an identifier, always: a claim for accident insurance may have neither."""
    patient = replace(claim.patient, entity_type="1")
    return _name("QC", patient, "MI", claim.subscriber.id or "UNKNOWN")


def _claim(decision: Decision, date: str) -> Iterator[Part]:
    claim = decision.claim
    action = _ACCEPT if decision.accepted else _REJECT
    yield segment("TRN", "2", claim.control_number)
    yield segment("STC", decision.status, date, action, money(claim.charge))
    if decision.accepted:
        yield segment("REF", "1K", decision.payer_claim_number)
    if claim.claim_number:
        yield segment("REF", "D9", claim.claim_number)
    yield segment("DTP", "472", *_period(claim.service_from, claim.service_to))


def _period(service_from: str, service_to: str) -> tuple[str, str]:
    if service_from == service_to:
        return "D8", service_from
    return "RD8", f"{service_from}-{service_to}"


def _name(entity: str, name: Name, qualifier: str, identifier: str) -> Segment:
    suffix = name.suffix if entity != _RECEIVER else ""
    given = (name.first, name.middle, "", suffix) if name.entity_type == "1" else _BLANK
    return segment("NM1", entity, name.entity_type, name.last, *given, qualifier, identifier)


def _charges(decisions: Iterable[Decision]) -> Decimal:
    return sum((decision.claim.charge for decision in decisions), ZERO)
