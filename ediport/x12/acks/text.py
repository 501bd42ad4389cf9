"""Text of acknowledgments between its making and its leaving: one segment a line, with neutral
separators.

Rules: a line holds printable ASCII and the two marks below, so that it can be kept in a spool and
be written with any separators later; a character that is one of those separators is replaced then.
Nothing here knows a code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Protocol

from ediport.x12.delimiters import Delimiters

ELEMENT_MARK: Final = "\x1f"
COMPONENT_MARK: Final = "\x1e"
_REPLACEMENTS: Final = b"?.-_#"
_OUTSIDE: Final = re.compile("[^\x20-\x7e]")


class Spool(Protocol):
    """Where the text of one interchange's acknowledgments waits: `io.BytesIO`, a temporary file,
    ...
    """

    def write(self, data: bytes, /) -> int: ...

    def readline(self) -> bytes: ...

    def tell(self) -> int: ...

    def seek(self, offset: int, /) -> int: ...

    def truncate(self) -> object: ...

    def close(self) -> None: ...


def is_plain(value: str) -> bool:
    """True when the value is printable ASCII without blanks at its end, and not empty."""
    return bool(value) and _OUTSIDE.search(value) is None and not value.endswith(" ")


def clean(value: str, characters_max: int) -> str:
    """The value as an acknowledgment may hold it: printable ASCII, cut, no blanks at its end."""
    return _OUTSIDE.sub("?", value)[:characters_max].rstrip(" ")


def composite(*components: str | int | None) -> str:
    """Components joined; empty ones at the end are left out."""
    parts = ["" if part is None else str(part) for part in components]
    return COMPONENT_MARK.join(parts).rstrip(COMPONENT_MARK)


def line(segment_id: str, *elements: str | int | None) -> bytes:
    """One segment as a line with its line feed; empty elements at the end are left out."""
    parts = ["" if element is None else str(element) for element in elements]
    text = ELEMENT_MARK.join((segment_id, *parts)).rstrip(ELEMENT_MARK)
    return text.encode("ascii") + b"\n"


def elements_of(text: bytes) -> list[str]:
    """The elements of a line, its segment identifier first."""
    return text.decode("ascii").rstrip("\n").split(ELEMENT_MARK)


def value_at(header: Sequence[str], position: int) -> str:
    """An element of a received header by its position from 1; empty where it is missing."""
    return header[position - 1] if len(header) >= position else ""


def translation(delimiters: Delimiters) -> bytes:
    """Table for `bytes.translate` from neutral text to text with these separators.

    A separator that occurs as data becomes a character that is no separator.
    """
    used = delimiters.element, delimiters.component, delimiters.repetition, delimiters.segment
    taken = b"".join(used)
    harmless = next(byte for byte in _REPLACEMENTS if byte not in taken)
    table = bytearray(range(256))
    for byte in taken:
        table[byte] = harmless
    table[ord(ELEMENT_MARK)] = delimiters.element[0]
    table[ord(COMPONENT_MARK)] = delimiters.component[0]
    return bytes(table)
