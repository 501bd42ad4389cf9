"""Cuts the bytes of a flat file into rows of fields. Rows are numbered from 1, as a spreadsheet shows them.

Whatever the bytes are, every row comes out, with a rule of `reject_rules` where it cannot be
trusted. A quote that is never closed spoils its own row only: the lines that it swallowed are read
again.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ediport.documents.forms import folded
from ediport.documents.layout_model import FileShape
from ediport.documents.limits import row_bytes_max, row_lines_max

UTF16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
ARCHIVE_MARKS: Final = (b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"%PDF")
"""How ZIP files and workbooks, gzip files, old workbooks and PDF documents begin."""

_CONTROL: Final = re.compile(rb"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(slots=True)
class Row:
    """One row: its number, its trimmed fields as well as they could be read, the rule it breaks if any."""

    number: int
    fields: list[str]
    rule: str | None = None


def read_rows(chunks: Iterable[bytes], shape: FileShape) -> Iterator[Row]:
    """The rows that are not blank; a file that is no text gives one row with the rule `file_not_text`."""
    lines = _Lines(_without_mark(chunks))
    for number, line in enumerate(lines, start=1):
        if number == 1 and line.startswith((*UTF16_MARKS, *ARCHIVE_MARKS)):
            yield Row(1, [], "file_not_text")
            return
        row = _row(line, number, lines, shape)
        if any(row.fields) or row.rule:
            yield row


class _Lines:
    """Lines without their ends (LF, CRLF, or CR alone where the file has no other), and taken lines back."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._lines = _split(chunks)
        self._returned: deque[bytes] = deque()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return self._returned.popleft() if self._returned else next(self._lines)

    def give_back(self, lines: list[bytes]) -> None:
        """Makes these the next lines."""
        self._returned.extendleft(reversed(lines))


def _without_mark(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks without a UTF-8 byte order mark at the very beginning."""
    head = b""
    source = iter(chunks)
    for chunk in source:
        head += chunk
        if len(head) >= len(codecs.BOM_UTF8):
            break
    yield head.removeprefix(codecs.BOM_UTF8)
    yield from source


def _split(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines; of one that is too long, only its first `row_bytes_max` + 1 bytes."""
    end, tail = b"", b""
    for chunk in chunks:
        tail += chunk
        if not end:
            end = _line_end(tail)
        if not end:
            tail = tail[: row_bytes_max + 1]
            continue
        *lines, rest = tail.split(end)
        for line in lines:
            yield line[: row_bytes_max + 1].removesuffix(b"\r")
        tail = rest[: row_bytes_max + 1]
    if tail:
        yield from (line.removesuffix(b"\r") for line in tail.split(end or b"\n"))


def _line_end(text: bytes) -> bytes:
    """LF where there is one; CR where something else than LF follows it first."""
    feed, ret = text.find(b"\n"), text.find(b"\r")
    if ret < 0 or (feed >= 0 and feed <= ret + 1):
        return b"\n" if feed >= 0 else b""
    return b"\r" if ret + 1 < len(text) else b""


def _row(line: bytes, number: int, lines: _Lines, shape: FileShape) -> Row:
    if len(line) > row_bytes_max:
        return Row(number, _loose_fields(line[:row_bytes_max], shape), "row_too_long")
    if b"\0" in line:
        return Row(number, _loose_fields(line, shape), "row_nul")
    taken: list[bytes] = []
    try:
        fields = next(_reader(_texts(line, lines, taken, shape), shape))
    except UnicodeDecodeError:
        lines.give_back(taken)
        return Row(number, _loose_fields(line, shape), "row_encoding")
    except csv.Error:
        lines.give_back(taken)
        return Row(number, _loose_fields(line, shape), "row_quotes")
    fields = list(map(str.strip, fields))
    if shape.fold_accents and not line.isascii():
        fields = list(map(folded, fields))
    control = any(map(_CONTROL.search, (line, *taken)))
    return Row(number, fields, "row_control_character" if control else None)


def _texts(line: bytes, lines: _Lines, taken: list[bytes], shape: FileShape) -> Iterator[str]:
    """The line, and the next ones for as long as the reader asks for them, within the limits."""
    yield line.decode(shape.encoding) + "\n"
    size = len(line)
    while shape.line_breaks_in_quotes and len(taken) < row_lines_max:
        following = next(lines, None)
        if following is None:
            return
        taken.append(following)
        size += len(following)
        if size > row_bytes_max:
            return
        yield following.decode(shape.encoding) + "\n"


def _reader(texts: Iterable[str], shape: FileShape) -> Iterator[list[str]]:
    if not shape.quote:
        return csv.reader(texts, delimiter=shape.delimiter, quoting=csv.QUOTE_NONE, strict=True)
    return csv.reader(texts, delimiter=shape.delimiter, quotechar=shape.quote, strict=True)


def _loose_fields(line: bytes, shape: FileShape) -> list[str]:
    """The fields of a row that cannot be read rightly, for its key and for the reject report."""
    text = line.decode(shape.encoding, errors="replace").replace("\0", "\ufffd")
    try:
        fields = next(csv.reader([text], delimiter=shape.delimiter, quotechar=shape.quote or None))
    except csv.Error:
        fields = text.split(shape.delimiter)
    return [field.strip() for field in fields]
