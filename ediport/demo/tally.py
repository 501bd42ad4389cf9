"""How far the units are, read from the ledger: per partner, and whether everything has its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from ediport.flow import REJECTED_BY
from ediport.ledger.port import Event, Ledger, Reader, Unit
from ediport.ledger.states import (
    ACCEPTED,
    ACKNOWLEDGED,
    ANSWER_DELIVERED,
    DEAD,
    FINAL,
    FINALIZED,
    REJECTED,
    SENT,
    TRANSLATED,
)

page_units: Final = 500

CLAIMS_IN: Final = "claims in"
REJECTED_BY_US: Final = "rejected by us"
NOT_ROUTED: Final = "not routed"
ROWS: Final = (
    CLAIMS_IN,
    REJECTED_BY_US,
    "sent",
    "acknowledged",
    "accepted",
    "rejected by payer",
    "paid",
    "denied",
    "parked",
    "answers delivered",
)


@dataclass(slots=True)
class Tally:
    """Counts by partner and row of the final table; `reasons` counts why units were rejected."""

    partners: dict[str, Counter[str]] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    unfinished: list[str] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether every unit has its final state, and its requester every answer."""
        return not self.unfinished

    def add_rejected_at_intake(self, claims: int) -> None:
        """Claims that never became units, so nothing is known of where they should have gone."""
        if claims:
            self.partners[NOT_ROUTED] = Counter({CLAIMS_IN: claims, REJECTED_BY_US: claims})

    def total(self, row: str) -> int:
        return sum(counts[row] for counts in self.partners.values())


def states(ledger: Ledger) -> dict[str, int]:
    """Units by state: one cheap question."""
    with ledger.read() as reader:
        return reader.counts()


def by_partner(ledger: Ledger) -> dict[str, Counter[str]]:
    """Units by partner and state."""
    found: dict[str, Counter[str]] = {}
    with ledger.read() as reader:
        for unit in _units(reader):
            found.setdefault(unit.partner, Counter())[unit.state] += 1
    return found


def is_settled(counts: dict[str, int]) -> bool:
    """Whether there are units and all have a final state."""
    return bool(counts) and set(counts) <= set(FINAL)


def tally(ledger: Ledger) -> Tally:
    """The whole account, unit by unit."""
    made = Tally()
    with ledger.read() as reader:
        for unit in _units(reader):
            _count(made, unit, reader.events(unit.transaction_id))
    return made


def _units(reader: Reader) -> Iterator[Unit]:
    after = None
    while page := reader.units(after=after, limit=page_units):
        yield from page
        after = page[-1].transaction_id


def _count(made: Tally, unit: Unit, events: Sequence[Event]) -> None:
    counts = made.partners.setdefault(unit.partner or NOT_ROUTED, Counter())
    counts[CLAIMS_IN] += 1
    kinds = Counter(event.kind for event in events)
    counts.update(_rows(unit, kinds, events))
    expected = sum(_is_told(event) for event in events)
    delivered = kinds[ANSWER_DELIVERED]
    counts["answers delivered"] += delivered
    for event in events:
        if event.kind == REJECTED and event.detail:
            reason = event.detail.get("rules") or event.detail.get("codes", "")
            made.reasons[f"{event.detail.get(REJECTED_BY, '')}: {reason}"] += 1
    if unit.state not in FINAL or delivered < expected:
        made.unfinished.append(unit.transaction_id)


def _rows(unit: Unit, kinds: Counter[str], events: Sequence[Event]) -> Iterator[str]:
    by_us = not kinds[TRANSLATED]
    yield from (row for kind, row in _REACHED if kinds[kind])
    if unit.state == REJECTED:
        yield REJECTED_BY_US if by_us else "rejected by payer"
    outcomes = {e.detail.get("outcome") for e in events if e.kind == FINALIZED}
    yield from (row for row in ("paid", "denied") if row in outcomes)


def _is_told(event: Event) -> bool:
    """Whether the requester gets an answer for this event."""
    return event.kind in (ACCEPTED, FINALIZED) or (event.kind == REJECTED and bool(event.detail))


_REACHED: Final = (
    (SENT, "sent"),
    (ACKNOWLEDGED, "acknowledged"),
    (ACCEPTED, "accepted"),
    (DEAD, "parked"),
)
