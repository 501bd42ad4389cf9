"""Professional claims (837P, 005010X222A1) of any number, streamed; the input of benchmarks and the X12 sample.

Written for honest measurements: names, identifiers, dates, amounts and codes have the variety of
real traffic (thousands of surnames, four thousand diagnoses drawn by Zipf's law, every control
number once), so that nothing gains by remembering values. Optional loops and segments come at rates
as clearinghouses see them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final

from tests.generators import codes
from tests.generators.style import Ends, gs, isa, trailer
from tests.generators.values import (
    FIRST_DAY,
    Address,
    Person,
    address,
    charge,
    day,
    digits,
    first_name,
    last_name,
    money,
    npi,
    person,
    phone,
    tax_id,
)

GUIDE: Final = "005010X222A1"
ENDS: Final = Ends("TESTSUBMITTER", "TESTRECEIVER", 1)

claims_per_set_max: Final = 5_000
"""Claims of one transaction set, as the guide recommends."""

claims_per_provider_max: Final = 60
"""Claims of one billing provider's loop."""

chunk_characters: Final = 65_536
"""About how much is yielded at once."""

bytes_per_claim: Final = 715
"""Size of a claim with its share of everything around it, on average."""

_providers_max: Final = 20_000
_payers: Final = 80
_LINE_COUNTS: Final = (1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6, 7, 8, 10, 12)
_DIAGNOSIS_COUNTS: Final = (1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6, 8, 12)
_RELATIONSHIPS: Final = ("01", "19", "19", "19", "53", "G8")
_NOTES: Final = (
    "PATIENT SEEN FOR FOLLOW UP",
    "SEE ATTACHED OPERATIVE REPORT",
    "SECOND VISIT SAME DAY",
    "CORRECTED CLAIM DATES",
)


@dataclass(frozen=True, slots=True)
class Provider:
    """A billing, rendering or referring provider."""

    name: str
    first: str
    npi: str
    tax_id: str
    taxonomy: str
    place: Address
    phone: str


@dataclass(slots=True)
class World:
    """What the claims of one run have in common."""

    rng: Random
    diagnoses: codes.Pool
    procedures: codes.Pool
    billing: list[Provider]
    doctors: list[Provider]
    payers: list[tuple[str, str]]
    claim_number: int = 0
    line_number: int = 0


def generate_837p(
    claims: int,
    seed: int,
    *,
    ends: Ends = ENDS,
    payers: Sequence[tuple[str, str]] = (),
    claims_per_set: int = claims_per_set_max,
) -> Iterator[bytes]:
    """One interchange with so many claims, in pieces, for the given payers (name, id) or some of its own."""
    rng = Random(seed)
    world = _world(rng, claims, payers)
    stamp = f"{FIRST_DAY:%Y%m%d}"
    yield (isa(ends, stamp) + gs(ends, "HC", GUIDE, stamp)).encode("ascii")
    left, sets = claims, 0
    while left > 0:
        count = min(left, claims_per_set)
        sets += 1
        yield from _transaction(world, sets, count, stamp)
        left -= count
    yield trailer(ends, sets).encode("ascii")


def claims_for(size_bytes: int) -> int:
    """How many claims make a file of about this size."""
    return max(1, size_bytes // bytes_per_claim)


def _world(rng: Random, claims: int, payers: Sequence[tuple[str, str]]) -> World:
    providers = min(_providers_max, claims // 15 + 5)
    return World(
        rng=rng,
        diagnoses=codes.diagnoses(rng),
        procedures=codes.procedures(rng),
        billing=[_organization(rng, number) for number in range(providers)],
        doctors=[_doctor(rng, 30_000 + number) for number in range(3 * providers)],
        payers=list(payers) or [_payer(rng) for _ in range(_payers)],
    )


def _payer(rng: Random) -> tuple[str, str]:
    return f"{last_name(rng).upper()} HEALTH PLAN", digits(rng, 5)


def _organization(rng: Random, number: int) -> Provider:
    kind = rng.choice(("MEDICAL GROUP", "CLINIC", "FAMILY PRACTICE", "ASSOCIATES", "HEALTH CENTER"))
    name, first = f"{last_name(rng).upper()} {kind}", ""
    if rng.random() < 0.2:
        name, first = last_name(rng).upper(), first_name(rng).upper()
    return Provider(
        name,
        first,
        npi(number),
        tax_id(rng),
        rng.choice(codes.TAXONOMIES),
        address(rng),
        phone(rng),
    )


def _doctor(rng: Random, number: int) -> Provider:
    taxonomy = rng.choice(codes.TAXONOMIES)
    return Provider(
        last_name(rng).upper(),
        first_name(rng).upper(),
        npi(number % 100_000),
        "",
        taxonomy,
        address(rng),
        "",
    )


def _transaction(world: World, number: int, claims: int, stamp: str) -> Iterator[bytes]:
    """One transaction set; its segments are counted as they are written."""
    rng = world.rng
    control = f"{number:04d}"
    head = (
        f"ST*837*{control}*{GUIDE}~BHT*0019*00*{digits(rng, 9)}*{stamp}*0600*CH~"
        f"NM1*41*2*TEST SUBMITTER*****46*TESTSUBMITTER~PER*IC*{first_name(rng).upper()} DESK*TE*{phone(rng)}~"
        f"NM1*40*2*TEST RECEIVER*****46*TESTRECEIVER~"
    )
    parts, size, segments, level = [head], len(head), head.count("~"), 0
    while claims > 0:
        count = min(claims, rng.randint(3, claims_per_provider_max))
        claims -= count
        for piece, levels in _provider_loop(world, count, level):
            level = levels
            parts.append(piece)
            size += len(piece)
            segments += piece.count("~")
            if size >= chunk_characters:
                yield "".join(parts).encode("ascii")
                parts, size = [], 0
    parts.append(f"SE*{segments + 1}*{control}~")
    yield "".join(parts).encode("ascii")


def _provider_loop(world: World, claims: int, level: int) -> Iterator[tuple[str, int]]:
    """2000A and what is below it; with each piece the number of the last HL so far."""
    provider = world.rng.choice(world.billing)
    level += 1
    parent = level
    yield _billing(world.rng, provider, level), level
    while claims > 0:
        own = 0 if world.rng.random() < 0.28 else min(claims, world.rng.choice((1, 1, 1, 2, 3)))
        family = min(claims - own, world.rng.choice((1, 1, 2))) if own == 0 else 0
        claims -= own + family
        piece, level = _subscriber(world, provider, level + 1, parent, own, family)
        yield piece, level


def _billing(rng: Random, provider: Provider, level: int) -> str:
    kind = "1" if provider.first else "2"
    place = provider.place
    text = f"HL*{level}**20*1~"
    if rng.random() < 0.7:
        text += f"PRV*BI*PXC*{provider.taxonomy}~"
    text += f"NM1*85*{kind}*{provider.name}*{provider.first}****XX*{provider.npi}~{_place(place)}"
    text += f"REF*EI*{provider.tax_id}~"
    if rng.random() < 0.4:
        text += f"PER*IC**TE*{provider.phone}~"
    if rng.random() < 0.2:
        text += f"NM1*87*{kind}~N3*PO BOX {digits(rng, 4)}~{_city(place)}"
    return text


def _place(place: Address) -> str:
    unit = f"*{place.unit.upper()}" if place.unit else ""
    return f"N3*{place.street.upper()}{unit}~{_city(place)}"


def _city(place: Address) -> str:
    return f"N4*{place.city.upper()}*{place.state}*{place.zip_code}~"


def _subscriber(
    world: World, provider: Provider, level: int, parent: int, own: int, family: int
) -> tuple[str, int]:
    """2000B with the subscriber's own claims, and 2000C for each claim of a dependent."""
    rng = world.rng
    who, place = person(rng), address(rng)
    payer = world.payers[int(rng.expovariate(0.12)) % len(world.payers)]
    second = rng.random() < 0.08
    text = f"HL*{level}*{parent}*22*{1 if family else 0}~"
    text += _subscriber_head(rng, who, place, payer, "S" if second else "P", own)
    for _ in range(own):
        text += _claim(world, provider, who, second)
    subscriber = level
    for _ in range(family):
        level += 1
        patient = person(rng, (1960, 2024))
        text += f"HL*{level}*{subscriber}*23*0~PAT*{rng.choice(_RELATIONSHIPS)}~"
        text += (
            f"NM1*QC*1*{who.last.upper()}*{patient.first.upper()}{_middle(patient)}~{_place(place)}"
        )
        text += f"DMG*D8*{patient.born}*{patient.sex}~{_claim(world, provider, who, second)}"
    return text, level


def _subscriber_head(
    rng: Random, who: Person, place: Address, payer: tuple[str, str], responsibility: str, own: int
) -> str:
    group = f"GRP{digits(rng, 6)}" if rng.random() < 0.8 else ""
    relation = "18" if own else ""
    text = f"SBR*{responsibility}*{relation}*{group}******{rng.choice(codes.FILINGS)}~"
    member = f"{rng.choice('ABCEHJKMW')}{digits(rng, 9)}"
    text += f"NM1*IL*1*{who.last.upper()}*{who.first.upper()}*{who.middle}***MI*{member}~"
    if own:
        text += f"{_place(place)}DMG*D8*{who.born}*{who.sex}~"
    text += f"NM1*PR*2*{payer[0]}*****PI*{payer[1]}~"
    if rng.random() < 0.25:
        text += f"{_place(address(rng))}"
    return text + (f"REF*G2*{digits(rng, 7)}~" if rng.random() < 0.1 else "")


def _middle(who: Person) -> str:
    return f"*{who.middle}" if who.middle else ""


def _claim(world: World, provider: Provider, who: Person, second: bool) -> str:
    """2300 and below; the claim's charge is the sum of its lines, other payers' amounts balance."""
    rng = world.rng
    world.claim_number += 1
    served = day(rng)
    place = rng.choice(codes.PLACES)
    found = world.diagnoses.sample(rng, rng.choice(_DIAGNOSIS_COUNTS))
    other = _OtherPayer(rng) if second else None
    lines, total = "", 0
    for number in range(1, rng.choice(_LINE_COUNTS) + 1):
        cents = charge(rng)
        total += cents
        when = served + timedelta(days=rng.choice((0, 0, 0, 0, 1, 7)))
        lines += _line(world, number, cents, f"{when:%Y%m%d}", len(found), other)
    text = _claim_head(world, total, place, f"{served:%Y%m%d}")
    text += _diagnoses(found) + _claim_providers(world, provider, place)
    if other is not None:
        text += other.loop(who)
    return text + lines


def _claim_head(world: World, total: int, place: str, served: str) -> str:
    rng = world.rng
    frequency = "1" if rng.random() < 0.96 else rng.choice("78")
    accident = rng.random() < 0.04
    cause = rng.choice(("AA:::TX", "EM", "OA"))
    number = f"{world.claim_number:07d}{digits(rng, 4)}"
    text = f"CLM*{number}*{money(total)}***{place}:B:{frequency}*Y*A*Y*Y{f'**{cause}' if accident else ''}~"
    if rng.random() < 0.1:
        text += f"DTP*431*D8*{served}~"
    if accident:
        text += f"DTP*439*D8*{served}~"
    if place == "21":
        text += f"DTP*435*D8*{served}~"
    if rng.random() < 0.08:
        text += f"AMT*F5*{money(min(charge(rng, 2_500), total))}~"
    return text + _references(rng, frequency)


def _references(rng: Random, frequency: str) -> str:
    text = ""
    if rng.random() < 0.08:
        text += f"REF*9F*{digits(rng, 8)}~"
    if rng.random() < 0.12:
        text += f"REF*G1*{rng.choice('AP')}{digits(rng, 9)}~"
    if frequency in "78":
        text += f"REF*F8*{digits(rng, 13)}~"
    if rng.random() < 0.05:
        text += f"REF*X4*{digits(rng, 2)}D{digits(rng, 7)}~"
    if rng.random() < 0.4:
        text += f"REF*D9*{digits(rng, 15)}~"
    if rng.random() < 0.15:
        text += f"REF*EA*MR{digits(rng, 7)}~"
    if rng.random() < 0.04:
        text += f"NTE*ADD*{rng.choice(_NOTES)} {digits(rng, 3)}~"
    return text


def _diagnoses(found: list[str]) -> str:
    rest = "".join(f"*ABF:{code}" for code in found[1:])
    return f"HI*ABK:{found[0]}{rest}~"


def _claim_providers(world: World, provider: Provider, place: str) -> str:
    rng = world.rng
    text = ""
    if rng.random() < 0.35:
        text += _name(rng.choice(world.doctors), "DN")
    if not provider.first and rng.random() < 0.75:
        doctor = rng.choice(world.doctors)
        text += _name(doctor, "82")
        if rng.random() < 0.6:
            text += f"PRV*PE*PXC*{doctor.taxonomy}~"
    if place != "11" or rng.random() < 0.1:
        site = rng.choice(world.billing)
        text += f"NM1*77*2*{last_name(rng).upper()} HOSPITAL*****XX*{site.npi}~{_place(site.place)}"
    return text


def _name(doctor: Provider, role: str) -> str:
    return f"NM1*{role}*1*{doctor.name}*{doctor.first}****XX*{doctor.npi}~"


class _OtherPayer:
    """Another payer that paid before (2320, 2330, 2430); its payments and adjustments add up to the charges."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._paid = 0
        self._number = digits(rng, 6)
        self._day = f"{day(rng, back=60):%Y%m%d}"

    def line(self, procedure: str, cents: int) -> str:
        """2430 of one service line."""
        allowed = cents * self._rng.randint(40, 90) // 100
        paid = allowed * 8 // 10
        self._paid += paid
        text = f"SVD*{self._number}*{money(paid)}*HC:{procedure}**1~"
        text += f"CAS*CO*45*{money(cents - allowed)}~CAS*PR*2*{money(allowed - paid)}~"
        return text + f"DTP*573*D8*{self._day}~"

    def loop(self, who: Person) -> str:
        """2320 and 2330; to be called after all lines."""
        rng = self._rng
        text = f"SBR*P*18*GRP{digits(rng, 5)}******CI~"
        text += f"AMT*D*{money(self._paid)}~OI***Y***Y~"
        text += f"NM1*IL*1*{who.last.upper()}*{who.first.upper()}****MI*{digits(rng, 9)}~"
        return text + f"NM1*PR*2*{last_name(rng).upper()} INSURANCE*****PI*{self._number}~"


def _line(
    world: World, number: int, cents: int, when: str, diagnoses: int, other: _OtherPayer | None
) -> str:
    """2400 and below."""
    rng = world.rng
    world.line_number += 1
    procedure = world.procedures.draw(rng)
    modifiers = rng.sample(codes.MODIFIERS, rng.choice((0, 0, 0, 0, 0, 1, 1, 1, 2, 4)))
    pointers = ":".join(
        map(str, sorted(rng.sample(range(1, diagnoses + 1), min(diagnoses, rng.randint(1, 4)))))
    )
    units = rng.choice(("1", "1", "1", "1", "1", "2", "3", "4", "1.5", "10", "15"))
    kind = "MJ" if procedure.startswith("0") else "UN"
    composite = ":".join(("HC", procedure, *modifiers))
    text = f"LX*{number}~SV1*{composite}*{money(cents)}*{kind}*{units}***{pointers}~"
    text += f"DTP*472*D8*{when}~" if rng.random() < 0.9 else f"DTP*472*RD8*{when}-{when}~"
    if rng.random() < 0.85:
        text += f"REF*6R*{world.line_number:09d}~"
    if rng.random() < 0.03:
        text += f"NTE*ADD*{rng.choice(_NOTES)}~"
    return text + _line_loops(world, procedure, cents, other)


def _line_loops(world: World, procedure: str, cents: int, other: _OtherPayer | None) -> str:
    rng = world.rng
    text = ""
    if procedure[0] == "J" or rng.random() < 0.03:
        text += f"LIN**N4*{codes.ndc(rng)}~CTP****{rng.randint(1, 40)}*{rng.choice(('ML', 'UN', 'ME'))}~"
    if rng.random() < 0.08:
        text += _name(rng.choice(world.doctors), "82")
    if rng.random() < 0.03:
        text += _name(rng.choice(world.doctors), "DK")
    return text + (other.line(procedure, cents) if other is not None else "")
