"""The interchange around acknowledgments: ISA, GS, ST, SE, GE and IEA, with the parties of the
received one swapped.

Rules: control numbers are drawn from the caller's sequence when their header is written, so an
answer that is never written costs none; date and time are the caller's; counts are kept here and
nowhere else. A group or interchange that would need more digits for its count than it has is closed
and another one begun.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from ediport.x12.acks.options import AckOptions
from ediport.x12.acks.text import clean, elements_of, line, translation, value_at
from ediport.x12.delimiters import Delimiters
from ediport.x12.envelope import VERSIONS
from ediport.x12.writer import ControlNumbers

piece_bytes: Final = 65_536
"""Text leaves in pieces of about this size."""

sets_per_group_max: Final = 999_999
"""GE01 has six digits."""

groups_per_interchange_max: Final = 99_999
"""IEA01 has five digits."""

GROUP_MARK: Final = "GS"
FIRST_WITH_REPETITION: Final = "00402"
"""From this version on ISA11 is a separator; before, it names the standard (`U`)."""

FIRST_WITH_LONG_DATE: Final = "004010"
"""From this release on GS04 has eight digits."""

ANSWER_VERSION: Final = "00501"
OLD_VERSION: Final = "00401"

_INTERCHANGE_ID_CHARACTERS: Final = 15
_APPLICATION_CODE: Final = (2, 15)
_NO_INFORMATION: Final = b" " * 10
_NO_REPETITION: Final = b"U"
_UNKNOWN_PARTY: Final = "UNKNOWN"
_QUALIFIER: Final = re.compile("[A-Z0-9]{2}")
_VERSION: Final = re.compile("[0-9]{5}")
_REPETITIONS: Final = (b"^", b"!", b"{", b"}", b"%")


@dataclass(frozen=True, slots=True)
class AnswerEnvelope:
    """ISA and separators of an answer; the sender is who answers."""

    sender_qualifier: str
    sender: str
    receiver_qualifier: str
    receiver: str
    version: str
    usage: str
    delimiters: Delimiters

    def application_codes(self, header: Sequence[str]) -> tuple[str, str]:
        """GS02 and GS03, from the received GS; the interchange ids where those are unusable."""
        return (
            _application_code(value_at(header, 3), self.sender),
            _application_code(value_at(header, 2), self.receiver),
        )


def answer_envelope(
    header: Sequence[str], received: Delimiters, version: str, options: AckOptions
) -> AnswerEnvelope:
    """The envelope for the answer to an ISA: parties swapped, usage and separators kept."""
    usage = options.usage or value_at(header, 15)
    return AnswerEnvelope(
        sender_qualifier=_qualifier(value_at(header, 7)),
        sender=_interchange_id(value_at(header, 8)),
        receiver_qualifier=_qualifier(value_at(header, 5)),
        receiver=_interchange_id(value_at(header, 6)),
        version=version,
        usage=usage if usage in ("P", "T") else "P",
        delimiters=_usable(options.delimiters or received, version),
    )


def version_of(header: Sequence[str]) -> str:
    """ISA12 where it is one, else the version of our own answers."""
    version = value_at(header, 12)
    return version if _VERSION.fullmatch(version) else ANSWER_VERSION


def version_to_answer(header: Sequence[str]) -> str:
    """ISA12 of an answer that is no 999: the received one, or the nearest that there is."""
    version = version_of(header)
    if version in VERSIONS:
        return version
    return ANSWER_VERSION if version >= FIRST_WITH_REPETITION else OLD_VERSION


def group_line(transaction_set: str, version: str, sender: str, receiver: str) -> bytes:
    """The line that stands for a GS in neutral text, for `AnswerWriter.put`."""
    return line(GROUP_MARK, transaction_set, version, sender, receiver)


class AnswerWriter:
    """Turns lines of neutral text into interchanges.

    A `GS` line opens a group, the lines from AK1 to AK9 are one transaction set.
    """

    def __init__(self, envelope: AnswerEnvelope, numbers: ControlNumbers, now: datetime) -> None:
        self._envelope = envelope
        self._numbers = numbers
        self._now = now
        self._table = translation(envelope.delimiters)
        self._end = envelope.delimiters.segment + envelope.delimiters.line_end
        self._buffer = bytearray()
        self._interchange = 0
        self._group: list[str] = []
        self._group_number = 0
        self._groups = 0
        self._sets = 0
        self._set_number = ""
        self._segments = 0

    def put(self, text: bytes) -> Iterator[bytes]:
        """Take one line; yields text that is ready to leave."""
        if not self._interchange:
            self._open_interchange()
        if text.startswith(b"GS"):
            self._close_group()
            self._group = elements_of(text)
        elif text.startswith(b"AK1"):
            self._open_set()
            self._add(text)
        elif text.startswith(b"AK9"):
            self._add(text)
            self._close_set()
        else:
            self._add(text)
        if len(self._buffer) >= piece_bytes:
            yield self._take()

    def close(self) -> Iterator[bytes]:
        """Write what is still open to its end."""
        self._close_interchange()
        if self._buffer:
            yield self._take()

    def _open_interchange(self) -> None:
        envelope, now = self._envelope, self._now
        self._interchange = self._numbers.interchange()
        self._buffer += envelope.delimiters.element.join(
            (
                b"ISA",
                *(b"00", _NO_INFORMATION, b"00", _NO_INFORMATION),
                *map(self._plain, (envelope.sender_qualifier, envelope.sender)),
                *map(self._plain, (envelope.receiver_qualifier, envelope.receiver)),
                *map(self._plain, (now.strftime("%y%m%d"), now.strftime("%H%M"))),
                envelope.delimiters.repetition or _NO_REPETITION,
                *map(self._plain, (envelope.version, f"{self._interchange:09d}", "0")),
                *(self._plain(envelope.usage), envelope.delimiters.component),
            )
        )
        self._buffer += self._end

    def _open_set(self) -> None:
        if self._sets >= sets_per_group_max:
            self._close_group()
        if not self._sets:
            self._open_group()
        kind, version = self._group[1], self._group[2]
        self._sets += 1
        self._segments = 0
        self._set_number = f"{self._numbers.transaction():04d}"
        self._add(line("ST", kind, self._set_number, version if kind == "999" else None))

    def _open_group(self) -> None:
        if self._groups >= groups_per_interchange_max:
            self._close_interchange()
            self._open_interchange()
        _, _, version, sender, receiver = self._group
        self._groups += 1
        self._group_number = self._numbers.group()
        short = version < FIRST_WITH_LONG_DATE
        date = self._now.strftime("%y%m%d" if short else "%Y%m%d")
        time = self._now.strftime("%H%M")
        self._add(line("GS", "FA", sender, receiver, date, time, self._group_number, "X", version))

    def _close_set(self) -> None:
        self._add(line("SE", self._segments + 1, self._set_number))

    def _close_group(self) -> None:
        if self._sets:
            self._add(line("GE", self._sets, self._group_number))
        self._sets = 0

    def _close_interchange(self) -> None:
        if not self._interchange:
            return
        self._close_group()
        self._add(line("IEA", self._groups, f"{self._interchange:09d}"))
        self._interchange = self._groups = 0

    def _plain(self, value: str) -> bytes:
        return value.encode("ascii").translate(self._table)

    def _add(self, text: bytes) -> None:
        self._segments += 1
        self._buffer += text[:-1].translate(self._table) + self._end

    def _take(self) -> bytes:
        piece = bytes(self._buffer)
        self._buffer.clear()
        return piece


def _usable(delimiters: Delimiters, version: str) -> Delimiters:
    """Separators that can be used, with one for repetition exactly where the version has it.

    The line end is left out where it would be taken for a separator.
    """
    line_end = delimiters.line_end
    others = delimiters.element, delimiters.component, delimiters.segment
    if not all(others) or not delimiters.is_usable():
        delimiters = Delimiters()
        others = delimiters.element, delimiters.component, delimiters.segment
    repetition = b""
    if version >= FIRST_WITH_REPETITION:
        repetition = delimiters.repetition or next(r for r in _REPETITIONS if r not in others)
    used = b"".join((*others, repetition))
    is_apart = not any(byte in used for byte in line_end)
    return replace(delimiters, repetition=repetition, line_end=line_end if is_apart else b"")


def _qualifier(value: str) -> str:
    return value if _QUALIFIER.fullmatch(value) else "ZZ"


def _interchange_id(value: str) -> str:
    return clean(value, _INTERCHANGE_ID_CHARACTERS).ljust(_INTERCHANGE_ID_CHARACTERS)


def _application_code(value: str, interchange_id: str) -> str:
    least, most = _APPLICATION_CODE
    candidates = clean(value, most), interchange_id.strip()
    return next((c for c in candidates if len(c) >= least), _UNKNOWN_PARTY)
