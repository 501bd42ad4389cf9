"""Reading JSON documents: one a line, laid out, behind one another; and what is said when it is no JSON."""

import json
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ediport.cli import json_documents
from ediport.cli.failures import CommandFailure
from ediport.cli.json_documents import Document, documents

ONE = {"guide": "005010X222A1", "transaction": {"a": ["}", "{", '"', "\\"]}}
TWO = {"guide": "005010X221A1", "transaction": {}}


def read(text: str | bytes) -> list[Document]:
    data = text.encode() if isinstance(text, str) else text
    return list(documents("in.json", [data]))


def failure(text: str | bytes) -> CommandFailure:
    with pytest.raises(CommandFailure) as caught:
        read(text)
    return caught.value


def test_one_document_a_line() -> None:
    text = json.dumps(ONE) + "\n\n" + json.dumps(TWO) + "\n"
    assert read(text) == [(1, ONE), (3, TWO)]


def test_the_last_line_needs_no_end() -> None:
    assert read(json.dumps(ONE)) == [(1, ONE)]


def test_a_document_over_several_lines() -> None:
    assert read(json.dumps(ONE, indent=2)) == [(1, ONE)]


def test_laid_out_documents_behind_one_another() -> None:
    text = "\n".join(json.dumps(one, indent=2) for one in (ONE, TWO, ONE))
    assert [document for _, document in read(text)] == [ONE, TWO, ONE]
    assert [line for line, _ in read(text)] == [1, 12, 16]


def test_without_indentation() -> None:
    assert read(json.dumps(ONE, indent=0)) == [(1, ONE)]


def test_a_byte_order_mark_is_passed_over() -> None:
    assert read(b"\xef\xbb\xbf" + json.dumps(ONE).encode()) == [(1, ONE)]


def test_windows_line_ends() -> None:
    assert read(json.dumps(ONE, indent=1).replace("\n", "\r\n") + "\r\n") == [(1, ONE)]


def test_nothing_is_no_document() -> None:
    assert read("\n \n") == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.lists(st.dictionaries(st.text(), json_values, max_size=3), max_size=3),
    st.sampled_from([None, 0, 2]),
    st.booleans(),
    st.integers(1, 9),
)
def test_any_documents_come_back_however_the_bytes_are_cut(
    values: list[dict[str, object]], indent: int | None, is_ascii: bool, size: int
) -> None:
    text = "\n".join(json.dumps(v, indent=indent, ensure_ascii=is_ascii) for v in values).encode()
    chunks: Iterable[bytes] = (text[i : i + size] for i in range(0, len(text), size))
    assert [document for _, document in documents("in.json", chunks)] == values


def test_a_fault_is_said_with_line_and_column() -> None:
    fault = failure('{"a": 1}\n{"a": nonsense}\n')
    assert str(fault).startswith("in.json line 2, column 7: this is no JSON")


def test_a_fault_in_a_laid_out_document_is_said_with_its_own_line() -> None:
    fault = failure('{"a": 1}\n{\n  "a": 1,\n  "b" 2\n}\n')
    assert "line 4, column 7" in str(fault)


def test_a_fault_does_not_repeat_the_text() -> None:
    assert "DOE" not in str(failure('{"name": "DOE" "JANE"}'))


def test_what_is_never_closed_is_a_fault() -> None:
    assert "this is no JSON" in str(failure('{"a": [1,\n2'))


def test_a_list_is_answered_with_what_to_do() -> None:
    fault = failure('[{"a": 1}]\n')
    assert "no JSON object" in str(fault)
    assert "jq -c '.[]' in.json" in fault.hint


def test_another_value_is_no_document() -> None:
    assert "no JSON object" in str(failure("42\n"))


def test_x12_is_answered_with_the_right_command() -> None:
    assert "ediport translate" in failure("ISA*00*~").hint


def test_no_utf8_is_said_with_its_line() -> None:
    assert str(failure(b'{"a": 1}\n{"a": "\xff"}\n')) == "in.json line 2: this is no UTF-8 text"


def test_too_deep_nesting_is_said() -> None:
    depth = 200_000
    assert "nested too deep" in str(failure('{"a":' + "[" * depth + "]" * depth + "}"))


def test_too_many_digits_are_said() -> None:
    assert "too many digits" in str(failure('{"a": ' + "9" * 5_000 + "}"))


@pytest.mark.parametrize("indent", [None, 1])
def test_too_long_a_document_is_refused(
    monkeypatch: pytest.MonkeyPatch, indent: int | None
) -> None:
    monkeypatch.setattr(json_documents, "document_bytes_max", 1_000)
    text = json.dumps({"a": ["x"] * 1_000}, indent=indent).encode()
    chunks = (text[i : i + 100] for i in range(0, len(text), 100))
    with pytest.raises(CommandFailure, match="line 1: this document is longer") as caught:
        list(documents("in.json", chunks))
    assert "--split unit" in caught.value.hint
