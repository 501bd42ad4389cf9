"""Forms: how a sender writes a value, and how X12 writes it.

A form takes the trimmed text of a cell, which is not empty, and gives the X12 text, or raises
`Refused` with a rule of `reject_rules` and plain words that never hold the value. Dates come out as
CCYYMMDD; amounts and numbers with a decimal point, without leading or trailing zeros (X12.6, data
type R).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ediport.x12.plan import ElementPlan
from ediport.x12.values import is_ascii_text, is_date, measured_length

Form = Callable[[str], str]

codes_shown_max: Final = 25
"""Allowed codes that a reason lists; where there are more, it says how many."""

_DATE_PARTS: Final = {
    "YYYY": r"(?P<year>\d{4})",
    "MM": r"(?P<month>\d{2})",
    "DD": r"(?P<day>\d{2})",
    "M": r"(?P<month>\d{1,2})",
    "D": r"(?P<day>\d{1,2})",
}
_DATE_TOKENS: Final = re.compile("YYYY|MM|DD|M|D")
_NPI: Final = re.compile(r"[12]\d{9}\Z")
_NPI_PREFIX_SUM: Final = 24
"""What the prefix 80840 adds to the Luhn sum of a national provider identifier (45 CFR 162.406)."""


class Refused(Exception):
    """A value that a form does not take. `reason` and `advice` are plain words without the value."""

    def __init__(self, rule: str, reason: str, advice: str = "") -> None:
        super().__init__(rule)
        self.rule = rule
        self.reason = reason
        self.advice = advice


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How the sender writes decimals. `implied` decimals are digits at the end without any separator."""

    decimal: str = "."
    thousands: str = ""
    symbol: str = ""
    implied: int = 0
    decimals_max: int = 2
    negative: bool = False


def date_form(formats: Sequence[str]) -> Form:
    """Dates written in one of the formats (`YYYY-MM-DD`, `M/D/YYYY`), to CCYYMMDD."""
    patterns = [_date_pattern(text) for text in formats]
    expected = " or ".join(formats)

    def form(text: str) -> str:
        for pattern in patterns:
            match = pattern.match(text)
            if match is not None:
                return _calendar_day(match)
        raise Refused("value_date", f"the value is no date in the form {expected}")

    return form


def number_form(style: NumberStyle, rule: str) -> Form:
    """Amounts (`rule` value_amount) and quantities (value_number)."""
    pattern = re.compile(_number_pattern(style))
    wanted = "an amount" if rule == "value_amount" else "a number"

    def form(text: str) -> str:
        text = text.replace(style.symbol, "").strip() if style.symbol else text
        match = pattern.fullmatch(text)
        if match is None:
            raise Refused(rule, f"the value is not {wanted} {_number_words(style)}")
        whole = match["whole"].replace(style.thousands, "") if style.thousands else match["whole"]
        if style.implied:
            whole = whole.rjust(style.implied + 1, "0")
            return _plain(match["sign"], whole[: -style.implied], whole[-style.implied :])
        return _plain(match["sign"], whole, match["fraction"] or "")

    return form


def removing(characters: str) -> Form:
    """Without the given characters (dashes in a tax id, the dot in a diagnosis code)."""
    table = str.maketrans("", "", characters)
    return lambda text: text.translate(table)


def lookup_form(table: Mapping[str, str]) -> Form:
    """The sender's code to the guide's; upper and lower case are the same."""
    known = {name.casefold(): code for name, code in table.items()}
    shown = _shown(sorted(table))

    def form(text: str) -> str:
        code = known.get(text.casefold())
        if code is None:
            raise Refused("value_code", f"the value is none of {shown}", f"Use one of {shown}.")
        return code

    return form


def pattern_form(pattern: str, means: str) -> Form:
    """Values of a form that the layout describes in words."""
    compiled = re.compile(pattern)

    def form(text: str) -> str:
        if compiled.fullmatch(text) is None:
            raise Refused("value_form", f"the value is not {means}", f"Write {means}.")
        return text

    return form


def npi_form(text: str) -> str:
    """A national provider identifier: ten digits with the Luhn check digit over 80840 and the first nine."""
    if _NPI.match(text) is None:
        raise Refused("value_form", "the value is no NPI of ten digits that begins with 1 or 2")
    doubled = sum(d * 2 - 9 if d > 4 else d * 2 for d in map(int, text[-2::-2]))
    if (_NPI_PREFIX_SUM + doubled + sum(map(int, text[-1::-2]))) % 10:
        raise Refused("value_check_digit", "the check digit of the NPI is wrong")
    return text


def folded(text: str) -> str:
    """Letters without their accents; what has no plain letter stays as it is."""
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFKD", text)
    return "".join(c for c in parts if not unicodedata.combining(c))


def element_form(element: ElementPlan, lists: Mapping[str, frozenset[str]]) -> Form:
    """What the guide asks of the element: characters, length, codes."""
    allowed = frozenset(element.codes) | lists.get(element.code_list, frozenset())
    low, high = element.length_min, element.length_max

    def form(text: str) -> str:
        if low <= len(text) <= high and text.isascii() and text.isprintable():
            if not allowed or text in allowed:
                return text
            raise Refused("value_code", *_code_refusal(element, allowed))
        _refuse_unfit(text, element)
        return text

    return form


CHECKS: Final[Mapping[str, Form]] = {"npi": npi_form}
"""Checks that a layout can name."""


def _date_pattern(text: str) -> re.Pattern[str]:
    pattern, end = "", 0
    for token in _DATE_TOKENS.finditer(text):
        pattern += re.escape(text[end : token.start()]) + _DATE_PARTS[token.group()]
        end = token.end()
    return re.compile(pattern + re.escape(text[end:]) + r"\Z", re.ASCII)


def _calendar_day(match: re.Match[str]) -> str:
    day = f"{match['year']}{match['month']:0>2}{match['day']:0>2}"
    if not is_date(day):
        raise Refused("value_date", "the calendar does not have this date", "Correct the date.")
    return day


def _number_pattern(style: NumberStyle) -> str:
    whole = r"\d{1,18}"
    if style.thousands:
        whole = rf"(?:\d{{1,3}}(?:{re.escape(style.thousands)}\d{{3}}){{1,5}}|\d{{1,18}})"
    fraction = ""
    if style.decimals_max and not style.implied:
        fraction = rf"(?:{re.escape(style.decimal)}(?P<digits>\d{{0,{style.decimals_max}}}))?"
    sign = "-?" if style.negative else ""
    return rf"(?a:(?P<sign>{sign})(?P<whole>{whole})(?P<fraction>{fraction}))"


def _number_words(style: NumberStyle) -> str:
    if style.implied:
        return f"of digits alone, the last {style.implied} being decimals"
    if not style.decimals_max:
        return "without decimals"
    return f"with at most {style.decimals_max} decimals after {style.decimal!r}"


def _plain(sign: str, whole: str, fraction: str) -> str:
    whole = whole.lstrip("0") or "0"
    fraction = fraction.lstrip(".,").rstrip("0")
    text = f"{whole}.{fraction}" if fraction else whole
    return text if text == "0" else sign + text


def _code_refusal(element: ElementPlan, allowed: frozenset[str]) -> tuple[str, str]:
    if element.code_list:
        return f"the code is not in the guide's list for {element.name}", ""
    shown = _shown(sorted(allowed))
    return f"the code is none of {shown}", f"Use one of {shown}."


def _refuse_unfit(text: str, element: ElementPlan) -> None:
    """Refuses characters and lengths; sign and decimal point of a number do not count (X12.6)."""
    if not is_ascii_text(text):
        raise Refused("value_characters", "the value has characters that X12 does not have")
    length = measured_length(text, element.type)
    if length < element.length_min:
        reason = f"the value is shorter than {element.length_min} characters"
        raise Refused("value_too_short", reason)
    if length > element.length_max:
        raise Refused("value_too_long", f"the value is longer than {element.length_max} characters")


def _shown(codes: Sequence[str]) -> str:
    if len(codes) > codes_shown_max:
        return f"the {len(codes)} allowed codes"
    return ", ".join(codes)
