"""What an X12 value may look like by data type (X12.6): characters, numbers, dates, times; and its JSON text."""

from __future__ import annotations

import re
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Final

json_text = encode_basestring
"""A JSON string literal of a str, with non-ASCII characters as they are."""

_NUMBER: Final = re.compile(r"-?[0-9]+\Z")
_DECIMAL: Final = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)\Z")
_DIGITS: Final = re.compile(r"[0-9]+\Z")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f]")
_OUTSIDE: Final = re.compile("[^\x20-\x7e]")
_DAYS: Final = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FIRST_YEAR: Final = 1800
_CENTURY_TURN: Final = 50
_TIME_LENGTHS: Final = (4, 6, 7, 8)


def has_control_character(value: str) -> bool:
    return _CONTROL.search(value) is not None


def is_ascii_text(value: str) -> bool:
    """True when all characters are of the basic and extended X12 sets (printable ASCII)."""
    return _OUTSIDE.search(value) is None


def measured_length(value: str, data_type: str) -> int:
    """Length as X12.6 counts it: sign and decimal point of a number do not count."""
    if data_type == "R" or data_type.startswith("N"):
        return len(value) - value.count("-") - value.count(".")
    return len(value)


def is_date(value: str) -> bool:
    """CCYYMMDD or YYMMDD, a day that the calendar has, not before 1800."""
    if len(value) == 6:
        value = ("20" if value[:2] < str(_CENTURY_TURN) else "19") + value
    if len(value) != 8 or not _DIGITS.match(value):
        return False
    year, month, day = int(value[:4]), int(value[4:6]), int(value[6:])
    if year < _FIRST_YEAR or not 1 <= month <= 12 or not 1 <= day <= _DAYS[month]:
        return False
    return month != 2 or day < 29 or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))


def is_time(value: str) -> bool:
    """HHMM, HHMMSS, HHMMSSd or HHMMSSdd."""
    if len(value) not in _TIME_LENGTHS or not _DIGITS.match(value):
        return False
    return value[:2] < "24" and value[2:4] < "60" and value[4:6] < "60"


def is_date_time(value: str) -> bool:
    """CCYYMMDDHHMM and longer."""
    return is_date(value[:8]) and is_time(value[8:])


def is_date_range(value: str) -> bool:
    """CCYYMMDD-CCYYMMDD."""
    begin, dash, end = value.partition("-")
    return dash == "-" and len(begin) == 8 == len(end) and is_date(begin) and is_date(end)


def _is_day(value: str) -> bool:
    return len(value) == 8 and is_date(value)


def _is_short_day(value: str) -> bool:
    return len(value) == 6 and is_date(value)


FORMATS: Final = {
    "D8": _is_day,
    "D6": _is_short_day,
    "RD8": is_date_range,
    "DT": is_date_time,
    "TM": is_time,
}
"""Date and time formats by their code (data element 1250), for those that are checked."""


def fits_type(value: str, data_type: str) -> bool:
    """Whether the characters of a value are those of its data type; dates and times as the calendar has them."""
    if data_type in ("AN", "ID", "B"):
        return True
    if data_type == "R":
        return _DECIMAL.match(value) is not None
    if data_type.startswith("N"):
        return _NUMBER.match(value) is not None
    if data_type == "DT":
        return is_date(value) or (len(value) == 12 and is_date_time(value))
    if data_type == "TM":
        return is_time(value)
    return FORMATS[data_type](value) if data_type in FORMATS else True


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.DOTALL)


def matches(pattern: str, value: str) -> bool:
    """Whether a guide's pattern is found in a value."""
    return _compiled(pattern).search(value) is not None
