"""Premium payments (820, 005010X218), small: one organization's summary or single persons, by `individuals`."""

from __future__ import annotations

from random import Random
from typing import Final

from tests.generators.style import Ends, gs, isa, trailer, transaction
from tests.generators.values import FIRST_DAY, digits, money, person

GUIDE: Final = "005010X218"


def generate_820(items: int, seed: int, ends: Ends, *, individuals: bool) -> bytes:
    """One interchange with one payment, which is the sum of its items."""
    rng = Random(seed)
    stamp = f"{FIRST_DAY:%Y%m%d}"
    detail, total = _individuals(rng, items) if individuals else _organization(rng, items)
    body = transaction("820", 1, GUIDE, _header(rng, total, stamp) + detail)
    return (isa(ends, stamp) + gs(ends, "RA", GUIDE, stamp) + body + trailer(ends, 1)).encode(
        "ascii"
    )


def _header(rng: Random, total: int, stamp: str) -> list[str]:
    bank = f"01*{digits(rng, 9)}*DA*{digits(rng, 10)}"
    return [
        f"BPR*C*{money(total)}*C*ACH*CCP*{bank}*1999999998**{bank}*{stamp}",
        f"TRN*3*{digits(rng, 9)}*1999999998",
        "REF*14*DEMO-GROUP",
        f"DTM*009*{stamp}",
        f"DTM*582****RD8*{FIRST_DAY.year}0101-{FIRST_DAY.year}0131",
        "N1*PE*EVERGREEN HEALTH PLAN*FI*001999997",
        "N1*PR*DEMO EMPLOYER*FI*001999998",
        "PER*IC*PAYROLL*TE*5555550143",
    ]


def _organization(rng: Random, items: int) -> tuple[list[str], int]:
    segments, total = ["ENT*1*2L*FI*001999998"], 0
    for _ in range(items):
        cents = rng.randint(50_000, 900_000)
        total += cents
        segments += [f"RMR*11*INV{digits(rng, 6)}**{money(cents)}", f"REF*14*{digits(rng, 6)}"]
    return segments, total


def _individuals(rng: Random, items: int) -> tuple[list[str], int]:
    segments, total = [], 0
    for number in range(1, items + 1):
        who, cents = person(rng), rng.randint(10_000, 90_000)
        total += cents
        segments += [
            f"ENT*{number}*2J*34*{digits(rng, 9)}",
            f"NM1*IL*1*{who.last.upper()}*{who.first.upper()}****N*{digits(rng, 8)}",
            f"RMR*AZ*{digits(rng, 8)}**{money(cents)}",
            f"DTM*582****RD8*{FIRST_DAY.year}0101-{FIRST_DAY.year}0131",
        ]
    return segments, total
