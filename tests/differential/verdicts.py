"""Two verdicts on the same bytes, ours and pyx12's, brought to one form: errors by transaction set and place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ediport.guides import library
from ediport.guides.second_opinion import Opinion, OpinionError, Ordinals, second_opinion
from ediport.x12.errors import Unreadable
from ediport.x12.events import Event, GroupBegin, InterchangeBegin, TransactionBegin, TransactionEnd
from ediport.x12.findings import Finding
from ediport.x12.reader import read

ENVELOPE: Final = frozenset(("interchange", "group"))


@dataclass(frozen=True, slots=True)
class Error:
    """One error of either side. `name` is our rule id, or pyx12's level and code; `place` as IK3 and IK4 have it."""

    name: str
    level: str
    code: str
    segment: int = 0
    segment_id: str = ""
    element: int = 0
    component: int = 0

    @property
    def place(self) -> tuple[str, int]:
        """Level and segment: where two errors must meet to be the same."""
        return self.level, self.segment


@dataclass(frozen=True, slots=True)
class Verdict:
    """Errors by transaction set, and those of the envelope; `has_guide` where every set had its guide."""

    sets: Mapping[Ordinals, frozenset[Error]]
    envelope: frozenset[Error]
    has_guide: bool = True

    @property
    def is_accepted(self) -> bool:
        return not self.envelope and not any(self.sets.values())


def ours(data: bytes) -> Verdict | None:
    """Our verdict; None where there is no interchange."""
    sets: dict[Ordinals, set[Error]] = {}
    envelope: set[Error] = set()
    has_guide = True
    try:
        for event, place in _placed(data):
            if isinstance(event, TransactionBegin):
                sets[place] = set()
                has_guide = has_guide and event.guide is not None
            elif isinstance(event, Finding) and event.is_error:
                is_inside = event.transaction and event.level not in ENVELOPE
                (sets[_ordinals(event)] if is_inside else envelope).add(_of_ours(event))
    except Unreadable:
        return None
    return Verdict({k: frozenset(v) for k, v in sets.items()}, frozenset(envelope), has_guide)


def _ordinals(finding: Finding) -> Ordinals:
    return finding.interchange, finding.group, finding.transaction


def _placed(data: bytes) -> Iterator[tuple[Event, Ordinals]]:
    interchange = group = 0
    for event in read([data], library()):
        if isinstance(event, InterchangeBegin):
            interchange, group = event.ordinal, 0
        elif isinstance(event, GroupBegin):
            group = event.ordinal
        is_set = isinstance(event, TransactionBegin | TransactionEnd)
        yield event, (interchange, group, event.ordinal if is_set else 0)


def _of_ours(finding: Finding) -> Error:
    return Error(
        finding.rule.id,
        finding.level,
        finding.ack_code or "",
        finding.segment_ordinal if finding.level in ("segment", "element") else 0,
        finding.segment_id,
        finding.element or 0,
        finding.component or 0,
    )


def theirs(data: bytes) -> tuple[Opinion, Verdict]:
    """pyx12's verdict; its opinion says whether it came to an end."""
    opinion = second_opinion(data)
    sets = {
        (s.interchange, s.group, s.transaction): frozenset(map(_of_theirs, s.errors))
        for s in opinion.sets
        if s.verdict != "none"
    }
    return opinion, Verdict(sets, frozenset(map(_of_theirs, opinion.envelope)))


def _of_theirs(error: OpinionError) -> Error:
    return Error(
        f"{error.level} {error.code}",
        error.level,
        error.code,
        error.segment_ordinal,
        error.segment_id,
        error.element or 0,
        error.component or 0,
    )
