"""Cuts the bytes of a file into segments.

The separators of each interchange come from its own ISA segment (X12.5): any byte may be one. Segments leave
in batches, without their terminator; how the input was cut into chunks makes no difference to them.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import Final

from ediport.x12 import limits
from ediport.x12.delimiters import Delimiters
from ediport.x12.errors import Unreadable

ISA_BYTES: Final = 106
ISA_ELEMENTS: Final = 16
_ISA_BYTES_MAX: Final = 512
"""An ISA whose elements have other lengths than they should is still looked for within this many bytes."""
_HEADER_START_BYTES: Final = 4
"""What may turn out to be the start of a header: the byte before `ISA`, which tells, and `ISA`."""
_WINDOW_BYTES_MIN: Final = 4_096
_WINDOW_BYTES_MAX: Final = 262_144
"""How much is cut into segments at once: little at the start of an interchange, then more."""
_REPETITION_SINCE: Final = b"00402"
_UTF8_MARK: Final = codecs.BOM_UTF8
_UTF16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF16_HEADERS: Final = {"ISA".encode(name): name for name in ("utf-16-le", "utf-16-be")}
"""How UTF-16 text begins that has no byte order mark."""
_MARK_BYTES: Final = 6
_BLANKS: Final = b" \t\r\n\x00\x1a"
_LETTERS: Final = bytes(c for c in range(256) if bytes((c,)).isalnum())


@dataclass(frozen=True, slots=True)
class Header:
    """The ISA segment: its 16 elements and the separators that it declares."""

    elements: tuple[bytes, ...]
    delimiters: Delimiters


class Lexer:
    """Feed it bytes; take the `header` of an interchange, then `segments` until its IEA, then `finish` it.

    `notes` collects rule ids of what it skipped (`byte_order_mark`, `leading_bytes`, ...), for the reader to
    report. `line_end_varied` counts segments that ended otherwise than the first did. `has_blanks`: there
    were blanks before segments. `has_more` says that
    `segments` can be called again without more input.
    """

    def __init__(self) -> None:
        self._buffer = b""
        self._closed = False
        self._started = False
        self._has_data = False
        self._utf16: codecs.IncrementalDecoder | None = None
        self._header: Header | None = None
        self._strip = b""
        self._blanks: tuple[bytes, ...] = ()
        self.has_blanks = False
        self._stop = b""
        self._raw: list[bytes] | None = None
        self._is_mid_stop = False
        self._last_parts: list[bytes] = []
        self._window = _WINDOW_BYTES_MIN
        self._is_too_long = False
        self._has_broken_header = False
        self.has_more = False
        self.notes: list[str] = []
        self.line_end_varied = 0
        self.is_unterminated = False

    def feed(self, data: bytes) -> None:
        """Takes the next bytes of the input, in pieces of any size."""
        if self._utf16 is not None:
            data = self._utf16.decode(data).encode()
        self._buffer += data
        self._has_data = self._has_data or bool(data.strip(_BLANKS))
        if not self._started:
            self._skip_marks()

    def close(self) -> None:
        """Says that no more bytes will come."""
        self._closed = True
        self._started = True

    @property
    def is_closed(self) -> bool:
        return self._closed

    @property
    def is_empty(self) -> bool:
        """True when the input held nothing but blanks."""
        return not self._has_data

    def _skip_marks(self) -> None:
        if len(self._buffer) < _MARK_BYTES:
            return
        self._started = True
        if self._buffer.startswith(_UTF8_MARK):
            self._buffer = self._buffer[len(_UTF8_MARK) :]
            self.notes.append("byte_order_mark")
        elif self._buffer.startswith((*_UTF16_MARKS, *_UTF16_HEADERS)):
            name = _UTF16_HEADERS.get(self._buffer[:_MARK_BYTES], "utf-16")
            self._utf16 = codecs.getincrementaldecoder(name)(errors="replace")
            self._buffer = self._utf16.decode(self._buffer).encode()
            self.notes.append("utf16_text")

    def header(self) -> Header | None:
        """The next interchange header; None when more bytes are needed or, once closed, when there is none.

        Raises Unreadable when an ISA is there whose separators cannot be told.
        """
        if not self._started or not self._find_header():
            return None
        self._header = self._parse_header()
        return self._header

    def _find_header(self) -> bool:
        """Moves the buffer to the next ISA that can be a header; false when it is not (yet) there."""
        rest = self._buffer.lstrip(_BLANKS)
        place = rest.find(b"ISA")
        may_grow = False
        while place >= 0:
            text = rest[place : place + _ISA_BYTES_MAX]
            may_grow = len(text) < _ISA_BYTES_MAX and not self._closed
            if may_grow or _can_be_header(text):
                break
            is_word = rest[place - 1 : place].isalnum() if place else False
            if not is_word and text[3:4].strip(_LETTERS):
                self._has_broken_header = True
            place = rest.find(b"ISA", place + 1)
        else:
            self._drop_before_header(rest)
            return False
        # The byte before tells a header from the end of a word, so it stays until that is known.
        kept = max(place - 1, 0) if may_grow else place
        if kept > 0:
            self._note_leading()
        self._buffer = rest[kept:]
        self._has_broken_header = self._has_broken_header and may_grow
        return not may_grow

    def _drop_before_header(self, rest: bytes) -> None:
        is_too_much = len(rest) > limits.leading_bytes_max
        if self._closed and self._has_broken_header:
            raise Unreadable("header_broken", "the ISA segment does not have its 16 elements")
        if rest and (self._closed or is_too_much):
            self._note_leading()
        if self._closed:
            self._buffer = b""
        elif is_too_much:
            self._buffer = rest[-_HEADER_START_BYTES:]

    def _note_leading(self) -> None:
        if "leading_bytes" not in self.notes:
            self.notes.append("leading_bytes")

    def _parse_header(self) -> Header:
        text = self._buffer
        element = text[3:4]
        fields = text[: _ISA_BYTES_MAX + 8].split(element, ISA_ELEMENTS)
        tail = fields[ISA_ELEMENTS]
        component, terminator = tail[:1], tail[1:2]
        size = sum(len(field) + 1 for field in fields[:ISA_ELEMENTS]) + 2
        after = text[size : size + 2]
        line_end = _line_end(after, terminator)
        version, declared = fields[12], fields[11]
        repeats = version >= _REPETITION_SINCE and len(declared) == 1 and not declared.isalnum()
        delimiters = Delimiters(
            element, component, declared if repeats else b"", terminator, line_end
        )
        self._strip = bytes(c for c in b"\r\n" if c != terminator[0])
        used = element + component + declared + terminator
        self._blanks = tuple(b for b in (b" ", b"\t") if b not in used)
        self.has_blanks = False
        self._stop = terminator + line_end
        self._buffer = text[size + len(line_end) :]
        self.line_end_varied = 0
        self.is_unterminated = False
        self._window = _WINDOW_BYTES_MIN
        return Header((*fields[1:ISA_ELEMENTS], component), delimiters)

    def segments(self) -> list[bytes]:
        """The segments that are complete by now; after `close` also a last one without its terminator."""
        header = self._header
        if header is None:
            return []
        if self._is_too_long:
            raise Unreadable("segment_too_long", "no segment terminator is found for too long")
        terminator = header.delimiters.segment
        data, held = self._window_of(terminator)
        self.has_more = bool(held)
        parts = self._regular_parts(data, terminator)
        if parts is None:
            parts = self._irregular_parts(data, terminator)
        if len(data) > limits.segment_bytes_max:
            parts = self._until_too_long(parts)
        self._buffer = parts.pop() + held
        if self.has_more:
            if self._raw is not None:
                self._raw[-1] += held
        elif self._closed and not any(self._is_named(part, b"IEA") for part in parts):
            parts.extend(self._unterminated())
        self._last_parts = parts
        return parts

    def _until_too_long(self, parts: list[bytes]) -> list[bytes]:
        """The parts before one that is longer than any segment may be, whose turn comes with the next call."""
        for index, part in enumerate(parts):
            if len(part.lstrip(self._strip)) > limits.segment_bytes_max:
                self._is_too_long = self.has_more = True
                return [*parts[:index], b""]
        return parts

    def _window_of(self, terminator: bytes) -> tuple[bytes, bytes]:
        """The bytes to cut now and those for later: many small interchanges must not each cut the whole rest."""
        size = self._window
        self._window = min(size * 2, _WINDOW_BYTES_MAX)
        if len(self._buffer) <= size:
            return self._buffer, b""
        cut = self._buffer.find(self._stop, size)
        if cut >= 0:
            cut += len(self._stop)
        else:
            cut = self._buffer.find(terminator, size) + 1
        return (self._buffer[:cut], self._buffer[cut:]) if cut > 0 else (self._buffer, b"")

    def _regular_parts(self, data: bytes, terminator: bytes) -> list[bytes] | None:
        """The parts when every terminator and every line end belongs to a full stop; else None."""
        if self._is_mid_stop and data.startswith(self._stop[1:]):
            data = data[len(self._stop) - 1 :]
        elif self._is_mid_stop or (self._closed and not self.has_more):
            return None
        if any(data.startswith(b) or self._stop + b in data for b in self._blanks):
            return None
        parts = data.split(self._stop)
        ends = len(parts) - 1
        if data.count(terminator) != ends:
            return None
        for code in self._strip:
            byte = bytes((code,))
            if data.count(byte) != (ends if byte in self._stop else 0):
                return None
        self._raw = None
        self._is_mid_stop = False
        return parts

    def _irregular_parts(self, data: bytes, terminator: bytes) -> list[bytes]:
        """Parts cut at bare terminators; the last, incomplete one keeps what stands before it."""
        raw = self._raw = data.split(terminator)
        expected = self._stop[1:] if self._is_mid_stop else b""
        out: list[bytes] = []
        is_inside = True
        for part in raw[:-1]:
            clean = part.lstrip(self._strip + b"".join(self._blanks))
            before = part[: len(part) - len(clean)]
            is_inside = is_inside and not self._is_named(clean, b"ISA")
            if is_inside and before.translate(None, b"".join(self._blanks)) != expected:
                self.line_end_varied += 1
            if is_inside and before.strip(self._strip):
                self.has_blanks = True
            is_inside = is_inside and not self._is_named(clean, b"IEA")
            expected = self._stop[1:]
            out.append(clean)
        self._is_mid_stop = self._is_mid_stop or bool(out)
        return [*out, raw[-1]]

    def _is_named(self, segment: bytes, name: bytes) -> bool:
        assert self._header is not None
        return segment.startswith(name) and segment[3:4] in (b"", self._header.delimiters.element)

    def _unterminated(self) -> list[bytes]:
        rest = self._buffer.strip(_BLANKS)
        if not rest:
            return []
        self._buffer = b""
        self.is_unterminated = True
        return [rest]

    def finish(self, unused: int) -> bytes:
        """Ends the interchange and gives its last `unused` segments back; returns the line end after its IEA."""
        raw, terminator = self._raw, self._stop[:1]
        self._header = None
        self._is_mid_stop = False
        if self.is_unterminated and not unused:
            return b""
        if raw is None:
            back, taken = self._unused_regular(unused), self._stop[1:]
        else:
            complete = len(raw) if self.is_unterminated else len(raw) - 1
            back, taken = terminator.join(raw[complete - unused :]), b""
        self.is_unterminated = False
        self._buffer = back
        return taken

    def _unused_regular(self, unused: int) -> bytes:
        last = self._last_parts[len(self._last_parts) - unused :]
        return b"".join(part + self._stop for part in last) + self._buffer

    def blank_tail(self) -> bytes | None:
        """Blank bytes up to the next ISA or the end of input; None while more input is needed to know."""
        rest = self._buffer.lstrip(_BLANKS)
        if not rest and not self._closed:
            return None
        return self._buffer[: len(self._buffer) - len(rest)]


def _can_be_header(text: bytes) -> bool:
    """Whether 16 elements follow ISA, the twelfth of them a version number, and a terminator."""
    fields = (
        text.split(text[3:4], ISA_ELEMENTS) if len(text) > 3 and not text[3:4].isalnum() else []
    )
    return len(fields) > ISA_ELEMENTS and len(fields[-1]) >= 2 and fields[12].strip().isdigit()


def _line_end(after: bytes, terminator: bytes) -> bytes:
    for candidate in (b"\r\n", b"\n", b"\r"):
        if after.startswith(candidate) and terminator not in candidate:
            return candidate
    return b"\n" if terminator == b"\r" and after.startswith(b"\n") else b""
