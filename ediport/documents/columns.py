"""Columns of a layout: what a cell goes through, and where in the template its value is put."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ediport.documents import forms
from ediport.documents.forms import Form, Refused
from ediport.documents.targets import Target, TargetError
from ediport.documents.template import Template
from ediport.x12.plan import Plan

_FORMAT_ELEMENT: Final = "1250"
_PERIOD_ELEMENT: Final = "1251"
_DATES: Final = ("YYYY-MM-DD",)
_NUMBER_RULES: Final = {"amount": "value_amount", "quantity": "value_number"}


Quick = tuple[int, tuple[Form, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column as the layout describes it; `forms` turn a trimmed cell into the X12 text of one value."""

    name: str
    index: int
    also: tuple[str, ...]
    targets: tuple[str, ...]
    beside: Mapping[str, str]
    required: bool
    only: str | None
    default: str
    split: str
    until: str | None
    is_date: bool
    forms: tuple[Form, ...]

    @property
    def headings(self) -> tuple[str, ...]:
        """Every name that the header row may have for it."""
        return (self.name, *self.also)


class Placed:
    """A column at its places in one variant's template; `slots` are all that it writes to."""

    __slots__ = ("_beside", "_places", "column", "slots", "until")

    def __init__(self, column: Column, until: Column | None) -> None:
        self.column = column
        self.until = until
        self.slots: set[int] = set()
        self._places: list[_Place] = []
        self._beside: list[tuple[int, str]] = []

    def place(self, plan: Plan, template: Template, target: Target) -> None:
        """Adds a target; raises TargetError where the guide has no place for what the column gives."""
        slot = template.add(target, self.column.default)
        qualifying = target.qualifying()
        if qualifying is not None and target.qualifier is not None:
            template.add(qualifying, target.qualifier[2])
        for designator, value in self.column.beside.items():
            self._beside.append((template.add(target.sibling(designator)), value))
        place = self._place(plan, template, target, slot)
        self._places.append(place)
        self.slots.update((slot, place.format_slot, *(slot for slot, _ in self._beside)))

    def put(self, cell: str, until: str, slots: list[str]) -> str:
        """Writes a cell that is not empty, and the end of its period if any; gives the X12 text of (the first)
        value; raises Refused.
        """
        if self.column.split:
            return self._put_each(cell, slots)
        for form in self.column.forms:
            cell = form(cell)
        end = self._end(cell, until) if until else ""
        for place in self._places:
            place.put(cell, end, slots)
        for slot, constant in self._beside:
            slots[slot] = constant
        return cell

    @property
    def quick(self) -> Quick | None:
        """Slot and forms of a column with one place and nothing beside it, as most are: `put` is not needed."""
        place = self._places[0]
        is_period = place.format_slot >= 0
        if self.column.split or self._beside or len(self._places) > 1 or is_period:
            return None
        return place.slot, (*self.column.forms, place.check)

    def _put_each(self, cell: str, slots: list[str]) -> str:
        parts = [part.strip() for part in cell.split(self.column.split)]
        values = list(map(self._formed, filter(None, parts)))
        if not 0 < len(values) <= len(self._places):
            raise Refused("value_count", f"the column must hold 1 to {len(self._places)} values")
        for place, value in zip(self._places, values, strict=False):
            place.put(value, "", slots)
        for slot, constant in self._beside:
            slots[slot] = constant
        return values[0]

    def _place(self, plan: Plan, template: Template, target: Target, slot: int) -> _Place:
        period = _period_format(target)
        if period is None:
            if self.until is not None:
                raise TargetError(
                    f"{target.place} takes no period, so the column cannot have `until`"
                )
            return _Place(slot, forms.element_form(target.leaf, plan.code_lists), -1, ())
        if not self.column.is_date:
            raise TargetError(f"{target.place} takes a date: the column needs `form: date`")
        return _Place(slot, str, template.add(period), period.element.codes)

    def _formed(self, text: str) -> str:
        for form in self.column.forms:
            text = form(text)
        return text

    def _end(self, begin: str, until: str) -> str:
        end = until
        for form in self.until.forms if self.until is not None else ():
            end = form(end)
        if end < begin:
            raise Refused("value_date", "the period ends before it begins", "Correct the dates.")
        return end


class _Place:
    """One slot with the guide's check; for a day or period, the slot of its format too (else -1)."""

    __slots__ = ("_format_codes", "check", "format_slot", "slot")

    def __init__(
        self, slot: int, check: Form, format_slot: int, format_codes: tuple[str, ...]
    ) -> None:
        self.slot = slot
        self.check = check
        self.format_slot = format_slot
        self._format_codes = format_codes

    def put(self, value: str, end: str, slots: list[str]) -> None:
        if self.format_slot < 0:
            slots[self.slot] = self.check(value)
            return
        one_day = end in ("", value) and "D8" in self._format_codes
        if not one_day and "RD8" not in self._format_codes:
            raise Refused("value_date", "the guide takes one day here, no period")
        slots[self.slot] = value if one_day else f"{value}-{end or value}"
        slots[self.format_slot] = "D8" if one_day else "RD8"


def read_columns(rows: Sequence[Mapping[str, Any]], layout: Mapping[str, Any]) -> list[Column]:
    """The columns of a record; the layout has the shape of the schema, and the look-ups are there."""
    return [_column(row, index, layout) for index, row in enumerate(rows)]


def _column(row: Mapping[str, Any], index: int, layout: Mapping[str, Any]) -> Column:
    one = (row["target"],) if "target" in row else ()
    return Column(
        name=row["name"],
        index=index,
        also=tuple(row.get("also", ())),
        targets=tuple(row.get("targets", one)),
        beside=row.get("with", {}),
        required=row.get("required", False),
        only=row.get("only"),
        default=row.get("default", ""),
        split=row.get("split", ""),
        until=row.get("until"),
        is_date=row.get("form") == "date",
        forms=tuple(_forms(row, layout)),
    )


def _forms(row: Mapping[str, Any], layout: Mapping[str, Any]) -> Iterator[Form]:
    """In the order in which they are applied."""
    if "remove" in row:
        yield forms.removing(row["remove"])
    if row.get("upper"):
        yield str.upper
    if "lookup" in row:
        yield forms.lookup_form(layout["lookups"][row["lookup"]])
    if "pattern" in row:
        yield forms.pattern_form(row["pattern"]["matches"], row["pattern"]["means"])
    if "check" in row:
        yield forms.CHECKS[row["check"]]
    kind = row.get("form", "text")
    if kind == "date":
        yield forms.date_form(row.get("dates") or layout.get("dates", _DATES))
    elif kind != "text":
        style = forms.NumberStyle(**{**layout.get("numbers", {}), **row.get("numbers", {})})
        yield forms.number_form(style, _NUMBER_RULES[kind])


def _period_format(target: Target) -> Target | None:
    """The place of the format (D8, RD8) beside a date or period, which X12 puts right before it."""
    if target.component is not None or target.element.data_element != _PERIOD_ELEMENT:
        return None
    before = target.element.position - 1
    sibling = target.sibling(f"{target.segment.id}{before:02d}")
    return sibling if sibling.element.data_element == _FORMAT_ELEMENT else None
