"""The 999 of guide 005010X231A1: what differs from the 997.

Codes are data elements 716, 618, 620 and 621.
"""

from __future__ import annotations

from typing import Final

from ediport.x12.acks.acknowledgment import Acknowledgment


def _same(codes: str) -> dict[str, str]:
    return {code: code for code in codes.split()}


IMPLEMENTATION_ACKNOWLEDGMENT: Final = Acknowledgment(
    transaction_set="999",
    implementation="005010X231A1",
    segment_note_id="IK3",
    element_note_id="IK4",
    set_trailer_id="IK5",
    names_versions=True,
    has_context=True,
    unsupported="I6",
    group_codes=_same("1 2 3 4 5 6 10 11 12 13 14 15 16 17 18 19 23 24 25 26"),
    set_codes=_same("1 2 3 4 5 6 7 8 9 10 11 12 13 15 16 17 18 19 23 24 25 26 27 I5 I6"),
    segment_codes=_same("1 2 3 4 5 6 7 8 I4 I6 I7 I8 I9"),
    element_codes=_same("1 2 3 4 5 6 7 8 9 10 12 13 I6 I9 I10 I11 I12 I13"),
)
