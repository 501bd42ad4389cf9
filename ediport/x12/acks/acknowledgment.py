"""The segments AK1 to AK9 of a functional or implementation acknowledgment, as neutral text.

Rules: what differs between 997 and 999 is in `Acknowledgment`, as data; what is the same is code,
once. Values of the received headers are repeated as they are or not at all: an AK1 or AK2 that
cannot name its group or set is None, and the level above reports that (X12 interpretations 55 and
1339).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ediport.x12.acks.context import trigger_line, unit_line
from ediport.x12.acks.notes import HAS_ELEMENT_ERRORS, ElementNote, SegmentNote
from ediport.x12.acks.text import clean, composite, is_plain, line, value_at
from ediport.x12.acks.verdict import GroupVerdict, SetVerdict

SEGMENTS_IN_ERROR: Final = "5"
IMPLEMENTATION_SEGMENTS_IN_ERROR: Final = "I5"

version_characters_max: Final = 12
"""AK103, data element 480."""

convention_characters_max: Final = 35
"""AK203, data element 1705."""

_FUNCTIONAL_ID: Final = re.compile("[A-Z0-9]{2}")
_GROUP_NUMBER: Final = re.compile("[0-9]{1,9}")
_SET_ID: Final = re.compile("[A-Z0-9]{3}")
_SET_NUMBER: Final = re.compile("[\x20-\x7e]{3,8}[\x21-\x7e]")
_OTHER_SEGMENT_CODE: Final = "8"
_OTHER_ELEMENT_CODE: Final = "7"
_OTHER_GROUP_CODE: Final = "6"
_OTHER_SET_CODE: Final = SEGMENTS_IN_ERROR


@dataclass(frozen=True, slots=True)
class Acknowledgment:
    """One kind of acknowledgment.

    The code tables map a finding's code to the one that this kind has for it.
    `implementation` is ST03 and GS08 (empty: GS08 is the received release and ST has two elements);
    `unsupported` is the code for a set whose guide is not there.
    """

    transaction_set: str
    implementation: str
    segment_note_id: str
    element_note_id: str
    set_trailer_id: str
    names_versions: bool
    has_context: bool
    unsupported: str
    group_codes: Mapping[str, str]
    set_codes: Mapping[str, str]
    segment_codes: Mapping[str, str]
    element_codes: Mapping[str, str]

    def group_header(self, header: Sequence[str]) -> bytes | None:
        """AK1 for GS01, GS06 and GS08, or None when they cannot be named."""
        functional_id, number = value_at(header, 1), value_at(header, 6)
        if not _FUNCTIONAL_ID.fullmatch(functional_id) or not _GROUP_NUMBER.fullmatch(number):
            return None
        if not self.names_versions:
            return line("AK1", functional_id, number)
        version = clean(value_at(header, 8), version_characters_max)
        return line("AK1", functional_id, number, version) if version else None

    def set_header(self, header: Sequence[str]) -> bytes | None:
        """AK2 for ST01, ST02 and ST03, or None when the set cannot be named."""
        set_id, number = value_at(header, 1), value_at(header, 2)
        if not _SET_ID.fullmatch(set_id) or not _SET_NUMBER.fullmatch(number):
            return None
        convention = value_at(header, 3)
        usable = is_plain(convention) and len(convention) <= convention_characters_max
        return line("AK2", set_id, number, convention if self.names_versions and usable else None)

    def notes(self, notes: Iterable[SegmentNote], loop_characters_max: int) -> Iterator[bytes]:
        """IK3 with its CTX and IK4 segments (AK3 with AK4)."""
        for note in notes:
            code = self.segment_codes.get(note.code, _OTHER_SEGMENT_CODE)
            yield line(self.segment_note_id, note.segment_id, note.ordinal, note.loop_id, code)
            if self.has_context:
                yield from (trigger_line(t, loop_characters_max) for t in note.triggers)
                yield unit_line(note.unit) if note.unit is not None else b""
            for element in note.elements:
                yield from self._element(element, loop_characters_max)

    def set_trailer(self, verdict: SetVerdict) -> bytes:
        """IK5 (AK5)."""
        codes = dict.fromkeys(self.set_codes.get(c, _OTHER_SET_CODE) for c in verdict.codes)
        return line(self.set_trailer_id, verdict.status, *codes)

    def group_trailer(self, verdict: GroupVerdict) -> bytes:
        """AK9."""
        counts = verdict.declared, verdict.received, verdict.accepted
        codes = dict.fromkeys(self.group_codes.get(c, _OTHER_GROUP_CODE) for c in verdict.codes)
        return line("AK9", verdict.status, *counts, *codes)

    def _element(self, note: ElementNote, loop_characters_max: int) -> Iterator[bytes]:
        code = self.element_codes.get(note.code, _OTHER_ELEMENT_CODE)
        position = composite(*note.position)
        yield line(self.element_note_id, position, note.data_element, code, note.copy)
        if self.has_context:
            yield from (trigger_line(t, loop_characters_max) for t in note.triggers)


def codes_of_segments(notes: Iterable[SegmentNote]) -> list[str]:
    """IK502 for a set with segments in error: against the standard, the guide, or both."""
    kinds = {code.startswith("I") for note in notes for code in _innermost(note)}
    codes = [SEGMENTS_IN_ERROR] if False in kinds else []
    return [*codes, IMPLEMENTATION_SEGMENTS_IN_ERROR] if True in kinds else codes


def _innermost(note: SegmentNote) -> list[str]:
    if note.code == HAS_ELEMENT_ERRORS and note.elements:
        return [element.code for element in note.elements]
    return [note.code]
