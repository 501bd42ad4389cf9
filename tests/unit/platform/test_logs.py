"""Log lines hold what the allow-list lets through, whoever writes them."""

from __future__ import annotations

import ast
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ediport import logs
from ediport.x12.errors import Defect

MARKER = "MARKER-OSTERHAUS"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logs.configure("debug", stream)
    yield stream
    logs.configure("info")


def rows(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_has_its_event_and_the_allowed_members(lines: io.StringIO) -> None:
    logs.get("bridge").info("file_done", units=3, submitter="clinic", name=MARKER)
    (row,) = rows(lines)
    assert row.pop("time").endswith("Z")
    assert row == {
        "log": "info",
        "event": "file_done",
        "service": "bridge",
        "units": 3,
        "submitter": "clinic",
        "dropped": 1,
    }


@pytest.mark.parametrize(
    "value",
    ["JOHN DOE", "a\nb", "x" * 1000, "naïve", "A|B", "'; --", {"k": "two words"}, ["two words"]],
)
def test_a_value_that_is_no_id_is_masked(lines: io.StringIO, value: object) -> None:
    logs.get("bridge").info("file_done", code=value)
    assert "***" in json.dumps(rows(lines)[0]["code"])


def test_an_event_name_comes_from_the_code(lines: io.StringIO) -> None:
    logs.get("bridge").info(f"taken {MARKER}")
    assert rows(lines)[0]["event"] == "***"
    assert MARKER not in lines.getvalue()


def test_an_exception_shows_class_and_place_never_foreign_text(lines: io.StringIO) -> None:
    try:
        try:
            int(MARKER)
        except ValueError as error:
            raise Defect("the count is no number") from error
    except Defect:
        logs.get("bridge").exception("file_failed")
    (row,) = rows(lines)
    assert row["error_chain"] == ["Defect", "ValueError"]
    assert row["reason"] == ["the count is no number"]
    assert any("test_logs.py" in place for place in row["at"])
    assert MARKER not in lines.getvalue()


def test_other_libraries_lose_their_text(lines: io.StringIO) -> None:
    logging.getLogger("httpx").warning("GET https://example.test/%s", MARKER)
    (row,) = rows(lines)
    assert (row["event"], row["service"], row["log"]) == ("library", "httpx", "warning")
    assert MARKER not in lines.getvalue()


def test_our_own_rooms_keep_theirs_with_masked_arguments(lines: io.StringIO) -> None:
    logging.getLogger("ediport.messaging").warning("parked from %s: %s", "edi.requests", "Ünsafe")
    (row,) = rows(lines)
    assert row["text"] == "parked from %s: %s"
    assert row["arguments"] == ["edi.requests", "***"]


def test_unconfigured_logs_are_masked_too(capsys: pytest.CaptureFixture[str]) -> None:
    import structlog

    structlog.reset_defaults()
    logs.get("bridge").info("file_done", name=MARKER, code="JOHN DOE")
    printed = capsys.readouterr().out
    assert json.loads(printed)["code"] == "***"
    assert MARKER not in printed


def test_the_level_is_kept() -> None:
    stream = io.StringIO()
    logs.configure("warning", stream)
    logs.get("bridge").info("file_done")
    assert stream.getvalue() == ""
    logs.configure("info")


def test_every_member_that_the_code_logs_is_allowed() -> None:
    """A member that is not on the list would be dropped without a word."""
    root = Path(logs.__file__).resolve().parents[1]
    sources = [*root.glob("services/**/*.py"), *root.glob("ediport/**/*.py")]
    used = {
        (node.args[0].value, keyword.arg)
        for source in sources
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _is_log_call(node)
        if node.args and isinstance(node.args[0], ast.Constant)
        for keyword in node.keywords
    }
    assert len(used) > 20
    assert not {row for row in used if row[1] not in logs.ALLOWED | {"exc_info"}}


def _is_log_call(node: ast.Call) -> bool:
    return (
        isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("_log", "log")
    )
