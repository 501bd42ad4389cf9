"""Flat files to canonical documents: rows are read, grouped into units, converted and checked, one unit at a time.

A row with a fault rejects its whole unit, each of its rows named; the other units go on. Rows of
one unit follow each other; a key that comes back later is rejected. A row that cannot be read
belongs to the unit around it: to the one whose key it shows, or, where it shows none, to the one
that goes on after it. Memory holds one unit, and eight bytes for each key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from ediport.documents.groups import Group, fault_of_row, without_key
from ediport.documents.header import Header, bind, bind_by_order
from ediport.documents.layout_model import Layout
from ediport.documents.limits import rows_per_unit_max, units_per_file_max
from ediport.documents.results import Fault, RawRow, Reject, Unit, fault
from ediport.documents.rows import Row, read_rows
from ediport.documents.seen import SeenKeys

__all__ = ["FileFacts", "Reject", "Unit", "read_flat_file"]


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What intake knows about the file. To read a file again with the same result, give the same facts.

    `batch` goes into the transaction set (BHT03 and the like): at most 30 letters and digits, no
    data of persons.
    """

    batch: str
    received_at: datetime

    def values(self) -> dict[str, str]:
        """By the names that layouts use; date and time are UTC."""
        received = self.received_at.astimezone(UTC)
        return {
            "batch": self.batch,
            "received_date": received.strftime("%Y%m%d"),
            "received_time": received.strftime("%H%M"),
        }


def read_flat_file(
    chunks: Iterable[bytes], layout: Layout, facts: FileFacts
) -> Iterator[Unit | Reject]:
    """Units and rejected rows in file order; never raises, whatever the bytes are."""
    rows = read_rows(chunks, layout.shape)
    first = next(rows, None)
    if first is None:
        yield _whole_file(0, fault("file_empty"), [])
        return
    header, rejected = _header(first, layout)
    if header is None or rejected is not None:
        yield rejected or _whole_file(first.number, fault("header_mismatch"), first.fields)
        return
    if not layout.shape.header:
        rows = _with_first(first, rows)
    yield from _Reader(layout, header, facts).read(rows)


def _header(first: Row, layout: Layout) -> tuple[Header | None, Reject | None]:
    if first.rule == "file_not_text":
        return None, _whole_file(0, fault("file_not_text"), [])
    if not layout.shape.header:
        return bind_by_order(layout), None
    if first.rule is not None:
        return None, _whole_file(first.number, fault(first.rule), first.fields)
    bound = bind(first.fields, layout)
    if isinstance(bound, Fault):
        return None, _whole_file(first.number, bound, first.fields)
    return bound, None


def _whole_file(row: int, reason: Fault, fields: list[str]) -> Reject:
    return Reject(row, (reason,), RawRow(), RawRow(fields), whole_file=True)


def _with_first(first: Row, rows: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rows


class _Reader:
    """Gathers rows into groups by their keys."""

    def __init__(self, layout: Layout, header: Header, facts: FileFacts) -> None:
        self._layout = layout
        self._header = header
        self._names = RawRow(header.names)
        self._facts = facts.values()
        self._seen = SeenKeys()
        self._group: Group | None = None
        self._loose: list[Row] = []
        self._is_full = False

    def read(self, rows: Iterable[Row]) -> Iterator[Unit | Reject]:
        empty = True
        for row in rows:
            empty = False
            yield from self._take(row)
            if self._is_full:
                return
        if empty:
            yield _whole_file(1, fault("file_no_rows"), list(self._header.names))
        yield from self._close()

    def _take(self, row: Row) -> Iterator[Unit | Reject]:
        key = self._header.row_key(row.fields)
        if key is None:
            self._loose.append(row)
            if len(self._loose) > rows_per_unit_max:
                yield from self._close()
            return
        if self._group is not None and self._group.key == key:
            for loose in self._loose:
                yield from self._group.add(loose, has_key=False)
            self._loose.clear()
        else:
            yield from self._close()
            self._is_full = len(self._seen) >= units_per_file_max
            if self._is_full:
                yield self._stopped(row)
                return
            self._group = self._opened(key)
        yield from self._group.add(row)

    def _opened(self, key: tuple[str, ...]) -> Group:
        new = self._seen.add(key)
        return Group(key, self._layout, self._header, self._facts, returned=not new)

    def _close(self) -> Iterator[Unit | Reject]:
        """Ends the open unit; rows that belong to no unit are rejected by themselves."""
        if self._group is not None:
            yield from self._group.close()
            self._group = None
        for row in self._loose:
            reason = fault_of_row(row, self._header, self._layout) or without_key(self._layout)
            yield Reject(row.number, (reason,), RawRow(row.fields), self._names)
        self._loose.clear()

    def _stopped(self, row: Row) -> Reject:
        return Reject(
            row.number, (fault("file_units_max"),), RawRow(), self._names, whole_file=True
        )
