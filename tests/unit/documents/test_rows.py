"""Cutting bytes into rows: the same rows however the bytes are cut, and no fault that spreads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ediport.documents.layout_model import FileShape
from ediport.documents.limits import row_bytes_max
from ediport.documents.rows import read_rows

PLAIN = FileShape()
SPANNING = FileShape(line_breaks_in_quotes=True)


def rows_of(data: bytes, shape: FileShape = PLAIN) -> list[tuple[int, list[str], str | None]]:
    return [(row.number, row.fields, row.rule) for row in read_rows([data], shape)]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends(end: bytes, last: bool) -> None:
    data = b"a,b" + end + b"1,2" + (end if last else b"")
    assert rows_of(data) == [(1, ["a", "b"], None), (2, ["1", "2"], None)]


def test_byte_order_mark_and_blank_rows() -> None:
    data = b"\xef\xbb\xbfa,b\n\n , \n1, 2 \n,,,\n"
    assert rows_of(data) == [(1, ["a", "b"], None), (4, ["1", "2"], None)]


def test_quotes_hold_delimiters_and_doubled_quotes() -> None:
    assert rows_of(b'"a, ""b""",c\n') == [(1, ['a, "b"', "c"], None)]


def test_other_delimiters_and_no_quotes() -> None:
    assert rows_of(b"a|b\tc\n", FileShape(delimiter="|")) == [(1, ["a", "b\tc"], None)]
    assert rows_of(b'a\t"b\n', FileShape(delimiter="\t", quote="")) == [(1, ["a", '"b'], None)]


@pytest.mark.parametrize("bad", [b'"open,2', b'"x"y,2', b'1,"'])
def test_an_unbalanced_quote_spoils_its_row_only(bad: bytes) -> None:
    for shape in (PLAIN, SPANNING):
        found = rows_of(b"a,b\n" + bad + b"\n3,4\n5,6\n", shape)
        assert found[1][2] == "row_quotes"
        assert found[2:] == [(3, ["3", "4"], None), (4, ["5", "6"], None)]


def test_a_quoted_field_may_span_lines_where_the_layout_says_so() -> None:
    found = rows_of(b'a,b\n"x\ny",2\n3,4\n', SPANNING)
    assert found == [(1, ["a", "b"], None), (2, ["x\ny", "2"], None), (3, ["3", "4"], None)]


def test_a_quote_that_is_never_closed_swallows_nothing() -> None:
    data = b'"open,1\n' + b"1,2\n" * 3000
    found = rows_of(data, SPANNING)
    assert found[0][2] == "row_quotes"
    assert len(found) == 3001
    assert all(rule is None for _, _, rule in found[1:])


def test_a_row_that_is_too_long_is_cut_and_the_next_is_whole() -> None:
    data = b"a,b\n" + b"x" * (3 * row_bytes_max) + b"\n1,2\n"
    pieces = [data[i : i + 1000] for i in range(0, len(data), 1000)]
    found = list(read_rows(pieces, PLAIN))
    assert [(row.number, row.rule) for row in found] == [(1, None), (2, "row_too_long"), (3, None)]
    assert sum(map(len, found[1].fields)) <= row_bytes_max


def test_nul_and_control_characters_and_wrong_encoding() -> None:
    found = rows_of(b"a,b\n1,\0\n2,\x07\n3,\xff\n4,5\n")
    rules = ["row_nul", "row_control_character", "row_encoding", None]
    assert [rule for _, _, rule in found[1:]] == rules
    assert found[3][1] == ["3", "\ufffd"]


def test_other_encodings() -> None:
    data = "a\nZoë\n"
    assert rows_of(data.encode("windows-1252"), FileShape(encoding="windows-1252"))[1][1] == ["Zoë"]
    assert rows_of(data.encode(), FileShape(fold_accents=True))[1][1] == ["Zoe"]


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe" + "a,b\n".encode("utf-16-le"),
        b"\xfe\xff" + "a,b\n".encode("utf-16-be"),
        b"PK\x03\x04rest",
        b"\x1f\x8b\x08rest",
        b"%PDF-1.7",
    ],
)
def test_what_is_no_text_file(data: bytes) -> None:
    assert [rule for _, _, rule in rows_of(data)] == ["file_not_text"]


def test_nothing() -> None:
    assert rows_of(b"") == []
    assert list(read_rows([], PLAIN)) == []


@given(st.binary(max_size=300), st.integers(1, 40), st.booleans())
def test_any_bytes_give_the_same_rows_however_they_are_cut(
    data: bytes, size: int, spanning: bool
) -> None:
    shape = SPANNING if spanning else PLAIN
    pieces = [data[i : i + size] for i in range(0, len(data), size)]
    cut = [(row.number, row.fields, row.rule) for row in read_rows(pieces, shape)]
    assert cut == rows_of(data, shape)


@given(st.text(alphabet='ab,"\n\r \u00e9', max_size=120), st.integers(1, 9))
def test_any_text_gives_the_same_rows_however_it_is_cut(text: str, size: int) -> None:
    data = text.encode()
    pieces = [data[i : i + size] for i in range(0, len(data), size)]
    cut = [(row.number, row.fields, row.rule) for row in read_rows(pieces, SPANNING)]
    assert cut == rows_of(data, SPANNING)
