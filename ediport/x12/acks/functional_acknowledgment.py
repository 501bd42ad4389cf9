"""The 997: for releases before 005010 and for groups without a guide of health care.

Codes are data elements 716, 718, 720 and 723 of release 004010, which all later ones
have too. A code that only the 999 has becomes the nearest one of the standard.
"""

from __future__ import annotations

from typing import Final

from ediport.x12.acks.acknowledgment import Acknowledgment


def _table(same: str, nearest: dict[str, str]) -> dict[str, str]:
    return {code: code for code in same.split()} | nearest


FUNCTIONAL_ACKNOWLEDGMENT: Final = Acknowledgment(
    transaction_set="997",
    implementation="",
    segment_note_id="AK3",
    element_note_id="AK4",
    set_trailer_id="AK5",
    names_versions=False,
    has_context=False,
    unsupported="1",
    group_codes=_table("1 2 3 4 5 6 10 11 12 13 14 15 16 17 18 23 24 25 26", {"19": "6"}),
    set_codes=_table(
        "1 2 3 4 5 6 7 8 9 10 11 12 13 15 16 17 23 24 25 26 27",
        {"18": "1", "19": "1", "I5": "5", "I6": "1"},
    ),
    segment_codes=_table(
        "1 2 3 4 5 6 7 8", {"I4": "2", "I6": "3", "I7": "3", "I8": "3", "I9": "2"}
    ),
    element_codes=_table(
        "1 2 3 4 5 6 7 8 9 10",
        {
            "12": "3",
            "13": "3",
            "I6": "7",
            "I9": "2",
            "I10": "3",
            "I11": "1",
            "I12": "7",
            "I13": "10",
        },
    ),
)
