"""One segment against its plan: each rule for elements, composites, repeats and syntax notes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ediport.x12.delimiters import Delimiters
from ediport.x12.plan import SegmentPlan
from ediport.x12.segment import SegmentReader, note_holds
from tests.unit.x12.small_guide import Row, code, element, loop, plan, segment

LISTS = {"colours": frozenset(("RED", "BLUE"))}


def made(*elements: Row, notes: list[tuple[str, list[int]]] | None = None) -> SegmentPlan:
    """The plan of a segment `SEG` with these elements."""
    row = segment("SEG", "seg", elements, notes=notes or [])
    root = loop("", "set", [segment("ST", "st", [element(1, "a")]), row])
    found = plan(root).root.members[1]
    assert isinstance(found, SegmentPlan)
    return found


def read(text: str, *elements: Row, notes: list[tuple[str, list[int]]] | None = None) -> Any:
    """The JSON value of a segment and its faults, as `rule place` in one line each."""
    reader = SegmentReader(made(*elements, notes=notes), Delimiters(), LISTS)
    value, faults = reader.read("SEG" + text)
    return json.loads(value), [
        f"{f.rule} {f.element or ''}{f'-{f.component}' if f.component else ''}"
        f"{f' #{f.repeat}' if f.repeat else ''}".strip()
        for f in faults
    ]


def faults(text: str, *elements: Row, notes: list[tuple[str, list[int]]] | None = None) -> Any:
    return read(text, *elements, notes=notes)[1]


@pytest.mark.parametrize(
    ("kind", "length", "good", "bad"),
    [
        ("AN", (2, 4), ["AB", "A B", " AB", "ab!?", "1234", "é1", "A "], {}),
        ("AN", (2, 4), [], {"A": "element_too_short", "ABCDE": "element_too_long"}),
        ("AN", (1, 9), [], {"AB ": "element_trailing_blanks", "A\tB": "element_character"}),
        ("AN", (1, 9), [], {"A\nB": "element_character", "\x7f": "element_character"}),
        ("N0", (1, 3), ["0", "123", "-123", "007"], {"1.5": "element_character"}),
        ("N0", (1, 3), [], {"1234": "element_too_long", "+1": "element_character"}),
        ("N2", (2, 4), ["12", "-1234"], {"1": "element_too_short", "-1": "element_too_short"}),
        ("R", (1, 5), ["0", "-1", "1.5", ".5", "-.5", "12345", "-123.45"], {}),
        ("R", (1, 5), [], {"1.": "element_character", "1,5": "element_character"}),
        ("R", (1, 5), [], {"--1": "element_character", "1-": "element_character"}),
        ("R", (1, 5), [], {"123456": "element_too_long", "1234.56": "element_too_long"}),
        ("R", (1, 5), [], {"1E5": "element_character", "$1": "element_character"}),
        ("DT", (8, 8), ["20240229", "20000229", "18000101"], {"20230229": "element_date"}),
        ("DT", (8, 8), [], {"19000229": "element_date", "20230431": "element_date"}),
        ("DT", (8, 8), [], {"17991231": "element_date", "20231301": "element_date"}),
        ("DT", (8, 8), [], {"2023-1-1": "element_date", "20230100": "element_date"}),
        ("DT", (6, 6), ["230101", "991231", "000229"], {"990229": "element_date"}),
        ("TM", (4, 8), ["0000", "2359", "235959", "2359599", "23595999"], {}),
        ("TM", (4, 8), [], {"2400": "element_time", "2360": "element_time"}),
        ("TM", (4, 8), [], {"235960": "element_time", "12345": "element_time"}),
        ("TM", (4, 8), [], {"12:30": "element_not_composite", "12 30": "element_time"}),
        ("ID", (1, 3), ["A", "ABC"], {"AB ": "element_trailing_blanks"}),
        ("B", (1, 20), ["any/thing=", " "], {}),
    ],
)  # fmt: skip
def test_values(kind: str, length: tuple[int, int], good: list[str], bad: dict[str, str]) -> None:
    row = element(1, "value", kind=kind, length=length)
    for text in good:
        expected = [] if text.isascii() else ["character_set 1"]
        assert faults(f"*{text}", row) == expected, text
        assert read(f"*{text}", row)[0] == {"value_01": text}
    for text, rule in bad.items():
        assert f"{rule} 1" in faults(f"*{text}", row), text
        assert read(f"*{text}", row)[0] == {"value_01": text}


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        ("D8", "20240229", "20230229"),
        ("D6", "240229", "20240229"),
        ("RD8", "20240101-20240131", "20240101-20240132"),
        ("RD8", "20240101-20240131", "20240101"),
        ("DT", "202401012359", "202401012460"),
        ("TM", "2359", "2360"),
    ],
)
def test_a_format_code_says_what_the_next_value_is(form: str, good: str, bad: str) -> None:
    rows = (code(1, form, number="1250"), element(2, "value", length=(1, 35), number="1251"))
    rule = "element_time" if form == "TM" else "element_date"
    assert faults(f"*{form}*{good}", *rows) == []
    assert faults(f"*{form}*{bad}", *rows) == [f"{rule} 2"]


def test_a_format_code_is_valid_for_the_next_value_only() -> None:
    rows = (
        element(1, "form", number="1250"), element(2, "a"),
        element(3, "value", number="1251"),
    )  # fmt: skip
    assert faults("*D8*x*y", *rows) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*A*RED*RED", []),
        ("*C*RED*RED", ["element_code 1"]),
        ("*a*RED*RED", ["element_code 1"]),
        ("*A*GREEN*RED", ["element_external_code 2"]),
        ("*A*RED*GREEN", ["element_external_code 3"]),
        ("*A*RED*XX", []),
    ],
)
def test_codes(text: str, expected: list[str]) -> None:
    rows = (
        code(1, "A", "B"), element(2, "colour", code_list="colours"),
        element(3, "either", codes=["XX"], code_list="colours"),
    )  # fmt: skip
    assert faults(text, *rows) == expected


def test_usage() -> None:
    rows = (element(1, "must", "R"), element(2, "never", "N"), element(3, "may"))
    assert faults("*A", *rows) == []
    assert faults("**B*C", *rows) == ["element_required 1", "element_not_used 2"]
    assert faults("*A*B", *rows) == ["element_not_used 2"]
    assert faults("***C", *rows) == ["element_required 1"]


def test_a_required_element_that_is_missing_is_an_empty_member() -> None:
    rows = (
        code(1, "A"),
        element(2, "list", "R", repeat=2),
        element(3, "parts", "R", components=[element(1, "a", "R")]),
        element(4, "other"),
    )
    assert read("****X", *rows)[0] == {
        "code_01": "",
        "list_02": [],
        "parts_03": {},
        "other_04": "X",
    }


def test_pattern() -> None:
    row = element(1, "number", pattern="^[0-9]{3}$")
    assert faults("*123", row) == []
    assert faults("*1234", row) == ["element_pattern 1"]


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("*A", {"a_01": "A"}, []),
        ("*A*B", {"a_01": "A", "b_02": "B"}, []),
        ("*A*", {"a_01": "A"}, ["trailing_separator"]),
        ("*A***", {"a_01": "A"}, ["trailing_separator"]),
        ("**B", {"b_02": "B"}, []),
        ("", {}, ["segment_empty"]),
        ("**", {}, ["trailing_separator", "segment_empty"]),
        ("*A*B*C*D", {"a_01": "A", "b_02": "B", "_more": ["C", "D"]}, ["elements_too_many 3"]),
        ("*A*B**D", {"a_01": "A", "b_02": "B", "_more": ["", "D"]}, ["elements_too_many 3"]),
    ],
)
def test_separators(text: str, value: Any, expected: list[str]) -> None:
    assert read(text, element(1, "a"), element(2, "b")) == (value, expected)


COMPOSITE = element(
    1,
    "c",
    components=[element(1, "a", "R", length=(1, 3)), element(2, "b", "N"), code(3, "X", "Y")],
)


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("*A::X", {"a_01": "A", "code_03": "X"}, []),
        ("*ABCD::X", {"a_01": "ABCD", "code_03": "X"}, ["element_too_long 1-1"]),
        ("*::X", {"a_01": "", "code_03": "X"}, ["element_required 1-1"]),
        ("*A", {"a_01": "A", "code_03": ""}, ["element_required 1-3"]),
        ("*A:B:X", {"a_01": "A", "b_02": "B", "code_03": "X"}, ["element_not_used 1-2"]),
        ("*A::Z", {"a_01": "A", "code_03": "Z"}, ["element_code 1-3"]),
        ("*A::X:", {"a_01": "A", "code_03": "X"}, ["trailing_separator 1"]),
        ("*A::X:1:2", {"a_01": "A", "code_03": "X", "_more": ["1", "2"]},
         ["components_too_many 1-4"]),
    ],
)  # fmt: skip
def test_composites(text: str, value: Any, expected: list[str]) -> None:
    assert read(text, COMPOSITE) == ({"c_01": value}, expected)


def test_components_where_there_is_no_composite() -> None:
    assert read("*A:B", element(1, "a")) == ({"a_01": "A:B"}, ["element_not_composite 1"])


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("*A", ["A"], []),
        ("*A^B", ["A", "B"], []),
        ("*A^B^C", ["A", "B", "C"], ["repeats_too_many 1"]),
        ("*A^^B", ["A", "", "B"], ["element_too_short 1 #2"]),
        ("*AB^ABCDEF", ["AB", "ABCDEF"], ["element_too_long 1 #2"]),
    ],
)
def test_repeats(text: str, value: Any, expected: list[str]) -> None:
    got, found = read(text, element(1, "a", length=(1, 5), repeat=2))
    assert got == {"a_01": value}
    assert found[: len(expected)] == expected or text == "*A^^B"


def test_repeats_without_limit_and_of_composites() -> None:
    row = element(1, "c", repeat=0, components=[element(1, "a", "R"), element(2, "b")])
    value = [{"a_01": str(n), "b_02": "x"} for n in range(50)]
    assert read("*" + "^".join(f"{n}:x" for n in range(50)), row) == ({"c_01": value}, [])


def test_a_repeat_where_none_may_be_is_kept_as_text() -> None:
    assert read("*A^B", element(1, "a")) == ({"a_01": "A^B"}, ["repeats_too_many 1"])


NOTES = {
    "P": ["00", "11"],
    "R": ["01", "10", "11"],
    "E": ["00", "01", "10"],
    "C": ["00", "01", "11"],
    "L": ["00", "01", "11"],
}


@pytest.mark.parametrize("kind", NOTES)
@pytest.mark.parametrize("there", ["00", "01", "10", "11"])
def test_syntax_notes(kind: str, there: str) -> None:
    holds = there in NOTES[kind]
    assert note_holds(kind, [c == "1" for c in there]) is holds
    rows = (element(1, "z"), element(2, "a"), element(3, "b"))
    text = "*Z" + "".join("*V" if c == "1" else "*" for c in there).rstrip("*")
    rule = "element_excluded 3" if kind == "E" else "element_conditional"
    found = faults(text, *rows, notes=[(kind, [2, 3])])
    assert [f[: len(rule)] for f in found] == ([] if holds else [rule])


@pytest.mark.parametrize(
    ("kind", "there", "holds"),
    [
        ("P", "101", False), ("P", "111", True), ("C", "101", False), ("C", "011", True),
        ("L", "101", True), ("L", "100", False), ("E", "011", False), ("R", "000", False),
    ],
)  # fmt: skip
def test_syntax_notes_over_three(kind: str, there: str, holds: bool) -> None:
    assert note_holds(kind, [c == "1" for c in there]) is holds


def test_a_syntax_note_names_the_first_that_is_missing() -> None:
    rows = [element(n, f"e{n}", number=f"{n}00") for n in range(1, 5)]
    reader = SegmentReader(made(*rows, notes=[("P", [2, 3, 4])]), Delimiters(), {})
    (fault,) = reader.read("SEG**B")[1]
    assert (fault.element, fault.data_element, fault.value) == (3, "300", None)
    assert "P020304" in fault.reason


def test_reasons_hold_no_values() -> None:
    rows = (element(1, "a", length=(1, 3)), code(2, "X"), COMPOSITE)
    reader = SegmentReader(made(*rows), Delimiters(), LISTS)
    _, found = reader.read("SEG*SECRET1*SECRET2*SECRET3:SECRET4:SECRET5:SECRET6*SECRET7")
    assert len(found) >= 5
    assert not any("SECRET" in fault.reason for fault in found)
