"""Small, exact damage to X12: what one mutation does depends on nothing but its three members.

A list of mutations is what hypothesis draws, so that a failing case shrinks to the one change that matters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

_ISA_BYTES: Final = 106


@dataclass(frozen=True, slots=True)
class Mutation:
    """`kind` is a key of `KINDS`; `where` chooses a segment or byte, `what` the rest; any numbers will do."""

    kind: str
    where: int
    what: int


@dataclass(slots=True)
class Pieces:
    """A file taken apart: its segments without terminators, and the separators that its ISA declares."""

    segments: list[bytes]
    element: bytes
    component: bytes
    repetition: bytes
    end: bytes

    def join(self) -> bytes:
        return self.end.join([*self.segments, b""])


def take_apart(data: bytes) -> Pieces:
    """The pieces of a file that begins with a regular ISA and has one line end throughout."""
    terminator = data[_ISA_BYTES - 1 : _ISA_BYTES]
    after = data[_ISA_BYTES : _ISA_BYTES + 2]
    line_end = next(
        (e for e in (b"\r\n", b"\n") if after.startswith(e) and terminator != b"\n"), b""
    )
    segments = data.split(terminator + line_end)[:-1]
    return Pieces(segments, data[3:4], data[104:105], data[82:83], terminator + line_end)


FOREIGN: Final = (
    b"ZZZ*1", b"N3*1 ELM ST", b"REF*ZZ*1", b"HL*9*1*20*1", b"LX*3", b"SE*9*0001", b"GE*1*1", b"IEA*1*1",
    b"ST*837*0009", b"GS*HC*A*B*20250101*0600*1*X*005010X222A1", b"TA1*1*250101*0600*A*000", b"", b"*",
    b"nm1*85", b"NM1", b"N", b"NM1X*1", b"DTP*472*D8*20250101", b"CLM*1*1***11:B:1", b"NTE*ADD*X",
)  # fmt: skip
"""Segments to put in, written with `*` and `:`."""

_VARIANTS: Final[tuple[Callable[[bytes], bytes], ...]] = (
    lambda v: b"",
    lambda v: v + v[-1:],
    lambda v: v[:-1],
    lambda v: v[1:],
    lambda v: v + b" ",
    lambda v: b" " + v,
    lambda v: b" " * max(len(v), 1),
    lambda v: v * 40,
    lambda v: v.lower(),
    lambda v: v.swapcase() + b"Z",
    lambda v: b"-" + v,
    lambda v: b"+" + v,
    lambda v: v + b".",
    lambda v: b"." + v,
    lambda v: v + b".0",
    lambda v: v + b".123456789012345678",
    lambda v: v + b"-",
    lambda v: b"1E5",
    lambda v: b"1,5",
    lambda v: b"0" * len(v),
    lambda v: b"9" * len(v),
    lambda v: b"20230229",
    lambda v: b"20240229",
    lambda v: b"20000229",
    lambda v: b"19000229",
    lambda v: b"17991231",
    lambda v: b"20231301",
    lambda v: b"20230431",
    lambda v: b"230101",
    lambda v: b"20230101-20230131",
    lambda v: b"20230101-20230132",
    lambda v: b"2400",
    lambda v: b"2359",
    lambda v: b"2360",
    lambda v: b"235960",
    lambda v: b"12345678901",
    lambda v: b"202301011200",
    lambda v: v + b"\n",
    lambda v: v + b"\r",
    lambda v: v + b"\x00",
    lambda v: v + b"\x1c",
    lambda v: v + b"\x7f",
    lambda v: v[:1] + b"\t" + v[1:],
    lambda v: v + b"\xc3\xa9",
    lambda v: v + b"\xe9",
    lambda v: b"\xef\xbc\x91" * len(v),
    lambda v: v + b'"',
    lambda v: v + b"\\",
    lambda v: v + b"%b",
    lambda v: b"%" + v,
    lambda v: v[:1] + v,
    lambda v: v[::-1],
    lambda v: b"ZZ",
    lambda v: b"XX",
    lambda v: b"D8",
    lambda v: b"RD8",
    lambda v: b"1",
)
"""Values that are just not right, or just still right, made from the value that stands there."""

Change = Callable[[Pieces, int, int], None]


def _at(pieces: Pieces, where: int) -> int:
    return where % len(pieces.segments)


def _drop(pieces: Pieces, where: int, what: int) -> None:
    del pieces.segments[_at(pieces, where)]


def _double(pieces: Pieces, where: int, what: int) -> None:
    index = _at(pieces, where)
    pieces.segments[index:index] = [pieces.segments[index]] * (what % 3 + 1)


def _swap(pieces: Pieces, where: int, what: int) -> None:
    first = _at(pieces, where)
    second = _at(pieces, where + 1)
    rows = pieces.segments
    rows[first], rows[second] = rows[second], rows[first]


def _move(pieces: Pieces, where: int, what: int) -> None:
    segment = pieces.segments.pop(_at(pieces, where))
    pieces.segments.insert(what % (len(pieces.segments) + 1), segment)


def _copy(pieces: Pieces, where: int, what: int) -> None:
    pieces.segments.insert(_at(pieces, where), pieces.segments[_at(pieces, what)])


def _foreign(pieces: Pieces, where: int, what: int) -> None:
    text = FOREIGN[what % len(FOREIGN)].replace(b"*", b"\0").replace(b":", pieces.component)
    pieces.segments.insert(_at(pieces, where), text.replace(b"\0", pieces.element))


def _rename(pieces: Pieces, where: int, what: int) -> None:
    index = _at(pieces, where)
    new_id = FOREIGN[what % len(FOREIGN)].split(b"*")[0]
    rest = pieces.segments[index].split(pieces.element)[1:]
    pieces.segments[index] = pieces.element.join([new_id, *rest])


def _elements(change: Callable[[list[bytes], int, Pieces], None]) -> Change:
    """A change of one segment's elements (its id is number 0)."""

    def apply(pieces: Pieces, where: int, what: int) -> None:
        index = _at(pieces, where)
        elements = pieces.segments[index].split(pieces.element)
        change(elements, what, pieces)
        pieces.segments[index] = pieces.element.join(elements)

    return apply


def _vary(elements: list[bytes], what: int, pieces: Pieces) -> None:
    """One value, of an element or of a component of it."""
    what, variant = divmod(what, len(_VARIANTS))
    position = 1 + what % (len(elements) - 1) if len(elements) > 1 else 0
    parts = elements[position].split(pieces.component)
    place = what // max(len(elements) - 1, 1) % len(parts)
    parts[place] = _VARIANTS[variant](parts[place])
    elements[position] = pieces.component.join(parts)


def _drop_element(elements: list[bytes], what: int, pieces: Pieces) -> None:
    del elements[what % len(elements)]


def _double_element(elements: list[bytes], what: int, pieces: Pieces) -> None:
    index = what % len(elements)
    elements.insert(index, elements[index])


def _swap_elements(elements: list[bytes], what: int, pieces: Pieces) -> None:
    first, second = what % len(elements), (what + 1) % len(elements)
    elements[first], elements[second] = elements[second], elements[first]


def _more_elements(elements: list[bytes], what: int, pieces: Pieces) -> None:
    elements += [b"X"] * (what % 20 + 1)


def _trailing(elements: list[bytes], what: int, pieces: Pieces) -> None:
    elements += [b""] * (what % 3 + 1)


def _trailing_component(elements: list[bytes], what: int, pieces: Pieces) -> None:
    elements[what % len(elements)] += pieces.component * (what % 3 + 1)


def _more_components(elements: list[bytes], what: int, pieces: Pieces) -> None:
    elements[what % len(elements)] += (pieces.component + b"A1") * (what % 9 + 1)


def _repeat(elements: list[bytes], what: int, pieces: Pieces) -> None:
    index = what % len(elements)
    elements[index] = pieces.repetition.join([elements[index]] * (what % 4 + 2))


KINDS: Final[Mapping[str, Change]] = {
    "drop": _drop,
    "double": _double,
    "swap": _swap,
    "move": _move,
    "copy": _copy,
    "foreign": _foreign,
    "rename": _rename,
    "vary": _elements(_vary),
    "drop_element": _elements(_drop_element),
    "double_element": _elements(_double_element),
    "swap_elements": _elements(_swap_elements),
    "more_elements": _elements(_more_elements),
    "trailing": _elements(_trailing),
    "trailing_component": _elements(_trailing_component),
    "more_components": _elements(_more_components),
    "repeat": _elements(_repeat),
}
"""Kinds of damage that keep the file a row of segments."""


def mutated(data: bytes, mutations: Sequence[Mutation]) -> bytes:
    """The file with all mutations applied, one after another."""
    pieces = take_apart(data)
    for mutation in mutations:
        if pieces.segments:
            KINDS[mutation.kind](pieces, mutation.where, mutation.what)
    return pieces.join()


def random_mutations(
    rng: Random, count: int, kinds: Sequence[str] = tuple(KINDS)
) -> list[Mutation]:
    """Mutations by seed, half of them of values."""
    return [
        Mutation(
            "vary" if "vary" in kinds and rng.random() < 0.5 else rng.choice(kinds),
            rng.randrange(1 << 16),
            rng.randrange(1 << 20),
        )
        for _ in range(count)
    ]


def damaged(data: bytes, rng: Random) -> bytes:
    """The file with damage that heeds nothing: flipped bits, lost, doubled and strange bytes, a cut."""
    text = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        place = rng.randrange(len(text)) if text else 0
        match rng.randrange(6):
            case 0 if text:
                text[place] ^= 1 << rng.randrange(8)
            case 1:
                del text[place : place + rng.choice((1, 2, 50))]
            case 2:
                text[place:place] = bytes([rng.randrange(256)]) * rng.choice((1, 3))
            case 3:
                text[place:place] = text[place : place + rng.randrange(1, 200)]
            case 4 if rng.random() < 0.3:
                del text[place:]
            case _ if text:
                text[place] = rng.choice(b"*~:^\r\n \x00\xff\xef|")
    return bytes(text)
