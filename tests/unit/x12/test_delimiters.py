"""Any byte may be a separator: what ISA declares is what the interchange is read and written with."""

from __future__ import annotations

import pytest

from ediport.x12.delimiters import Delimiters
from ediport.x12.events import InterchangeBegin
from tests.unit.x12.x12_files import FULL, events, rules, there_and_back, transaction, x12

STYLES = {
    "usual": ("*", ":", "^", "~", ""),
    "one line each": ("*", ":", "^", "~", "\n"),
    "carriage returns": ("*", ":", "^", "~", "\r\n"),
    "newline terminates": ("*", ":", "^", "\n", ""),
    "carriage return terminates": ("*", ":", "^", "\r", ""),
    "carriage return, then newline": ("*", ":", "^", "\r", "\n"),
    "control characters": ("\x1d", "\x1f", "\x1e", "\x1c", ""),
    "tab and backslash": ("\t", "\\", "`", "?", "\r\n"),
    "quotes": ('"', "'", "{", "}", ""),
    "not ASCII": ("\xa6", ":", "^", "\x85", "\n"),
    "percent": ("%", ":", "^", "~", ""),
    "regular expression": ("|", "+", ".", "$", ""),
}
SEGMENTS = (*FULL[:-3], "CLM*A1*10*11:B", "LX*1", "AMT*10")


def restyled(style: tuple[str, str, str, str, str], text: bytes) -> bytes:
    element, component, repetition, segment, line_end = style
    table = dict(zip("*:^~", (element, component, repetition, segment + line_end), strict=True))
    return "".join(table.get(c, c) for c in text.decode()).encode("latin-1")


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_any_style(style: tuple[str, str, str, str, str]) -> None:
    data = restyled(style, x12(*SEGMENTS))
    assert rules(data) == []
    assert transaction(data) == transaction(x12(*SEGMENTS))
    assert there_and_back(data) == data
    assert there_and_back(data, "unit") == data
    begin = events(data)[0]
    assert isinstance(begin, InterchangeBegin)
    assert begin.delimiters == Delimiters(*(s.encode("latin-1") for s in style))


@pytest.mark.parametrize(
    ("version", "declared", "repetition"),
    [
        ("00401", "U", b""),
        ("00401", "^", b""),
        ("00402", "^", b"^"),
        ("00501", "^", b"^"),
        ("00501", "U", b""),
    ],
)
def test_repetition_is_declared_since_00402(version: str, declared: str, repetition: bytes) -> None:
    text = x12(*FULL).decode().replace("*^*00501*", f"*{declared}*{version}*")
    begin = events(text.encode())[0]
    assert isinstance(begin, InterchangeBegin)
    assert begin.delimiters.repetition == repetition
    assert there_and_back(text.encode()) == text.encode()


def test_before_00402_a_circumflex_is_only_a_character() -> None:
    text = x12(*FULL).decode().replace("*^*00501*", "*^*00401*").replace("BGN*00*1", "BGN*00*1^2")
    assert rules(text.encode()) == []
    assert transaction(text.encode())["begin_BGN"]["number_02"] == "1^2"


@pytest.mark.parametrize(
    ("one", "other"), [("*:~", "*:*"), ("*^*", "*:*"), ("*:~", "*A~"), ("*:~", "* ~")]
)
def test_separators_that_cannot_be_told_apart(one: str, other: str) -> None:
    text = x12(*FULL).decode().replace(one, other, 1)
    assert "delimiters_unusable" in rules(text.encode())


@pytest.mark.parametrize(
    ("delimiters", "usable"),
    [
        (Delimiters(), True),
        (Delimiters(repetition=b""), True),
        (Delimiters(segment=b"\n"), True),
        (Delimiters(component=b"*"), False),
        (Delimiters(component=b"A"), False),
        (Delimiters(segment=b" "), False),
        (Delimiters(element=b"1"), False),
    ],
)
def test_usable(delimiters: Delimiters, usable: bool) -> None:
    assert delimiters.is_usable() is usable
