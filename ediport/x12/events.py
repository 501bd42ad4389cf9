"""What reading an interchange yields, in document order. Counts and ordinals begin with 1."""

from __future__ import annotations

from dataclasses import dataclass

from ediport.x12.delimiters import Delimiters
from ediport.x12.findings import Finding


@dataclass(frozen=True, slots=True)
class InterchangeBegin:
    """`header` holds ISA01 to ISA16 as they stand in the file."""

    ordinal: int
    header: tuple[str, ...]
    delimiters: Delimiters
    segment_in_file: int


@dataclass(frozen=True, slots=True)
class GroupBegin:
    """`header` holds GS01 to GS08; `guide` is None where there is no plan for them."""

    ordinal: int
    header: tuple[str, ...]
    guide: str | None


@dataclass(frozen=True, slots=True)
class TransactionBegin:
    """`header` holds ST01 and on; `guide` is None where the set is read without a guide."""

    ordinal: int
    header: tuple[str, ...]
    guide: str | None
    transaction_set: str


@dataclass(frozen=True, slots=True)
class DocumentText:
    """UTF-8 canonical JSON, ending with a line feed where `end` is true.

    Whole transaction sets come in pieces; business units (`split="unit"`) come whole, each with the findings
    that lie within it and the range of its segment ordinals.
    """

    text: bytes
    end: bool
    findings: tuple[Finding, ...] = ()
    unit: int = 0
    first_segment: int = 0
    last_segment: int = 0


@dataclass(frozen=True, slots=True)
class TransactionEnd:
    """`accepted` is false when any finding of it is an error."""

    ordinal: int
    control_number: str
    segment_count: int
    errors: int
    warnings: int
    accepted: bool
    findings_suppressed: int


@dataclass(frozen=True, slots=True)
class GroupEnd:
    """`declared` is GE01, None where it is missing or no number; `errors` counts the group's own level."""

    ordinal: int
    control_number: str
    transactions: int
    declared: int | None
    accepted: int
    errors: int


@dataclass(frozen=True, slots=True)
class InterchangeEnd:
    """`errors` counts findings of the interchange's own level."""

    ordinal: int
    control_number: str
    groups: int
    errors: int


Event = (
    InterchangeBegin
    | GroupBegin
    | TransactionBegin
    | DocumentText
    | Finding
    | TransactionEnd
    | GroupEnd
    | InterchangeEnd
)
