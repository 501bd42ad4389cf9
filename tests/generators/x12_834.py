"""Enrollments (834, 005010X220A1), small: subscribers and dependents, additions, changes, terminations."""

from __future__ import annotations

from random import Random
from typing import Final

from tests.generators.style import Ends, gs, isa, trailer, transaction
from tests.generators.values import FIRST_DAY, address, digits, person, phone

GUIDE: Final = "005010X220A1"
_ACTIONS: Final = (("021", "28"), ("021", "28"), ("001", "25"), ("024", "08"))


def generate_834(members: int, seed: int, ends: Ends) -> bytes:
    """One interchange with one transaction set; every third member is a dependent of the one before."""
    rng = Random(seed)
    stamp = f"{FIRST_DAY:%Y%m%d}"
    segments = [
        f"BGN*00*{digits(rng, 8)}*{stamp}*0800****2",
        "REF*38*POLICY-DEMO-1",
        f"DTP*007*D8*{stamp}",
        "N1*P5*DEMO EMPLOYER*FI*001999998",
        "N1*IN*EVERGREEN HEALTH PLAN*FI*001999997",
    ]
    subscriber = ""
    for number in range(1, members + 1):
        if number % 3:
            subscriber = digits(rng, 9)
        segments += _member(rng, subscriber, dependent=number % 3 == 0)
    body = transaction("834", 1, GUIDE, segments)
    return (isa(ends, stamp) + gs(ends, "BE", GUIDE, stamp) + body + trailer(ends, 1)).encode(
        "ascii"
    )


def _member(rng: Random, subscriber: str, *, dependent: bool) -> list[str]:
    action, reason = rng.choice(_ACTIONS)
    who, place = person(rng, (1950, 2020) if dependent else (1950, 2000)), address(rng)
    role = "N*19" if dependent else "Y*18"
    begin = f"{FIRST_DAY.year}0101"
    segments = [
        f"INS*{role}*{action}*{reason}*A{'' if dependent else '***FT'}",
        f"REF*0F*{subscriber}",
        "REF*1L*GRP00100",
        f"DTP*{'357' if action == '024' else '356'}*D8*{begin}",
        f"NM1*IL*1*{who.last.upper()}*{who.first.upper()}*{who.middle}***34*{digits(rng, 9)}",
        f"PER*IP**HP*{phone(rng)}",
        f"N3*{place.street.upper()}",
        f"N4*{place.city.upper()}*{place.state}*{place.zip_code}",
        f"DMG*D8*{who.born}*{who.sex}",
        f"HD*{action}**HLT*PLAN A*{'IND' if dependent else 'FAM'}",
        f"DTP*{'349' if action == '024' else '348'}*D8*{begin}",
    ]
    if rng.random() < 0.4:
        segments.append(f"REF*1L*{digits(rng, 6)}")
    return segments
