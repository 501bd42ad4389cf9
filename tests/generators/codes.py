"""Pools of codes with realistic sizes and frequencies: a few are used all the time, most hardly ever."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Final

from tests.generators.values import words

TAXONOMIES: Final = words(
    "207Q00000X 207R00000X 208000000X 207V00000X 207X00000X 207RC0000X 207RG0100X 2084N0400X "
    "2085R0202X 208600000X 207L00000X 207P00000X 207N00000X 207W00000X 208800000X 213E00000X "
    "225100000X 225X00000X 111N00000X 363L00000X 363A00000X 103T00000X 1041C0700X 152W00000X "
    "2084P0800X 207K00000X 207RE0101X 207RH0003X 207RN0300X 207RP1001X"
)
PLACES: Final = (
    "11",
    "11",
    "11",
    "11",
    "11",
    "22",
    "22",
    "21",
    "23",
    "12",
    "02",
    "10",
    "31",
    "81",
    "24",
    "20",
)
FILINGS: Final = ("CI", "CI", "CI", "BL", "BL", "HM", "12", "MB", "MC", "16", "OF", "CH")
MODIFIERS: Final = words("25 59 26 TC LT RT 50 GT 95 76 77 51 24 57 GP GO KX AS 80 QW XU XS")
_COMMON_DIAGNOSES: Final = words(
    "I10 E119 E785 Z0000 M545 J069 F411 K219 E039 N390 R079 Z23 M25561 E669 J449 F329 G4733 E1165 "
    "I2510 R0602 Z1231 M542 L700 J0190 R109 E559 D649 I4891 N183 M1711 Z00129 B349 J029 H6691 "
    "K5900 R51 G43909 F1720 Z79899 S93401A S61411A M79671 I509 E6601 L309 J4520 N401 Z3000 H5213 "
    "M7541"
)
_COMMON_PROCEDURES: Final = words(
    "99213 99214 99203 99204 99212 99215 99396 99395 36415 80053 85025 83036 80061 84443 81003 "
    "71046 93000 97110 97140 97530 90834 90837 96372 90471 90686 20610 11102 17110 73562 73030 "
    "76830 77067 45378 43239 99232 99223 99284 99285 G0439 G0438 G0008 J1100 J3301 J1885 A0425 "
    "Q4101"
)


class Pool:
    """Codes drawn with the frequency of Zipf's law: the n-th is drawn 1/n as often as the first."""

    def __init__(self, codes: Sequence[str], exponent: float = 0.9) -> None:
        self._codes = list(codes)
        weights = (1.0 / rank**exponent for rank in range(1, len(codes) + 1))
        self._steps = list(accumulate(weights))

    def __len__(self) -> int:
        return len(self._codes)

    def draw(self, rng: Random) -> str:
        return self._codes[bisect(self._steps, rng.random() * self._steps[-1])]

    def sample(self, rng: Random, count: int) -> list[str]:
        """So many different codes."""
        found: dict[str, None] = {}
        while len(found) < count:
            found[self.draw(rng)] = None
        return list(found)


def diagnoses(rng: Random, size: int = 4_000) -> Pool:
    """Codes of the form of ICD-10-CM, without the dot."""
    chapters = "ABCDEFGHIJKLMNOPQRSTZ"
    found = dict.fromkeys(_COMMON_DIAGNOSES)
    while len(found) < size:
        code = f"{rng.choice(chapters)}{rng.randrange(100):02d}"
        code += "".join(rng.choice("0123456789") for _ in range(rng.choice((0, 1, 1, 2, 2, 3))))
        found[code] = None
    return Pool(list(found))


def procedures(rng: Random, size: int = 3_000) -> Pool:
    """Codes of the form of CPT and HCPCS."""
    found = dict.fromkeys(_COMMON_PROCEDURES)
    while len(found) < size:
        letter = rng.choice("AEGJKLQ")
        found[
            _digits_code(rng) if rng.random() < 0.8 else f"{letter}{rng.randrange(10_000):04d}"
        ] = None
    return Pool(list(found))


def _digits_code(rng: Random) -> str:
    low, high = rng.choice(((10_000, 69_999), (70_010, 79_999), (80_047, 89_398), (90_281, 99_199)))
    return str(rng.randint(low, high))


def ndc(rng: Random) -> str:
    """Eleven digits."""
    return f"{rng.randint(1, 69_999):05d}{rng.randrange(10_000):04d}{rng.randint(1, 99):02d}"
