"""What is wrong with one transaction set, gathered and put in order for IK3, IK4 and IK5 (AK3, AK4,
AK5).

Rules: findings of one segment with one code share one note; a finding of an element hangs under the
note that says "has data element errors"; notes come in the order of positions; the number of notes
is bounded, the counts that decide the verdict are not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from ediport.x12.acks.context import NO_CONTEXT, BusinessUnit, Context, Trigger
from ediport.x12.acks.options import (
    element_contexts_max,
    element_notes_per_segment_max,
    segment_contexts_max,
    segment_notes_per_set_max,
)
from ediport.x12.acks.text import clean
from ediport.x12.findings import Finding

HAS_ELEMENT_ERRORS: Final = "8"
"""IK304 and AK304 of a segment with data element errors."""

copy_characters_max: Final = 99
"""IK404 and AK404, data element 724."""

ordinal_max: Final = 9_999_999_999
"""IK302, data element 719 in release 005010."""

element_position_max: Final = 99
"""C030-1 and C030-2, data elements 722 and 1528."""

repeat_position_max: Final = 9_999
"""C030-3, data element 1686."""

_UNNAMED_SEGMENT: Final = "ZZZ"
_NOTHING_TO_COPY: Final = frozenset({"1", "2", "I9", "I11"})


@dataclass(frozen=True, slots=True)
class ElementNote:
    """One IK4: where in the segment, which data element, the code and the copy of what is wrong."""

    position: tuple[int, int | None, int | None]
    data_element: str
    code: str
    copy: str
    triggers: tuple[Trigger, ...] = ()


@dataclass(slots=True)
class SegmentNote:
    """One IK3 with what hangs under it."""

    segment_id: str
    ordinal: int
    loop_id: str
    code: str
    unit: BusinessUnit | None = None
    triggers: list[Trigger] = field(default_factory=list)
    elements: dict[ElementNote, None] = field(default_factory=dict)


class SetNotes:
    """Gathers the findings of one transaction set."""

    def __init__(self, loop_characters_max: int) -> None:
        self._loop_characters_max = loop_characters_max
        self._segments: dict[tuple[int, str, str, str], SegmentNote] = {}
        self.set_codes: dict[str, None] = {}
        self.noted = False
        self.errors = 0

    def add(self, finding: Finding, context: Context = NO_CONTEXT) -> None:
        """Take one finding of level transaction, segment or element; without a code it is only
        counted.
        """
        self.errors += finding.is_error
        code = finding.ack_code
        if code is None:
            return
        self.noted = True
        if finding.level == "transaction":
            self.set_codes[code] = None
        elif finding.level == "segment":
            self._add_segment(finding, code, context)
        else:
            self._add_element(finding, code, context)

    def segments(self) -> list[SegmentNote]:
        """The notes by position; those of one position as they came."""
        return sorted(self._segments.values(), key=lambda note: note.ordinal)

    def _add_segment(self, finding: Finding, code: str, context: Context) -> None:
        note = self._note(finding, code)
        if note is None:
            return
        note.unit = note.unit or context.unit
        room = segment_contexts_max - len(note.triggers)
        note.triggers += [t for t in context.triggers if t not in note.triggers][:room]

    def _add_element(self, finding: Finding, code: str, context: Context) -> None:
        note = self._note(finding, HAS_ELEMENT_ERRORS)
        if note is None:
            return
        note.unit = note.unit or context.unit
        if finding.element is None or len(note.elements) >= element_notes_per_segment_max:
            return
        note.elements[_element_note(finding, finding.element, code, context)] = None

    def _note(self, finding: Finding, code: str) -> SegmentNote | None:
        loop_id = clean(finding.loop_id or "", self._loop_characters_max)
        segment_id = _segment_id(finding.segment_id)
        ordinal = min(max(finding.segment_ordinal, 1), ordinal_max)
        key = ordinal, segment_id, loop_id, code
        note = self._segments.get(key)
        if note is None and len(self._segments) < segment_notes_per_set_max:
            note = self._segments[key] = SegmentNote(segment_id, ordinal, loop_id, code)
        return note


def _segment_id(found: str) -> str:
    """IK301 must be 2 or 3 letters or digits; what cannot be repeated is found by its position
    alone.
    """
    good = 2 <= len(found) <= 3 and found.isascii() and found.isalnum()
    return found.upper() if good else _UNNAMED_SEGMENT


def _element_note(finding: Finding, element: int, code: str, context: Context) -> ElementNote:
    number = finding.data_element or ""
    return ElementNote(
        position=_position(element, finding.component, finding.repeat),
        data_element=number if number.isascii() and number.isdigit() and len(number) <= 4 else "",
        code=code,
        copy=_copy(finding, code),
        triggers=context.triggers[:element_contexts_max],
    )


def _position(
    element: int, component: int | None, repeat: int | None
) -> tuple[int, int | None, int | None]:
    """C030, each part cut to the largest number that it can hold."""
    return (
        min(max(element, 1), element_position_max),
        component and min(component, element_position_max),
        repeat and min(repeat, repeat_position_max),
    )


def _copy(finding: Finding, code: str) -> str:
    if finding.value is None or code in _NOTHING_TO_COPY:
        return ""
    return clean(finding.value.reveal(), copy_characters_max)
