"""Claim payments (835, 005010X221A1), small: paid, adjusted, denied; everything balances."""

from __future__ import annotations

from random import Random
from typing import Final

from tests.generators import codes
from tests.generators.style import Ends, gs, isa, trailer, transaction
from tests.generators.values import FIRST_DAY, charge, day, digits, money, npi, person, phone

GUIDE: Final = "005010X221A1"


def generate_835(claims: int, seed: int, ends: Ends) -> bytes:
    """One interchange with one payment; the provider adjustment (PLB) takes a fee off the sum of the claims."""
    rng = Random(seed)
    stamp = f"{FIRST_DAY:%Y%m%d}"
    procedures = codes.procedures(rng, 300)
    segments, paid = [], 0
    for number in range(1, claims + 1):
        claim, amount = _claim(rng, number, procedures)
        segments += claim
        paid += amount
    fee = min(1_500, paid)
    plb = (
        [f"PLB*{npi(50_000)}*{FIRST_DAY.year}1231*WO:{digits(rng, 8)}*{money(fee)}"] if fee else []
    )
    head = _header(rng, paid - fee, stamp)
    body = transaction("835", 1, None, [*head, "LX*1", *segments, *plb])
    return (isa(ends, stamp) + gs(ends, "HP", GUIDE, stamp) + body + trailer(ends, 1)).encode(
        "ascii"
    )


def _header(rng: Random, cents: int, stamp: str) -> list[str]:
    bank = f"01*{digits(rng, 9)}*DA*{digits(rng, 10)}"
    return [
        f"BPR*I*{money(cents)}*C*ACH*CCP*{bank}*1999999999**{bank}*{stamp}",
        f"TRN*1*{digits(rng, 10)}*1999999999",
        f"DTM*405*{stamp}",
        "N1*PR*EVERGREEN HEALTH PLAN",
        "N3*1 EXAMPLE PLAZA",
        "N4*PORTLAND*OR*972010001",
        "REF*2U*EVRGN",
        f"PER*BL*EDI SUPPORT*TE*{phone(rng)}",
        f"N1*PE*DEMO CLINIC*XX*{npi(50_000)}",
        "REF*TJ*001999999",
    ]


def _claim(rng: Random, number: int, procedures: codes.Pool) -> tuple[list[str], int]:
    denied = number % 5 == 0
    lines, billed, paid, owed = [], 0, 0, 0
    served = f"{day(rng):%Y%m%d}"
    for _ in range(rng.randint(1, 3)):
        segments, amounts = _line(rng, procedures.draw(rng), served, denied)
        lines += segments
        billed, paid, owed = billed + amounts[0], paid + amounts[1], owed + amounts[2]
    who = person(rng)
    status = "4" if denied else "1"
    patient = f"{money(owed)}" if owed else ""
    head = [
        f"CLP*DEMO-{number:06d}*{status}*{money(billed)}*{money(paid)}*{patient}*12*{digits(rng, 12)}*11*1",
        f"NM1*QC*1*{who.last.upper()}*{who.first.upper()}****MI*E{digits(rng, 8)}",
        f"DTM*232*{served}",
        f"DTM*050*{FIRST_DAY:%Y%m%d}",
    ]
    return head + lines, paid


def _line(
    rng: Random, procedure: str, served: str, denied: bool
) -> tuple[list[str], tuple[int, int, int]]:
    """SVC and below, with the cents billed, paid and owed by the patient."""
    billed = charge(rng)
    allowed = 0 if denied else billed * rng.randint(40, 90) // 100
    paid = allowed * 8 // 10
    segments = [f"SVC*HC:{procedure}*{money(billed)}*{money(paid)}**1", f"DTM*472*{served}"]
    if denied:
        segments.append(f"CAS*CO*96*{money(billed)}")
    else:
        segments.append(f"CAS*CO*45*{money(billed - allowed)}")
        segments.append(f"CAS*PR*2*{money(allowed - paid)}")
    segments.append(f"REF*6R*{digits(rng, 7)}")
    segments.append("LQ*HE*N130" if denied else f"AMT*B6*{money(allowed)}")
    return segments, (billed, paid, allowed - paid)
