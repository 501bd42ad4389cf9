"""Institutional claims (837I, 005010X223A2), small: inpatient and outpatient, some of dependents."""

from __future__ import annotations

from random import Random
from typing import Final

from tests.generators import codes
from tests.generators.style import Ends, gs, isa, trailer, transaction
from tests.generators.values import (
    FIRST_DAY,
    Address,
    Person,
    address,
    charge,
    day,
    digits,
    last_name,
    money,
    npi,
    person,
    phone,
    tax_id,
    words,
)

GUIDE: Final = "005010X223A2"
_REVENUE_CODES: Final = words("0120 0250 0270 0300 0320 0360 0450 0636 0710")


def generate_837i(claims: int, seed: int, ends: Ends) -> bytes:
    """One interchange with one transaction set."""
    rng = Random(seed)
    stamp = f"{FIRST_DAY:%Y%m%d}"
    segments = _header(rng, stamp)
    diagnoses, procedures = codes.diagnoses(rng, 300), codes.procedures(rng, 300)
    level = 1
    for number in range(1, claims + 1):
        dependent = number % 4 == 0
        segments += _subscriber(rng, level + 1, dependent)
        level += 2 if dependent else 1
        segments += _claim(rng, number, diagnoses, procedures)
    body = transaction("837", 1, GUIDE, segments)
    return (isa(ends, stamp) + gs(ends, "HC", GUIDE, stamp) + body + trailer(ends, 1)).encode(
        "ascii"
    )


def _header(rng: Random, stamp: str) -> list[str]:
    return [
        f"BHT*0019*00*{digits(rng, 8)}*{stamp}*0700*CH",
        "NM1*41*2*TEST SUBMITTER*****46*TESTSUBMITTER",
        f"PER*IC*HELP DESK*TE*{phone(rng)}*EX*12",
        "NM1*40*2*TEST RECEIVER*****46*TESTRECEIVER",
        "HL*1**20*1",
        "PRV*BI*PXC*282N00000X",
        f"NM1*85*2*{last_name(rng).upper()} HOSPITAL*****XX*{npi(70_001)}",
        *_place(address(rng)),
        f"REF*EI*{tax_id(rng)}",
    ]


def _place(place: Address) -> list[str]:
    return [f"N3*{place.street.upper()}", f"N4*{place.city.upper()}*{place.state}*{place.zip_code}"]


def _subscriber(rng: Random, level: int, dependent: bool) -> list[str]:
    who = person(rng)
    segments = [
        f"HL*{level}*1*22*{1 if dependent else 0}",
        f"SBR*P*{'' if dependent else '18'}*GRP{digits(rng, 5)}******CI",
        f"NM1*IL*1*{who.last.upper()}*{who.first.upper()}*{who.middle}***MI*H{digits(rng, 8)}",
    ]
    if not dependent:
        segments += [*_place(address(rng)), f"DMG*D8*{who.born}*{who.sex}"]
    segments.append("NM1*PR*2*EVERGREEN HEALTH PLAN*****PI*EVRGN")
    return segments + (_patient(rng, level, who) if dependent else [])


def _patient(rng: Random, subscriber: int, who: Person) -> list[str]:
    patient = person(rng, (1990, 2024))
    return [
        f"HL*{subscriber + 1}*{subscriber}*23*0",
        "PAT*19",
        f"NM1*QC*1*{who.last.upper()}*{patient.first.upper()}",
        *_place(address(rng)),
        f"DMG*D8*{patient.born}*{patient.sex}",
    ]


def _claim(rng: Random, number: int, diagnoses: codes.Pool, procedures: codes.Pool) -> list[str]:
    inpatient = number % 2 == 1
    begin = day(rng)
    end = begin.toordinal() + (rng.randint(1, 9) if inpatient else 0)
    period = f"{begin:%Y%m%d}-{begin.fromordinal(end):%Y%m%d}"
    lines, total = _lines(rng, f"{begin:%Y%m%d}", procedures, inpatient)
    found = diagnoses.sample(rng, rng.randint(2, 5))
    segments = [
        f"CLM*INST{number:05d}*{money(total)}***{'11' if inpatient else '13'}:A:1**A*Y*Y",
        *([f"DTP*096*TM*{rng.randint(8, 20):02d}15"] if inpatient else []),
        f"DTP*434*RD8*{period}",
        *([f"DTP*435*DT*{begin:%Y%m%d}{rng.randint(0, 23):02d}30"] if inpatient else []),
        f"CL1*{rng.choice('123')}*{rng.choice('124')}*01",
        f"REF*EA*MR{digits(rng, 7)}",
        f"HI*ABK:{found[0]}{':::::::Y' if inpatient else ''}",
    ]
    if inpatient:
        segments += [f"HI*ABJ:{found[0]}", f"HI*DR:{rng.randint(1, 989):03d}"]
    segments.append("HI*" + "*".join(f"ABF:{code}" for code in found[1:]))
    segments.append(f"HI*BE:80:::{rng.randint(1, 9)}")
    segments.append(_attending(rng))
    return segments + lines


def _attending(rng: Random) -> str:
    who = person(rng)
    return (
        f"NM1*71*1*{who.last.upper()}*{who.first.upper()}****XX*{npi(71_000 + rng.randrange(900))}"
    )


def _lines(
    rng: Random, when: str, procedures: codes.Pool, inpatient: bool
) -> tuple[list[str], int]:
    segments, total = [], 0
    for number in range(1, rng.randint(2, 6) + 1):
        cents = charge(rng, 60_000)
        total += cents
        procedure = "" if inpatient else f"HC:{procedures.draw(rng)}"
        segments += [
            f"LX*{number}",
            f"SV2*{rng.choice(_REVENUE_CODES)}*{procedure}*{money(cents)}*UN*{rng.randint(1, 9)}",
            f"DTP*472*D8*{when}",
            f"REF*6R*{digits(rng, 8)}",
        ]
    return segments, total
