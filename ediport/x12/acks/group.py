"""The answer to one functional group: which kind it is, its sets one by one, and its verdict.

Rules: a group is answered with the 999 when it is of health care and of release 005010 or later,
else with the 997 of its own release; a set that cannot be named is counted, not listed, and makes
the group's count differ.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ediport.x12.acks.acknowledgment import (
    SEGMENTS_IN_ERROR,
    Acknowledgment,
    codes_of_segments,
    version_characters_max,
)
from ediport.x12.acks.envelope import version_of
from ediport.x12.acks.functional_acknowledgment import FUNCTIONAL_ACKNOWLEDGMENT
from ediport.x12.acks.implementation_acknowledgment import IMPLEMENTATION_ACKNOWLEDGMENT
from ediport.x12.acks.notes import SetNotes
from ediport.x12.acks.options import AckOptions
from ediport.x12.acks.text import clean, value_at
from ediport.x12.acks.verdict import GroupVerdict, group_verdict, set_verdict
from ediport.x12.events import GroupBegin, TransactionBegin
from ediport.x12.findings import Finding

GROUP_OF_ANSWERS: Final = "FA"
HEALTH_CARE_GROUPS: Final = frozenset({"BE", "HB", "HC", "HI", "HN", "HP", "HR", "HS", "RA"})
"""GS01 of what 005010X231A1 is written for."""

VERSION_UNSUPPORTED: Final = "2"
TRAILER_MISSING: Final = "3"
COUNT_DIFFERS: Final = "5"
FIRST_RELEASE_WITH_999: Final = "005010"

_NAMES_UNKNOWN_SET: Final = frozenset({"1", "6"})
_INVALID_VALUE_RULE: Final = "group_element_invalid"
_CODE_OF_ELEMENT: Final = {1: "1", 6: "6", 8: "2"}
_RELEASE: Final = re.compile("[0-9]{6}")
_GUIDE_OF_HEALTH_CARE: Final = re.compile("[0-9]{6}X[0-9]{3}.*")


class GroupAnswer:
    """Gathers what AK1 to AK9 say of one group; the text goes out as it is made."""

    def __init__(self, begin: GroupBegin, isa: Sequence[str], options: AckOptions) -> None:
        self.kind = kind_of(begin.header, isa)
        self.version = self.kind.implementation or release_of(begin.header, isa)
        self.header = self.kind.group_header(begin.header)
        self.codes: dict[str, bool] = {}
        self._begin = begin
        self._options = options
        self._received = 0
        self._accepted = 0
        self._noted = False
        self._guided = begin.guide is not None

    def find(self, finding: Finding) -> None:
        """Take one finding of level group; a fault of GS01, GS06 or GS08 has a code of its own."""
        code = finding.ack_code
        if finding.rule.id == _INVALID_VALUE_RULE and finding.element in _CODE_OF_ELEMENT:
            code = _CODE_OF_ELEMENT[finding.element]
        if code is not None:
            self.codes[code] = self.codes.get(code, False) or finding.is_error

    def add_set(self, begin: TransactionBegin, notes: SetNotes, *, accepted: bool) -> bytes:
        """AK2 to IK5 of one set; empty for a set that cannot be named."""
        guided = begin.guide is not None
        self._received += 1
        self._guided |= guided
        header = self.kind.set_header(begin.header)
        if header is None:
            self.codes[COUNT_DIFFERS] = True
            return b""
        rejected = not (accepted and guided) or notes.errors > 0
        self._accepted += not rejected
        self._noted |= notes.noted
        return header + self._set_body(notes, rejected=rejected, guided=guided)

    def verdict(self, declared: int | None) -> GroupVerdict:
        """The verdict after the last set; `declared` is GE01."""
        if not self._guided and not self.codes:
            self.codes[VERSION_UNSUPPORTED] = True
        return group_verdict(
            self.codes,
            declared=declared,
            received=self._received,
            accepted=self._accepted,
            noted=self._noted,
            rejecting=self._options.rejecting_group_codes,
        )

    def _set_body(self, notes: SetNotes, *, rejected: bool, guided: bool) -> bytes:
        segments = notes.segments()
        codes = [*notes.set_codes, *codes_of_segments(segments)]
        if not guided and not _NAMES_UNKNOWN_SET.intersection(codes):
            codes.insert(0, self.kind.unsupported)
        elif rejected and not codes:
            codes = [SEGMENTS_IN_ERROR]
        verdict = set_verdict(codes, rejected=rejected, noted=notes.noted)
        lines = self.kind.notes(segments, self._options.loop_id_characters_max)
        return b"".join((*lines, self.kind.set_trailer(verdict)))


def kind_of(header: Sequence[str], isa: Sequence[str]) -> Acknowledgment:
    """999 or 997 for the group with this GS in the interchange with this ISA."""
    version = clean(value_at(header, 8), version_characters_max)
    of_health_care = (
        value_at(header, 1) in HEALTH_CARE_GROUPS
        or _GUIDE_OF_HEALTH_CARE.fullmatch(version) is not None
    )
    if version and of_health_care and release_of(header, isa) >= FIRST_RELEASE_WITH_999:
        return IMPLEMENTATION_ACKNOWLEDGMENT
    return FUNCTIONAL_ACKNOWLEDGMENT


def release_of(header: Sequence[str], isa: Sequence[str]) -> str:
    """The six digits of version and release in GS08, else those that ISA12 stands for."""
    version = value_at(header, 8)
    return version[:6] if _RELEASE.match(version) else f"{version_of(isa)}0"
