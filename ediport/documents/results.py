"""What comes out of a flat file: units that are documents, and rejects that say why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ediport.documents.reject_rules import REJECT_RULES, RejectRule


class RawRow:
    """The fields of a row as the submitter sent them: printing or logging it shows `***`."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Sequence[str] = ()) -> None:
        self._fields = tuple(fields)

    def reveal(self) -> tuple[str, ...]:
        """The fields, for the reject report that goes back to the submitter, and for nothing else."""
        return self._fields

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a row. `column` is the layout's name of it, empty for the row as a whole."""

    rule: RejectRule
    column: str
    reason: str
    advice: str


@dataclass(frozen=True, slots=True)
class Unit:
    """One business unit: its canonical document without envelope, and the rows it came from.

    `record` names the unit within its file: the number of its first row, the same whenever the same
    bytes are read. It is fit for headers and logs.
    """

    record: str
    first_row: int
    last_row: int
    rows: int
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken, with all its faults; with `whole_file`, no row of the file was, or no further one.

    `row` counts from 1 with the header row (0: the file as such). `header` holds the file's own
    column names.
    """

    row: int
    faults: tuple[Fault, ...]
    raw: RawRow
    header: RawRow
    whole_file: bool = False

    @property
    def columns(self) -> str:
        """Names of the columns that are at fault."""
        return "; ".join(dict.fromkeys(fault.column for fault in self.faults if fault.column))

    @property
    def rules(self) -> str:
        return "; ".join(dict.fromkeys(fault.rule.id for fault in self.faults))

    @property
    def reason(self) -> str:
        """All reasons as one text, each with its column."""
        return "; ".join(_named(fault.column, fault.reason) for fault in self.faults)

    @property
    def advice(self) -> str:
        return " ".join(dict.fromkeys(fault.advice for fault in self.faults))


def fault(rule_id: str, *, column: str = "", reason: str = "", advice: str = "") -> Fault:
    """A fault with the rule's own words where none are given."""
    rule = REJECT_RULES[rule_id]
    return Fault(rule, column, reason or rule.summary, advice or rule.advice)


def _named(column: str, reason: str) -> str:
    return f"{column}: {reason}" if column else reason
