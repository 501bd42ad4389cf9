"""Reads canonical JSON: one document, or many behind one another, laid out in lines or not.

One document a line is the quick way. A document over several lines (as `jq` writes it) is put together until its
braces close. Memory is that of one document. What is wrong is said with its line, never with its content.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from ediport.cli.failures import CommandFailure

document_bytes_max: Final = 268_435_456
"""One JSON document longer than this is refused: it is held in memory as a whole."""

_TOKEN: Final = re.compile(rb'"(?:[^"\\\n]|\\.)*"|[{}\[\]]')
_DEPTH: Final = {b"{": 1, b"[": 1, b"}": -1, b"]": -1}

Document = tuple[int, dict[str, Any]]
"""The line that a document begins in (from 1), and the document."""


def documents(name: str, chunks: Iterable[bytes]) -> Iterator[Document]:
    """The documents of an input called `name`; raises `CommandFailure` where it is no JSON."""
    held: list[bytes] = []
    begin = size = depth = 0
    for number, line in enumerate(_lines(name, chunks), start=1):
        if not held:
            if not line.strip():
                continue
            document = _quick(line)
            if document is not None:
                yield number, _checked(name, number, document)
                continue
            begin = number
        held.append(line)
        size += len(line)
        _check_size(name, begin, size)
        depth += sum(_DEPTH.get(token, 0) for token in _TOKEN.findall(line))
        if depth <= 0:
            yield begin, _parsed(name, begin, b"".join(held))
            held, size, depth = [], 0, 0
    if held:
        yield begin, _parsed(name, begin, b"".join(held))


def _lines(name: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines with their ends; the last one may have none."""
    held: list[bytes] = []
    size, number, is_first = 0, 1, True
    for chunk in chunks:
        text = chunk.removeprefix(codecs.BOM_UTF8) if is_first else chunk
        is_first = False
        *whole, rest = text.split(b"\n")
        for part in whole:
            yield b"".join((*held, part, b"\n"))
            held, size = [], 0
            number += 1
        held.append(rest)
        size += len(rest)
        _check_size(name, number, size)
    if any(held):
        yield b"".join(held)


def _check_size(name: str, line: int, size: int) -> None:
    if size > document_bytes_max:
        mebibytes = document_bytes_max // 1_048_576
        raise CommandFailure(
            f"{name} line {line}: this document is longer than {mebibytes} MiB",
            "give one document a business unit: ediport translate --split unit",
        )


def _quick(line: bytes) -> Any:
    """The document when the line holds exactly one; else None."""
    if not line.rstrip().endswith((b"}", b"]")):
        return None
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _parsed(name: str, begin: int, text: bytes) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as fault:
        place = f"line {begin + fault.lineno - 1}, column {fault.colno}"
        hint = "for X12 there is `ediport translate`" if text.lstrip().startswith(b"ISA") else ""
        raise CommandFailure(f"{name} {place}: this is no JSON ({fault.msg})", hint) from fault
    except UnicodeDecodeError as fault:
        line = begin + text.count(b"\n", 0, fault.start)
        raise CommandFailure(f"{name} line {line}: this is no UTF-8 text") from fault
    except ValueError as fault:
        raise CommandFailure(f"{name} line {begin}: a number has too many digits") from fault
    except RecursionError as fault:
        raise CommandFailure(
            f"{name} line {begin}: lists or objects are nested too deep"
        ) from fault
    return _checked(name, begin, document)


def _checked(name: str, line: int, document: Any) -> dict[str, Any]:
    if isinstance(document, dict):
        return document
    hint = "canonical JSON is one object a document, as `ediport translate` writes it"
    if isinstance(document, list):
        hint = f"give its members one a line: jq -c '.[]' {name} | ediport build -"
    raise CommandFailure(f"{name} line {line}: this is no JSON object", hint)
