"""Binds the columns of a layout to the fields of a file: by the header row, or by their order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from operator import itemgetter
from typing import Final

from ediport.documents.columns import Column, Placed, Quick
from ediport.documents.layout_model import Layout, Variant
from ediport.documents.limits import columns_max
from ediport.documents.results import Fault, fault

ABSENT: Final = -1
"""Position of a column that the file does not have."""

_BLANKS: Final = re.compile(r"[\s_-]+")


Field = tuple[Placed, Quick | None, int, int]
"""A column, its quick way if it has one, its position, and the position of the end of its period or `ABSENT`."""


class Bound:
    """The columns of one variant that the file has, each with its position; and which ones it should have."""

    __slots__ = ("absent", "level", "row", "unit", "unit_values")

    def __init__(self, variant: Variant, layout: Layout, positions: Sequence[int]) -> None:
        self.unit = _placed(variant.unit_columns, positions)
        self.row = _placed(variant.row_columns, positions)
        every = (*variant.unit_columns, *variant.row_columns)
        self.absent = tuple(
            p.column for p in every if p.column.required and positions[p.column.index] == ABSENT
        )
        deciding = (v.when.column for v in layout.variants if v.when is not None)
        level = (*(p.column for p in variant.unit_columns), *variant.unwanted, *deciding)
        self.level = tuple(dict.fromkeys(c for c in level if positions[c.index] != ABSENT))
        self.unit_values = itemgetter(*(positions[column.index] for column in self.level), 0)


class Header:
    """Where each column of the layout stands in the rows (`positions`, by the column's index)."""

    __slots__ = ("_bound", "key", "names", "positions", "width")

    def __init__(self, names: Sequence[str], positions: Sequence[int], layout: Layout) -> None:
        self.names = tuple(names)
        self.width = len(names)
        self.positions = tuple(positions)
        self.key = tuple(self.positions[column.index] for column in layout.key)
        self._bound = {
            variant.name: Bound(variant, layout, self.positions) for variant in layout.variants
        }

    def bound(self, variant: Variant) -> Bound:
        """The columns of one variant, with their positions in this file."""
        return self._bound[variant.name]

    def field(self, fields: Sequence[str], column: Column) -> str:
        """The field of a column, empty where the file does not have it."""
        position = self.positions[column.index]
        return "" if position == ABSENT else fields[position]

    def row_key(self, fields: Sequence[str]) -> tuple[str, ...] | None:
        """The values of the key columns, None where one is missing; also for rows of a wrong width."""
        if max(self.key) >= len(fields):
            return None
        key = tuple(fields[position] for position in self.key)
        return key if all(key) else None

    def names_of(self, positions: Sequence[int], columns: Sequence[Column]) -> str:
        """The layout's names of the fields at some positions."""
        known = {self.positions[column.index]: column.name for column in columns}
        return "; ".join(known.get(position, spreadsheet_name(position)) for position in positions)


def _placed(columns: Sequence[Placed], positions: Sequence[int]) -> tuple[Field, ...]:
    return tuple(
        (placed, placed.quick, positions[placed.column.index], _end_position(placed, positions))
        for placed in columns
        if positions[placed.column.index] != ABSENT
    )


def _end_position(placed: Placed, positions: Sequence[int]) -> int:
    return ABSENT if placed.until is None else positions[placed.until.index]


def bind_by_order(layout: Layout) -> Header:
    """For files without a header row."""
    names = [column.name for column in layout.columns]
    return Header(names, range(len(names)), layout)


def bind(fields: Sequence[str], layout: Layout) -> Header | Fault:
    """For files with one; a single fault says everything that does not fit.

    Names that the layout does not know are given by their position, since what stands there may be
    anybody's data where a file comes without its header row.
    """
    wanted = {normal(heading): column for column in layout.columns for heading in column.headings}
    positions = [ABSENT] * len(layout.columns)
    unknown, double = [], []
    for position, name in enumerate(fields[:columns_max]):
        column = wanted.get(normal(name))
        if column is None:
            unknown.append(position)
        elif positions[column.index] != ABSENT:
            double.append(column.name)
        else:
            positions[column.index] = position
    missing = [
        c.name for c in layout.columns if positions[c.index] == ABSENT and _must_be_there(c, layout)
    ]
    problems = list(_problems(fields, layout, missing, unknown, double))
    if problems:
        return fault("header_mismatch", reason="; ".join(problems))
    return Header(fields, positions, layout)


def normal(name: str) -> str:
    """Upper and lower case, blanks, dashes and underscores make no difference in column names."""
    return _BLANKS.sub("_", name.strip().casefold())


def spreadsheet_name(position: int) -> str:
    """The letters of a column as spreadsheets show them (0: A, 26: AA)."""
    letters = ""
    position += 1
    while position:
        position, digit = divmod(position - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"column {letters}"


def _must_be_there(column: Column, layout: Layout) -> bool:
    return column in layout.key or (column.required and column.only is None)


def _problems(
    fields: Sequence[str],
    layout: Layout,
    missing: Sequence[str],
    unknown: Sequence[int],
    double: Sequence[str],
) -> Iterator[str]:
    if len(unknown) == len(fields):
        yield "the first row names none of the layout's columns; it must be the header row"
        return
    if len(fields) > columns_max:
        yield f"there are more than {columns_max} columns"
    if missing:
        yield f"these columns are missing: {', '.join(missing)}"
    if unknown:
        yield f"the layout does not know: {', '.join(_unknown(fields, layout, unknown, missing))}"
    if double:
        yield f"these columns are there twice: {', '.join(double)}"


def _unknown(
    fields: Sequence[str], layout: Layout, unknown: Sequence[int], missing: Sequence[str]
) -> Iterator[str]:
    names = [*missing, *(column.name for column in layout.columns)]
    for position in unknown:
        near = get_close_matches(normal(fields[position]), names, n=1)
        hint = f" (is it {near[0]}?)" if near else ""
        yield spreadsheet_name(position) + hint
