"""What a partner's agreement may decide about acknowledgments, and the limits of one
acknowledgment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from ediport.x12.delimiters import Delimiters

segment_notes_per_set_max: Final = 1_000
"""IK3 segments for one transaction set; what comes after is left out of the text, not of the
verdict.
"""

element_notes_per_segment_max: Final = 99
"""IK4 segments under one IK3."""

segment_contexts_max: Final = 9
"""CTX segments with situational triggers under one IK3 (005010X231A1, position 0500)."""

element_contexts_max: Final = 10
"""CTX segments under one IK4 (005010X231A1, position 0700)."""

error_codes_max: Final = 5
"""Codes in one IK5, AK5 or AK9."""

loop_id_characters_max: Final = 4
"""Data element 447 in release 005010: the loop of the standard, `2010` for the guide's `2010AA`."""


@dataclass(frozen=True, slots=True)
class AckOptions:
    """How to answer.

    `ta1` and `functional` (999 and 997): when to write one; `requested` means ISA14 = 1, `errors`
    when there is something to report. `one_interchange` puts the TA1 into the interchange of the
    999, before its first group. `delimiters`, `usage` (ISA15): None takes those of the interchange
    received. `rejecting_interchange_codes` (TA105) and `rejecting_group_codes` (AK905): errors that
    reject. Others are noted: TA104 and AK901 are then E. An interchange in which nothing could be
    taken is rejected in any case, and a rejected interchange gets no 999.
    """

    ta1: Literal["always", "requested", "errors", "never"] = "always"
    functional: Literal["always", "errors", "never"] = "always"
    one_interchange: bool = False
    delimiters: Delimiters | None = None
    usage: Literal["P", "T"] | None = None
    rejecting_interchange_codes: frozenset[str] = frozenset({"025", "026"})
    rejecting_group_codes: frozenset[str] = frozenset(
        {"1", "2", "3", "4", "5", "6", "17", "18", "19", "23", "24", "25", "26"}
    )
    loop_id_characters_max: int = loop_id_characters_max
