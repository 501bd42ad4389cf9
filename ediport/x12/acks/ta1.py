"""The interchange acknowledgment (TA1): what it says about the ISA and IEA received, and when it is
sent.

TA105 is data element I18. A fault of one ISA element has a code of its own, whatever the finding's
code is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from ediport.x12.acks.options import AckOptions
from ediport.x12.acks.text import line, value_at
from ediport.x12.acks.verdict import InterchangeVerdict
from ediport.x12.findings import Finding
from ediport.x12.values import is_date, is_time

INVALID_STRUCTURE: Final = "022"
END_OF_FILE: Final = "023"
INVALID_CONTENT: Final = "024"

_ISA_NUMBER: Final = 13
_ISA_DATE: Final = 9
_ISA_TIME: Final = 10
_ISA_REQUEST: Final = 14
_INVALID_VALUE_RULE: Final = "isa_element_invalid"
_CODE_OF_ELEMENT: Final = {
    1: "010",
    2: "011",
    3: "012",
    4: "013",
    5: "005",
    6: "006",
    7: "007",
    8: "008",
    9: "014",
    10: "015",
    11: "016",
    12: "017",
    13: "018",
    14: "019",
    15: "020",
    16: "027",
}


def note_code(finding: Finding) -> str | None:
    """TA105 for a finding of level interchange; None when it is not worth one."""
    if finding.rule.id == _INVALID_VALUE_RULE and finding.element in _CODE_OF_ELEMENT:
        return _CODE_OF_ELEMENT[finding.element]
    if finding.ack_code is None and finding.is_error:
        return INVALID_STRUCTURE
    return finding.ack_code


def is_wanted(
    header: Sequence[str], verdict: InterchangeVerdict, groups: int, options: AckOptions
) -> bool:
    """Whether a TA1 goes out. An interchange without groups is itself an answer, and gets none
    unless it asks.
    """
    requested = value_at(header, _ISA_REQUEST) == "1"
    if options.ta1 == "always":
        return requested or groups > 0 or verdict.status != "A"
    if options.ta1 == "errors":
        return verdict.status != "A"
    return options.ta1 == "requested" and requested


def ta1_line(header: Sequence[str], verdict: InterchangeVerdict, now: datetime) -> bytes:
    """TA1 for the interchange with this ISA; a number, date or time that it cannot repeat is made
    valid.
    """
    number = "".join(c for c in value_at(header, _ISA_NUMBER) if c.isascii() and c.isdigit())
    date, time = value_at(header, _ISA_DATE), value_at(header, _ISA_TIME)
    return line(
        "TA1",
        number[-9:].zfill(9),
        date if len(date) == 6 and is_date(date) else now.strftime("%y%m%d"),
        time if len(time) == 4 and is_time(time) else now.strftime("%H%M"),
        verdict.status,
        verdict.code,
    )
