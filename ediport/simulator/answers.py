"""The payer's answers as X12: one interchange for each kind of answer, read back before it leaves.

The payer writes under the agreement seen from its side, with control numbers of its own. An answer
that our own reader would complain about is a defect of the simulator and stops it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from ediport.partners.agreement import Agreement
from ediport.partners.control_numbers import CountingNumbers
from ediport.partners.envelope import envelope
from ediport.simulator.adjudicate import Decision
from ediport.simulator.claim_acknowledgment import claim_acknowledgment
from ediport.simulator.identity import PayerIdentity, provider_id
from ediport.simulator.remittance import remittance
from ediport.x12.acks import AckOptions, acknowledge
from ediport.x12.delimiters import Delimiters
from ediport.x12.errors import Defect
from ediport.x12.events import Event
from ediport.x12.plan import Plan, Plans
from ediport.x12.writer import build_bytes

TA1: Final = "TA1"
IMPLEMENTATION_ACKNOWLEDGMENT: Final = "999"
CLAIM_ACKNOWLEDGMENT: Final = "277CA"
REMITTANCE: Final = "835"
KINDS: Final = (TA1, IMPLEMENTATION_ACKNOWLEDGMENT, CLAIM_ACKNOWLEDGMENT, REMITTANCE)

_MISADDRESSED: Final = frozenset({"005", "006", "007", "008"})
"""TA105 where sender or receiver are not those of the agreement; the payer takes no such thing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One interchange of the payer: a file name, its kind (one of `KINDS`), its bytes.

    `delay_s` is how long after the interchange that it answers it is sent.
    """

    name: str
    kind: str
    x12: bytes = field(repr=False)
    delay_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the payer's answers are written: its side of the agreement, its guides and numbers."""

    agreement: Agreement
    payer: PayerIdentity
    plans: Plans
    numbers: CountingNumbers
    at: datetime

    def interchange_acknowledgment(self, events: Iterable[Event], *, wanted: bool) -> bytes:
        """The TA1; without `wanted` only where ISA14 asks for one. Empty where there is none."""
        when: Any = "always" if wanted else "requested"
        return self._acknowledge(events, AckOptions(ta1=when, functional="never"))

    def implementation_acknowledgment(self, events: Iterable[Event]) -> bytes:
        """The 999; empty for a rejected interchange."""
        return self._acknowledge(events, AckOptions(ta1="never", functional="always"))

    def claim_acknowledgment(self, sets: Iterable[Sequence[Decision]], subject: str) -> bytes:
        """One 277CA for each 837 transaction set with claims; `subject` is the ISA13 answered."""
        plan = self._plan(CLAIM_ACKNOWLEDGMENT)
        documents = [
            claim_acknowledgment(
                decisions, self.payer, plan, trace=_trace("CA", subject, number), at=self.at
            )
            for number, decisions in enumerate(sets, start=1)
            if decisions
        ]
        return self._built(documents)

    def remittance(self, decisions: Iterable[Decision], subject: str) -> bytes:
        """One 835 for each billing provider with final decisions."""
        plan = self._plan(REMITTANCE)
        final = sorted((d for d in decisions if d.is_final), key=_payee)
        documents = [
            remittance(
                list(group), self.payer, plan, trace=_trace("PY", subject, number), at=self.at
            )
            for number, (_, group) in enumerate(groupby(final, key=_payee), start=1)
        ]
        return self._built(documents)

    def _acknowledge(self, events: Iterable[Event], options: AckOptions) -> bytes:
        own = replace(
            options,
            delimiters=self.agreement.delimiters,
            rejecting_interchange_codes=options.rejecting_interchange_codes | _MISADDRESSED,
        )
        pieces = acknowledge(events, control_numbers=self.numbers, now=self.at, options=own)
        return b"".join(pieces)

    def _plan(self, abbreviation: str) -> Plan:
        plan = self.plans.get(abbreviation)
        if plan is None:
            raise Defect(f"there is no guide for {abbreviation}")
        return plan

    def _built(self, documents: Sequence[Mapping[str, Any]]) -> bytes:
        if not documents:
            return b""
        own = envelope(self.agreement, at=self.at, control_numbers=self.numbers)
        clean = [_without_separators(document, self.agreement.delimiters) for document in documents]
        built = build_bytes(clean, self.plans, envelope=own)
        errors = sorted({finding.rule.id for finding in built.findings if finding.is_error})
        if errors:
            raise Defect(f"the simulator's own answer has findings: {', '.join(errors)}")
        return built.x12


def _without_separators(document: Mapping[str, Any], delimiters: Delimiters) -> dict[str, Any]:
    """The document with blanks for our separators: a claim may have come with others."""
    used = delimiters.element + delimiters.component + delimiters.repetition + delimiters.segment
    table = dict.fromkeys(used, " ")

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            other = value.translate(table)
            return value if other == value else other.strip()
        if isinstance(value, list):
            return [clean(member) for member in value]
        return {key: clean(member) for key, member in value.items()}

    return {key: clean(value) for key, value in document.items()}


def _payee(decision: Decision) -> tuple[str, str]:
    return provider_id(decision.claim.provider)


def _trace(prefix: str, subject: str, number: int) -> str:
    digits = "".join(character for character in subject if character in "0123456789")
    return f"{prefix}{digits}{number:04d}"
