"""What a checked layout is made of. `ediport.documents.layout` loads layouts; nothing here checks anything."""

from __future__ import annotations

from dataclasses import dataclass

from ediport.documents.columns import Column, Placed
from ediport.documents.template import Template


@dataclass(frozen=True, slots=True)
class FileShape:
    """How the bytes of the file are cut into rows and fields."""

    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    header: bool = True
    line_breaks_in_quotes: bool = False
    fold_accents: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds where the column's value, after its look-up, is one of `values`."""

    column: Column
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Variant:
    """One way in which the guide nests the unit: templates of the unit and of a row, and the columns in each."""

    name: str
    when: Condition | None
    unit_template: Template
    row_template: Template
    unit_columns: tuple[Placed, ...]
    row_columns: tuple[Placed, ...]
    unwanted: tuple[Column, ...]
    always: tuple[tuple[int, str], ...]
    facts: tuple[tuple[int, str], ...]
    rows_max: int


@dataclass(frozen=True, slots=True)
class Total:
    """The unit's column `total` must be the sum of the rows' column `parts`."""

    total: Column
    parts: Column


@dataclass(frozen=True, slots=True)
class Layout:
    """A checked layout, bound to the plan of its guide. Never changed, so it may be shared."""

    name: str
    version: int
    title: str
    guide: str
    transaction_set: str
    unit_name: str
    shape: FileShape
    columns: tuple[Column, ...]
    key: tuple[Column, ...]
    variants: tuple[Variant, ...]
    totals: tuple[Total, ...]
