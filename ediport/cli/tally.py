"""Counts what a reader says: findings by rule, and the verdict on each interchange and transaction set.

Memory stays bounded: of very many transaction sets the first rejected and the first accepted ones are kept,
the rest is counted.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Final

from ediport.x12.events import (
    Event,
    GroupBegin,
    InterchangeBegin,
    InterchangeEnd,
    TransactionBegin,
    TransactionEnd,
)
from ediport.x12.findings import Finding

verdicts_kept_max: Final = 1_000
"""Verdicts kept one by one, of each kind; further ones are only counted."""

_CONTROL_NUMBER: Final = 12


@dataclass(frozen=True, slots=True)
class SetVerdict:
    """One transaction set; ordinals from 1, `guide` None where it was read without one."""

    interchange: int
    group: int
    transaction: int
    control_number: str
    transaction_set: str
    guide: str | None
    segments: int
    errors: int
    warnings: int
    accepted: bool


@dataclass(slots=True)
class InterchangeVerdict:
    """One interchange; `errors` and `warnings` are those outside of transaction sets."""

    interchange: int
    control_number: str
    groups: int = 0
    transaction_sets: int = 0
    accepted_sets: int = 0
    errors: int = 0
    warnings: int = 0

    @property
    def accepted(self) -> bool:
        return self.errors == 0 and self.accepted_sets == self.transaction_sets


@dataclass(slots=True)
class RuleCount:
    """How often a rule was broken, and the first finding of it."""

    first: Finding
    count: int = 0


@dataclass(slots=True)
class Tally:
    """Feed it every event of a reader."""

    errors: int = 0
    warnings: int = 0
    transaction_sets: int = 0
    rejected_sets: int = 0
    envelope_errors: int = 0
    rules: dict[str, RuleCount] = field(default_factory=dict)
    interchanges: list[InterchangeVerdict] = field(default_factory=list)
    interchange_count: int = 0
    sets: list[SetVerdict] = field(default_factory=list)
    _begun: TransactionBegin | None = None
    _current: InterchangeVerdict | None = None
    _group: int = 0
    _transaction: int = 0
    _kept: dict[bool, int] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        match event:
            case Finding():
                self.find(event)
            case TransactionBegin():
                self._begun, self._transaction = event, event.ordinal
            case TransactionEnd():
                self._end_set(event)
            case GroupBegin():
                self._group, self._transaction = event.ordinal, 0
            case InterchangeBegin():
                self._begin_interchange(event)
            case InterchangeEnd():
                self._end_interchange(event)
            case _:
                pass

    def find(self, finding: Finding) -> None:
        """Counts one finding; also for findings that no reader made."""
        if finding.is_error:
            self.errors += 1
        else:
            self.warnings += 1
        row = self.rules.setdefault(finding.rule.id, RuleCount(finding))
        row.count += 1
        if finding.transaction == 0:
            self._find_outside(finding)

    def _find_outside(self, finding: Finding) -> None:
        self.envelope_errors += finding.is_error
        if self._current is not None:
            self._current.errors += finding.is_error
            self._current.warnings += not finding.is_error

    @property
    def place(self) -> tuple[int, int, int]:
        """Ordinals of interchange, group and transaction set of the last event."""
        return (self._current.interchange if self._current else 0, self._group, self._transaction)

    @property
    def accepted_sets(self) -> int:
        return self.transaction_sets - self.rejected_sets

    @property
    def is_good(self) -> bool:
        """No error anywhere."""
        return self.errors == 0 and self.rejected_sets == 0

    def _begin_interchange(self, event: InterchangeBegin) -> None:
        self._group = self._transaction = 0
        self.interchange_count += 1
        self._current = InterchangeVerdict(event.ordinal, event.header[_CONTROL_NUMBER])
        if len(self.interchanges) < verdicts_kept_max:
            self.interchanges.append(self._current)

    def _end_interchange(self, event: InterchangeEnd) -> None:
        if self._current is not None:
            self._current.groups = event.groups

    def _end_set(self, event: TransactionEnd) -> None:
        self.transaction_sets += 1
        self.rejected_sets += not event.accepted
        current = self._current
        if current is not None:
            current.transaction_sets += 1
            current.accepted_sets += event.accepted
        kept = self._kept.get(event.accepted, 0)
        if kept < verdicts_kept_max:
            self._kept[event.accepted] = kept + 1
            self.sets.append(self._verdict(event))

    def _verdict(self, event: TransactionEnd) -> SetVerdict:
        begun = self._begun
        return SetVerdict(
            *self.place,
            event.control_number,
            begun.transaction_set if begun else "",
            begun.guide if begun else None,
            event.segment_count,
            event.errors,
            event.warnings,
            event.accepted,
        )

    def to_dict(self) -> dict[str, Any]:
        """Totals and verdicts as JSON-ready members."""
        return {
            "errors": self.errors,
            "warnings": self.warnings,
            "rules": {rule: row.count for rule, row in sorted(self.rules.items())},
            "interchanges": [
                {
                    "interchange": i.interchange,
                    "control_number": i.control_number,
                    "groups": i.groups,
                    "transaction_sets": i.transaction_sets,
                    "accepted_sets": i.accepted_sets,
                    "errors": i.errors,
                    "warnings": i.warnings,
                    "accepted": i.accepted,
                }
                for i in self.interchanges
            ],
            "transaction_sets": {
                "count": self.transaction_sets,
                "accepted": self.accepted_sets,
                "rejected": self.rejected_sets,
                "verdicts": [asdict(one) for one in self.sets],
                "left_out": self.transaction_sets - len(self.sets),
            },
        }
