"""The lexer: separators from ISA, line ends, and segments that do not depend on how the bytes were cut."""

from __future__ import annotations

import codecs

import pytest

from ediport.x12 import limits
from ediport.x12.errors import Unreadable
from ediport.x12.events import InterchangeBegin
from ediport.x12.findings import Finding
from ediport.x12.lexer import Lexer
from tests.unit.x12.x12_files import (
    FULL,
    HEADER,
    documents,
    events,
    findings,
    rules,
    there_and_back,
    transaction,
    whole,
    x12,
)

GOOD = x12(*FULL)
LINES = x12(*FULL, end="~\n")


def segments(data: bytes) -> list[bytes]:
    lexer = Lexer()
    lexer.feed(data)
    lexer.close()
    assert lexer.header() is not None
    return lexer.segments()


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        (b"~A*1~B*2~", [b"A*1", b"B*2"]),
        (b"~\nA*1~\nB*2~\n", [b"A*1", b"B*2"]),
        (b"~\nA*1~B*2~\r\n\r\nC~", [b"A*1", b"B*2", b"C"]),
        (b"~\r\nA*1~\nB*2", [b"A*1", b"B*2"]),
        (b"~A*1~B", [b"A*1", b"B"]),
        (b"~A*1~~B~", [b"A*1", b"", b"B"]),
        (b"~A*1~  \n \x1a", [b"A*1"]),
        (b"~A\n*1~", [b"A\n*1"]),
        (b"~", []),
        (b"", []),
    ],
)
def test_segments(rest: bytes, expected: list[bytes]) -> None:
    assert segments(HEADER.encode() + rest if rest else HEADER.encode() + b"~") == expected


def test_a_line_end_belongs_to_the_terminator_only_when_all_bytes_are_there() -> None:
    assert segments(HEADER.encode() + b"\nA*1\n\nB*2\n") == [b"A*1", b"", b"B*2"]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (codecs.BOM_UTF8 + GOOD, "byte_order_mark"),
        (codecs.BOM_UTF16_LE + GOOD.decode().encode("utf-16-le"), "utf16_text"),
        (codecs.BOM_UTF16_BE + GOOD.decode().encode("utf-16-be"), "utf16_text"),
        (b"From: someone\r\n\r\n" + GOOD, "leading_bytes"),
        (b"ISA, he said, " + GOOD, "leading_bytes"),
        (b"x" * 70_000 + GOOD, "leading_bytes"),
        (GOOD + b"the end", "trailing_bytes"),
        (GOOD + b"ISA", "trailing_bytes"),
    ],
)
def test_what_is_skipped_is_a_warning(data: bytes, rule: str) -> None:
    (finding,) = findings(data)
    assert finding.rule.id == rule
    assert not finding.is_error
    assert transaction(data) == transaction(GOOD)
    assert there_and_back(data) == GOOD


@pytest.mark.parametrize("around", [b"", b"\n", b"\r\n", b" \t\n\n", b"\x00", b"\x1a", b"\r\n\x1a"])
def test_blanks_around_an_interchange(around: bytes) -> None:
    assert rules(around + GOOD + around) == []
    assert there_and_back(GOOD + around) == GOOD + around
    assert there_and_back(LINES[:-1] + around) == LINES[:-1] + around


def test_blanks_between_interchanges_come_back() -> None:
    second = GOOD.replace(b"000000001", b"000000002")
    data = GOOD + b"\n\n" + second + second.replace(b"000000002", b"000000003") + b"\n"
    assert rules(data) == []
    assert there_and_back(data) == data


def test_line_ends_that_vary_are_made_alike() -> None:
    data = LINES.replace(b"BGN*00*1~\n", b"BGN*00*1~\r\n")
    assert rules(data) == ["line_end_varies"]
    assert there_and_back(data) == LINES


def test_the_last_segment_may_lack_its_terminator() -> None:
    assert rules(GOOD[:-1]) == ["segment_unterminated"]
    assert there_and_back(GOOD[:-1]) == GOOD
    assert rules(GOOD[:-1] + b" \r\n") == ["segment_unterminated"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("*SENDER         *", "*SENDER*"),
        ("*SENDER         *", "*SENDER WITH A LONG NAME*"),
        ("*00*          *00*", "*00**00*"),
        ("*260102*", "*20260102*"),
        ("*000000001*0*", "*1*0*"),
    ],
)
def test_an_isa_of_another_length_is_read(old: str, new: str) -> None:
    data = GOOD.replace(old.encode(), new.encode(), 1)
    assert "isa_element_length" in rules(data)
    assert transaction(data) == transaction(GOOD)


def test_an_isa_without_its_16_elements_is_unreadable() -> None:
    with pytest.raises(Unreadable) as caught:
        events(b"ISA*00*~GS*XX~ST*100*0001~SE*2*0001~")
    assert caught.value.code == "header_broken"


def test_a_second_isa_that_cannot_be_read_ends_the_file() -> None:
    found = findings(GOOD + b"ISA*00*~GS*XX~")
    assert [f.rule.id for f in found] == ["interchange_content_invalid"]
    assert transaction(GOOD + b"ISA*00*~GS*XX~") == transaction(GOOD)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n\x00", "empty"),
        (b"\xef\xbb\xbf", "no_interchange_header"),
        (b"ISA", "no_interchange_header"),
        (b"GS*HC*1~ST*837*0001~SE*2*0001~", "no_interchange_header"),
        (b"VISA*00*" + b"x" * 200, "no_interchange_header"),
        (b"{}", "no_interchange_header"),
        (bytes(range(256)) * 50, "no_interchange_header"),
    ],
)
def test_no_interchange_is_unreadable(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        events(data)
    assert caught.value.code == code


def test_a_segment_without_end_stops_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "segment_bytes_max", 2_000)
    data = x12(*FULL[:2], "NTE*" + "A" * 3_000, *FULL[2:])
    assert rules(data) == [
        "segment_too_long",
        "transaction_trailer_missing",
        "group_trailer_missing",
        "interchange_trailer_missing",
    ]
    assert documents(data)[0]["transaction"]["begin_BGN"] == {"code_01": "00", "number_02": "1"}


@pytest.mark.parametrize("size", [2_000, 2_001])
@pytest.mark.parametrize("chunk", [1, 500, 1_900, 5_000])
def test_the_limit_does_not_depend_on_the_chunks(
    size: int, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "segment_bytes_max", 2_000)
    data = x12("NTE*" + "A" * (size - 4), *FULL, end="~\n")
    cut = [data[i : i + chunk] for i in range(0, len(data), chunk)]
    found = [e for e in events(cut) if isinstance(e, Finding)]
    assert any(e.rule.id == "segment_too_long" for e in found) is (size > 2_000)


def test_leading_text_is_told_once_however_it_comes() -> None:
    data = b"\xfe junk " * 20_000 + GOOD
    cut = [data[i : i + 30_000] for i in range(0, len(data), 30_000)]
    assert [f.rule.id for f in findings(b"".join(cut))] == ["leading_bytes"]
    assert [e.rule.id for e in events(cut) if hasattr(e, "rule")] == ["leading_bytes"]


def test_two_interchanges_may_have_separators_of_their_own() -> None:
    second = whole(*LINES.decode().split("~\n")[:-1]).replace(b"*", b"|").replace(b":", b"<")
    data = GOOD + second.replace(b"000000001", b"000000002")
    begins = [e for e in events(data) if isinstance(e, InterchangeBegin)]
    assert [b.delimiters.element for b in begins] == [b"*", b"|"]
    assert rules(data) == []
    assert there_and_back(data) == data
