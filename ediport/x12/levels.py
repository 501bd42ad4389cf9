"""The levels around a transaction set while they are open, and what their headers and trailers must hold.

Each check adds its findings to the place of the reader (X12.5 for ISA and IEA, X12.6 for GS, GE, ST, SE).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from ediport.x12 import envelope, limits
from ediport.x12.delimiters import Delimiters
from ediport.x12.lexer import Header
from ediport.x12.places import Place
from ediport.x12.plan import Plan

_TRAILER_ELEMENTS: Final = 2


@dataclass(slots=True)
class Interchange:
    """An interchange that is being read; `errors` counts findings of its own level."""

    header: Header
    elements: tuple[str, ...]
    acknowledgments: list[tuple[str, ...]] = field(default_factory=list)
    group_numbers: set[str] = field(default_factory=set)
    groups: int = 0
    errors: int = 0
    has_document: bool = False
    last_group_header: tuple[str, ...] = ()

    @property
    def delimiters(self) -> Delimiters:
        return self.header.delimiters

    @property
    def control_number(self) -> str:
        return self.elements[12]

    def check_header(self, place: Place, used: set[str]) -> None:
        """Checks ISA; `used` are the control numbers of the file so far."""
        for rule, reason, position in envelope.interchange_faults(self.elements):
            place.find(rule, reason, "ISA", element=position)
        if not self.delimiters.is_usable():
            place.find("delimiters_unusable", "separators are equal, letters or digits", "ISA")
        if self.control_number in used:
            place.find("interchange_control_number_repeated", "ISA13 was used before", "ISA")
        remember(used, self.control_number)

    def check_trailer(self, place: Place, elements: Sequence[str]) -> None:
        """Checks IEA against what was read."""
        if envelope.number(element(elements, 1)) != self.groups:
            place.find("interchange_group_count", f"IEA01 should be {self.groups}", "IEA")
        if len(elements) > _TRAILER_ELEMENTS:
            place.find("isa_element_invalid", "IEA has more than 2 elements", "IEA", element=3)
        if element(elements, 2) != self.control_number:
            reason = "IEA02 differs from ISA13"
            place.find("interchange_control_number_mismatch", reason, "IEA")

    @property
    def computed_trailer(self) -> tuple[str, str]:
        return str(self.groups), self.control_number


@dataclass(slots=True)
class Group:
    """A functional group that is being read; `is_implied` where a transaction set came without a GS."""

    elements: tuple[str, ...]
    transaction_numbers: set[str] = field(default_factory=set)
    transactions: int = 0
    accepted: int = 0
    errors: int = 0
    is_implied: bool = False
    is_unknown: bool = False
    has_document: bool = False

    @property
    def functional_id(self) -> str:
        return element(self.elements, 1)

    @property
    def control_number(self) -> str:
        return element(self.elements, 6)

    @property
    def version(self) -> str:
        return element(self.elements, 8)

    def check_header(self, place: Place, used: set[str]) -> None:
        """Checks GS; `used` are the control numbers of the interchange so far."""
        if self.is_implied:
            place.find("group_header_missing", "the transaction set has no GS before it", "ST")
            return
        for rule, reason, position in envelope.group_faults(self.elements):
            place.find(rule, reason, "GS", element=position)
        if self.control_number in used:
            place.find("group_control_number_repeated", "GS06 was used before", "GS")
        remember(used, self.control_number)

    def check_trailer(self, place: Place, elements: Sequence[str] | None) -> None:
        """Checks GE against what was read; None where there is none."""
        if elements is None:
            if not self.is_implied:
                reason = "the functional group has no GE segment"
                place.find("group_trailer_missing", reason, "GE")
            return
        if envelope.number(element(elements, 1)) != self.transactions:
            place.find("group_transaction_count", f"GE01 should be {self.transactions}", "GE")
        if len(elements) > _TRAILER_ELEMENTS:
            place.find("group_element_invalid", "GE has more than 2 elements", "GE", element=3)
        if element(elements, 2) != self.control_number:
            place.find("group_control_number_mismatch", "GE02 differs from GS06", "GE")

    @property
    def computed_trailer(self) -> tuple[str, str]:
        return str(self.transactions), self.control_number


@dataclass(slots=True)
class TransactionHeader:
    """The ST segment of a transaction set and the plan it is read by."""

    elements: tuple[str, ...]
    plan: Plan | None = None

    @property
    def code(self) -> str:
        return element(self.elements, 1)

    @property
    def control_number(self) -> str:
        return element(self.elements, 2)

    @property
    def convention(self) -> str:
        return element(self.elements, 3)

    def check(self, place: Place, used: set[str]) -> None:
        """Checks ST; `used` are the control numbers of the group so far."""
        if len(self.code) != 3:
            place.find("transaction_set_missing", "ST01 has not its 3 characters", "ST")
        if not 4 <= len(self.control_number) <= 9:
            reason = "ST02 has not 4 to 9 characters"
            place.find("transaction_control_number_missing", reason, "ST")
        elif self.control_number in used:
            place.find("transaction_control_number_repeated", "ST02 was used before", "ST")
        remember(used, self.control_number)

    def check_trailer(self, place: Place, elements: Sequence[str]) -> None:
        """Checks SE against what was read."""
        if envelope.number(element(elements, 1)) != place.segment_ordinal:
            reason = f"SE01 should be {place.segment_ordinal}"
            place.find("transaction_segment_count", reason, "SE")
        if element(elements, 2) != self.control_number:
            reason = "SE02 differs from ST02"
            place.find("transaction_control_number_mismatch", reason, "SE")


def element(elements: Sequence[str], position: int) -> str:
    """The element at a position counted from 1; empty where the segment is shorter."""
    return elements[position - 1] if position <= len(elements) else ""


def remember(numbers: set[str], value: str) -> None:
    """Adds a control number, up to the limit."""
    if len(numbers) < limits.control_numbers_kept_max:
        numbers.add(value)
