"""One unit of a flat file: its rows are converted as they come, and its document is made when they end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from ediport.documents.columns import Column, Placed
from ediport.documents.forms import Refused
from ediport.documents.header import ABSENT, Bound, Field, Header
from ediport.documents.layout_model import Layout, Total, Variant
from ediport.documents.limits import faults_per_row_max
from ediport.documents.results import Fault, RawRow, Reject, Unit, fault
from ediport.documents.rows import Row
from ediport.documents.template import Missing


class Group:
    """Rows with one key. `returned` says that the key was there before, further up in the file."""

    def __init__(
        self,
        key: tuple[str, ...],
        layout: Layout,
        header: Header,
        facts: Mapping[str, str],
        *,
        returned: bool,
    ) -> None:
        self.key = key
        self._layout = layout
        self._header = header
        self._facts = facts
        self._returned = returned
        self._names = RawRow(header.names)
        self._variant: Variant | None = None
        self._unit_slots: list[str] = []
        self._unit_fields: list[str] = []
        self._rows: list[Row] = []
        self._faults: dict[int, list[Fault]] = {}
        self._documents: list[dict[str, Any]] = []
        self._values: dict[str, str] = {}
        self._sums: dict[str, Decimal] = {}
        self._overflowed = False

    def add(self, row: Row, *, has_key: bool = True) -> Iterator[Reject]:
        """Takes one more row; gives rejects only when the unit has more rows than it may have."""
        if self._overflowed:
            yield self._overflow_reject(row)
            return
        self._rows.append(row)
        self._take(row, has_key)
        limit = (
            self._variant.rows_max
            if self._variant is not None
            else self._layout.variants[-1].rows_max
        )
        if len(self._rows) > limit:
            self._overflowed = True
            yield from map(self._overflow_reject, self._rows)
            self._rows.clear()

    def close(self) -> Iterator[Unit | Reject]:
        """The unit, or the rejects of all its rows."""
        if self._overflowed:
            return
        document = {} if self._faults else self._document()
        if self._faults:
            yield from map(self._reject, self._rows)
            return
        first, last = self._rows[0].number, self._rows[-1].number
        yield Unit(str(first), first, last, len(self._rows), document)

    def _take(self, row: Row, has_key: bool) -> None:
        unreadable = fault_of_row(row, self._header, self._layout)
        if unreadable is not None:
            self._note(row.number, unreadable)
        elif not has_key:
            self._note(row.number, without_key(self._layout))
        elif self._returned:
            self._note(row.number, fault("unit_key_returns"))
        elif row is self._rows[0]:
            self._begin(row)
        elif self._variant is not None:
            bound = self._header.bound(self._variant)
            self._compare(row, bound)
            self._convert_row(row, self._variant, bound)

    def _begin(self, row: Row) -> None:
        """Converts the columns of the unit, which its first row must give."""
        self._variant = variant = self._chosen(row)
        if variant is None:
            return
        self._unit_fields = row.fields
        slots = variant.unit_template.blank()
        for slot, value in variant.always:
            slots[slot] = value
        for slot, name in variant.facts:
            slots[slot] = self._facts[name]
        self._unit_slots = slots
        for column in variant.unwanted:
            if self._header.field(row.fields, column):
                self._note(row.number, self._unwanted(column, variant))
        bound = self._header.bound(variant)
        for column in bound.absent:
            self._note(row.number, fault("value_required", column=column.name))
        self._convert(row, bound.unit, slots)
        self._convert_row(row, variant, bound)

    def _chosen(self, row: Row) -> Variant | None:
        """The first variant whose condition holds; None, with a fault, where the deciding value is bad."""
        for variant in self._layout.variants:
            if variant.when is None:
                return variant
            column = variant.when.column
            try:
                value = self._decided(column, self._header.field(row.fields, column))
            except Refused as refused:
                self._note(row.number, _refusal(refused, column))
                return None
            if value in variant.when.values:
                return variant
        return None

    def _decided(self, column: Column, value: str) -> str:
        for form in column.forms if value else ():
            value = form(value)
        return value

    def _unwanted(self, column: Column, variant: Variant) -> Fault:
        decided_by = next(v.when.column.name for v in self._layout.variants if v.when is not None)
        reason = (
            f"the column must be empty, since {decided_by} makes this a case of {variant.name!r}"
        )
        return fault("value_not_wanted", column=column.name, reason=reason)

    def _compare(self, row: Row, bound: Bound) -> None:
        """Columns of the unit must agree in all rows, or be empty after the first."""
        if bound.unit_values(row.fields) == bound.unit_values(self._unit_fields):
            return
        for column in bound.level:
            value = self._header.field(row.fields, column)
            if value and value != self._header.field(self._unit_fields, column):
                self._note(row.number, fault("unit_value_differs", column=column.name))

    def _convert_row(self, row: Row, variant: Variant, bound: Bound) -> None:
        slots = variant.row_template.blank()
        self._convert(row, bound.row, slots)
        for total in self._layout.totals:
            part = Decimal(self._values.pop(total.parts.name, "0"))
            self._sums[total.parts.name] = self._sums.get(total.parts.name, Decimal()) + part
        document, missing = variant.row_template.fill(slots)
        for place in missing:
            self._note_missing(row.number, place, variant.row_columns)
        self._documents.append(document)

    def _convert(self, row: Row, columns: tuple[Field, ...], slots: list[str]) -> None:
        fields, values = row.fields, self._values
        for placed, quick, position, until in columns:
            value = fields[position]
            if value:
                try:
                    if quick is not None:
                        for form in quick[1]:
                            value = form(value)
                        slots[quick[0]] = value
                    else:
                        end = fields[until] if until != ABSENT else ""
                        value = placed.put(value, end, slots)
                    values[placed.column.name] = value
                except Refused as refused:
                    self._note(row.number, _refusal(refused, placed.column))
            elif placed.column.required:
                self._note(row.number, fault("value_required", column=placed.column.name))

    def _document(self) -> dict[str, Any]:
        variant, first = self._variant, self._rows[0].number
        if variant is None:
            return {}
        transaction, missing = variant.unit_template.fill(self._unit_slots, self._documents)
        for place in missing:
            self._note_missing(first, place, variant.unit_columns)
        for total in self._layout.totals:
            if Decimal(self._values.get(total.total.name, "0")) != self._sums[total.parts.name]:
                self._note(first, _wrong_total(total))
        return {"guide": self._layout.guide, "transaction": transaction}

    def _note_missing(self, row: int, missing: Missing, columns: tuple[Placed, ...]) -> None:
        """Silent about columns that have a fault already."""
        names = [placed.column.name for placed in columns if missing.slot in placed.slots]
        noted = {noted.column for noted in self._faults.get(row, ())}
        if not noted.intersection(names):
            reason = f"the guide requires a value here ({missing.place}) beside the others that are given"
            column = " or ".join(names)
            self._note(row, fault("value_required_here", column=column, reason=reason))

    def _note(self, row: int, noted: Fault) -> None:
        faults = self._faults.setdefault(row, [])
        if len(faults) < faults_per_row_max:
            faults.append(noted)

    def _reject(self, row: Row) -> Reject:
        others = fault("unit_other_row", reason=self._blamed())
        faults = tuple(self._faults.get(row.number, (others,)))
        return Reject(row.number, faults, RawRow(row.fields), self._names)

    def _blamed(self) -> str:
        numbers = [str(number) for number in sorted(self._faults)]
        rows = f"row {numbers[0]}" if len(numbers) == 1 else f"rows {', '.join(numbers)}"
        return f"{rows} of the same {self._layout.unit_name} cannot be taken"

    def _overflow_reject(self, row: Row) -> Reject:
        reason = fault("unit_key_returns" if self._returned else "unit_rows_max")
        return Reject(row.number, (reason,), RawRow(row.fields), self._names)


def fault_of_row(row: Row, header: Header, layout: Layout) -> Fault | None:
    """Why a row cannot be read at all, if so."""
    width = header.width
    if row.rule is not None:
        return fault(row.rule, column=_columns_of(row, header, layout))
    if len(row.fields) < width or any(row.fields[width:]):
        reason = f"the row has {len(row.fields)} fields, the header row has {width}"
        return fault("row_field_count", reason=reason)
    return None


def without_key(layout: Layout) -> Fault:
    """That a row does not show its key."""
    return fault("row_no_key", column="; ".join(column.name for column in layout.key))


def _columns_of(row: Row, header: Header, layout: Layout) -> str:
    """Which columns hold bytes that could not be read, or control characters."""
    if row.rule not in ("row_encoding", "row_control_character"):
        return ""
    bad = [position for position, field in enumerate(row.fields) if not _is_clean(field)]
    return header.names_of(bad, layout.columns)


def _refusal(refused: Refused, column: Column) -> Fault:
    return fault(refused.rule, column=column.name, reason=refused.reason, advice=refused.advice)


def _wrong_total(total: Total) -> Fault:
    reason = f"it is not the sum of {total.parts.name} over the rows"
    return fault("unit_total", column=total.total.name, reason=reason)


def _is_clean(field: str) -> bool:
    return field.isprintable() and "\ufffd" not in field
