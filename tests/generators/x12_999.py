"""Implementation acknowledgments (999, 005010X231A1): one that accepts, one that rejects with its errors."""

from __future__ import annotations

from random import Random
from typing import Final

from tests.generators.style import Ends, gs, isa, trailer, transaction
from tests.generators.values import FIRST_DAY, digits

GUIDE: Final = "005010X231A1"
_CLAIM_GUIDE: Final = "005010X222A1"


def generate_999(transactions: int, seed: int, ends: Ends, *, rejected: bool) -> bytes:
    """Answers a group of so many 837P transaction sets; with `rejected`, the last one has errors."""
    rng = Random(seed)
    stamp = f"{FIRST_DAY:%Y%m%d}"
    group = digits(rng, 4)
    segments = [f"AK1*HC*{group}*{_CLAIM_GUIDE}"]
    for number in range(1, transactions + 1):
        segments.append(f"AK2*837*{number:04d}*{_CLAIM_GUIDE}")
        segments += _errors(rng) if rejected and number == transactions else ["IK5*A"]
    accepted = transactions - 1 if rejected else transactions
    code = "A" if not rejected else ("P" if accepted else "R")
    segments.append(f"AK9*{code}*{transactions}*{transactions}*{accepted}")
    body = transaction("999", 1, GUIDE, segments)
    return (isa(ends, stamp) + gs(ends, "FA", GUIDE, stamp) + body + trailer(ends, 1)).encode(
        "ascii"
    )


def _errors(rng: Random) -> list[str]:
    place = rng.randint(20, 200)
    return [
        f"IK3*CLM*{place}*2300*8",
        "CTX*CLM01:DEMO-000042",
        "IK4*5:3*1325*1",
        f"IK3*DTP*{place + 9}*2400*8",
        "CTX*CLM01:DEMO-000042",
        "IK4*3*1251*8",
        "IK5*R*5",
    ]
