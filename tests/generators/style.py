"""Envelopes, and the same interchange with other separators and line ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """Separators and what follows a segment terminator. The generators write `*`, `:`, `^` and `~`."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    segment: str = "~"
    line_end: str = ""


@dataclass(frozen=True, slots=True)
class Ends:
    """Sender and receiver of an interchange, and its first control number."""

    sender: str
    receiver: str
    control: int = 1


def isa(ends: Ends, day: str, time: str = "0600") -> str:
    """The ISA segment; `day` is CCYYMMDD."""
    ids = f"ZZ*{ends.sender:<15}*ZZ*{ends.receiver:<15}"
    return f"ISA*00*{'':10}*00*{'':10}*{ids}*{day[2:]}*{time}*^*00501*{ends.control:09d}*0*T*:~"


def gs(ends: Ends, functional_id: str, guide: str, day: str, time: str = "0600") -> str:
    return (
        f"GS*{functional_id}*{ends.sender}*{ends.receiver}*{day}*{time}*{ends.control}*X*{guide}~"
    )


def trailer(ends: Ends, transactions: int) -> str:
    """GE and IEA of an interchange with one group."""
    return f"GE*{transactions}*{ends.control}~IEA*1*{ends.control:09d}~"


def transaction(set_id: str, control: int, guide: str | None, segments: Sequence[str]) -> str:
    """ST, the segments (without terminators) and SE with their count."""
    convention = f"*{guide}" if guide else ""
    body = "~".join(segments)
    return f"ST*{set_id}*{control:04d}{convention}~{body}~SE*{len(segments) + 2}*{control:04d}~"


def restyled(chunks: Iterable[bytes], style: Style) -> Iterator[bytes]:
    """The interchange in another style; none of its values may contain the new separators."""
    new = style.element + style.component + style.repetition + style.segment
    table = bytes.maketrans(b"*:^~", new.encode("latin-1"))
    unused = set(new.encode("latin-1")) - set(b"*:^~")
    end = style.segment.encode("latin-1")
    for chunk in chunks:
        if unused & set(chunk):
            raise ValueError("a value contains one of the new separators")
        yield chunk.translate(table).replace(end, end + style.line_end.encode("ascii"))
