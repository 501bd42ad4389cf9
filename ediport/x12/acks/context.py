"""Context of an error (CTX in 005010X231A1): the business unit it lies in and what made a situation
required.

Rules: values stay behind `Guarded` until the CTX is written; a value that would make the
acknowledgment itself invalid is not sent (X12 interpretation 2293).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ediport.x12.acks.text import clean, composite, is_plain, line
from ediport.x12.findings import Finding, Guarded

reference_characters_max: Final = 35
"""CTX01-2, data element 9998."""

SITUATIONAL_TRIGGER: Final = "SITUATIONAL TRIGGER"


@dataclass(frozen=True, slots=True)
class UnitIdentifier:
    """Where the identifier of a business unit stands: the element of a segment in a loop of a
    transaction set.

    `qualifier` is what the segment's first element must be (empty: anything); `name` goes to
    CTX01-1.
    """

    transaction_set: str
    loop_id: str
    segment_id: str
    element: int
    name: str
    qualifier: str = ""


UNIT_IDENTIFIERS: Final = (
    UnitIdentifier("270", "2000C", "TRN", 2, "TRN02"),
    UnitIdentifier("270", "2000D", "TRN", 2, "TRN02"),
    UnitIdentifier("271", "2000C", "TRN", 2, "TRN02"),
    UnitIdentifier("271", "2000D", "TRN", 2, "TRN02"),
    UnitIdentifier("276", "2200D", "TRN", 2, "TRN02"),
    UnitIdentifier("276", "2200E", "TRN", 2, "TRN02"),
    UnitIdentifier("277", "2200D", "TRN", 2, "TRN02"),
    UnitIdentifier("277", "2200E", "TRN", 2, "TRN02"),
    UnitIdentifier("278", "2010C", "NM1", 9, "SUBSCRIBER NAME NM109", "IL"),
    UnitIdentifier("278", "2010D", "NM1", 9, "PATIENT NAME NM109", "QC"),
    UnitIdentifier("820", "2000A", "ENT", 1, "ENT01"),
    UnitIdentifier("820", "2000B", "ENT", 1, "ENT01"),
    UnitIdentifier("834", "2000", "REF", 2, "SUBSCRIBER NUMBER REF02", "0F"),
    UnitIdentifier("835", "", "TRN", 2, "TRN02"),
    UnitIdentifier("837", "2300", "CLM", 1, "CLM01"),
)
"""The business units that 005010X231A1 names, by transaction set."""


@dataclass(frozen=True, slots=True)
class BusinessUnit:
    """The unit an error lies in: `name` is one of `UNIT_IDENTIFIERS`, `reference` the value that
    stands there.
    """

    name: str
    reference: Guarded


@dataclass(frozen=True, slots=True)
class Trigger:
    """The segment, and element of it, that made another one required or forbidden; ordinals as in
    `Finding`.
    """

    segment_id: str
    segment_ordinal: int
    loop_id: str = ""
    element: int | None = None
    component: int | None = None
    repeat: int | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """All context of one finding."""

    unit: BusinessUnit | None = None
    triggers: tuple[Trigger, ...] = ()


NO_CONTEXT: Final = Context()

ContextOf = Callable[[Finding], Context]
"""Gives the context of a finding, where it is known."""


def no_context(_: Finding) -> Context:
    """For callers who know no context."""
    return NO_CONTEXT


def unit_line(unit: BusinessUnit) -> bytes:
    """CTX for the business unit; empty when its reference cannot be repeated."""
    reference = unit.reference.reveal()[:reference_characters_max].rstrip(" ")
    usable = is_plain(reference) and is_plain(unit.name)
    return line("CTX", composite(unit.name, reference)) if usable else b""


def trigger_line(trigger: Trigger, loop_characters_max: int) -> bytes:
    """CTX for what triggered a situational requirement."""
    return line(
        "CTX",
        SITUATIONAL_TRIGGER,
        clean(trigger.segment_id, 3),
        trigger.segment_ordinal,
        clean(trigger.loop_id, loop_characters_max),
        composite(trigger.element, trigger.component, trigger.repeat),
    )
