"""Reads a transaction set that there is no guide for: its segments in order, syntax checked, nothing placed.

A segment becomes a list: its id, then its elements; a composite is a list of its components, a repeated element
an object with `_repeats`.
"""

from __future__ import annotations

import json

from ediport.x12 import limits
from ediport.x12.delimiters import Delimiters
from ediport.x12.envelope import SEGMENTS_KEY
from ediport.x12.events import DocumentText
from ediport.x12.places import Place
from ediport.x12.transaction import CONTROL_IDS, is_segment_id

REPEATS_KEY = "_repeats"

Element = str | list[str] | dict[str, list[str | list[str]]]


class GenericReader:
    """The same interface as `TransactionReader`."""

    def __init__(self, delimiters: Delimiters, place: Place, head: bytes, *, by_unit: bool) -> None:
        self._element = delimiters.element.decode("latin-1")
        self._component = delimiters.component.decode("latin-1")
        self._repetition = delimiters.repetition.decode("latin-1")
        self._place = place
        self._out: list[bytes] = []
        self._head = head
        self._by_unit = by_unit
        self._size = 0
        self.is_done = False
        self.trailer: tuple[str, ...] = ()

    def start(self, segment: bytes) -> None:
        """Takes the ST segment."""
        self._place.segment_ordinal = 1
        self._out.append(f'{{"{SEGMENTS_KEY}":['.encode())
        self._add(segment, "")

    def read(self, segments: list[bytes], index: int) -> int:
        """Takes segments from `index` on; returns the index of the first that it did not take."""
        separator = self._element.encode("latin-1")
        while index < len(segments) and not self.is_done:
            segment = segments[index]
            segment_id = segment.split(separator, 1)[0]
            if segment_id in CONTROL_IDS:
                break
            self._place.segment_in_file += 1
            self._place.segment_ordinal += 1
            self._add(segment, ",")
            if segment_id == b"SE":
                self._end(segment)
            index += 1
        return index

    def _add(self, segment: bytes, comma: str) -> None:
        text = decode(segment)
        parts: list[Element] = [self._value(e) for e in text.split(self._element)]
        name = parts[0] if isinstance(parts[0], str) else ""
        if not is_segment_id(name):
            self._place.find("segment_id_invalid", "the segment id is not 2 or 3 letters or digits")
        elif len(parts) == 1:
            self._place.find("segment_empty", "the segment has no elements", name)
        json_text = comma + json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
        self._out.append(json_text.encode())
        self._size += len(json_text)
        if self._by_unit and self._size > limits.unit_bytes_max:
            self._out.clear()

    def _value(self, element: str) -> Element:
        if self._repetition and self._repetition in element:
            return {REPEATS_KEY: [self._composite(e) for e in element.split(self._repetition)]}
        return self._composite(element)

    def _composite(self, element: str) -> str | list[str]:
        return element.split(self._component) if self._component in element else element

    def _end(self, segment: bytes) -> None:
        self.trailer = tuple(decode(segment).split(self._element)[1:])
        self.is_done = True
        self.finish()

    def finish(self) -> None:
        """Closes the list of segments; by units, the whole transaction set is one."""
        self._out.append(b"]}")
        if self._by_unit and self._fits():
            text = b"".join([self._head, *self._out, b"}\n"])
            last = self._place.segment_ordinal
            self._place.give([DocumentText(text, True, (), 1, 1, last)])

    def _fits(self) -> bool:
        if self._size <= limits.unit_bytes_max:
            return True
        self._place.find("unit_too_large", f"more than {limits.unit_bytes_max} bytes of JSON text")
        return False

    def take_text(self) -> bytes:
        """JSON text that is ready to leave."""
        if self._by_unit:
            return b""
        text = b"".join(self._out)
        self._out.clear()
        return text


def decode(segment: bytes) -> str:
    """UTF-8, or Latin-1 where it is none; characters that X12 does not have are findings elsewhere."""
    try:
        return segment.decode()
    except UnicodeDecodeError:
        return segment.decode("latin-1")
