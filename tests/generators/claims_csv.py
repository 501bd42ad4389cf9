"""Professional claims as CSV, for the layout `professional-claim`: one row a service line.

`generate_claims_csv` streams any number of good claims; `sample` gives the committed sample file,
with the bad rows that are planted in it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from tests.generators import codes
from tests.generators.values import (
    Address,
    Person,
    address,
    charge,
    day,
    digits,
    first_name,
    last_name,
    npi,
    person,
    tax_id,
    words,
)

Row = dict[str, str]

PAYERS: Final = (("Evergreen Health Plan", "EVRGN"), ("Summit Mutual Insurance", "SUMMIT1"))
SAMPLE_CLAIMS: Final = 250
SAMPLE_SEED: Final = 20260102
ADDRESS_PARTS: Final = ("address", "address_2", "city", "state", "zip")

COLUMNS: Final = (
    *words(
        "claim_number total_charge place_of_service frequency_code related_cause accident_state onset_date"
    ),
    *words(
        "accident_date patient_amount_paid referral_number prior_authorization original_claim_number"
    ),
    *words("medical_record_number claim_note"),
    *(f"diagnosis_{number}" for number in range(1, 13)),
    *words("submitter_name submitter_id submitter_contact_name submitter_contact_phone"),
    *words("submitter_contact_email payer_name payer_id receiver_id"),
    *words("billing_provider_taxonomy billing_provider_name billing_provider_npi"),
    *(f"billing_provider_{part}" for part in ADDRESS_PARTS),
    *words("billing_provider_tax_id group_number claim_filing_indicator subscriber_last_name"),
    *words("subscriber_first_name subscriber_middle_name member_id"),
    *(f"subscriber_{part}" for part in ADDRESS_PARTS),
    *words(
        "subscriber_birth_date subscriber_sex patient_relationship patient_last_name patient_first_name"
    ),
    *(f"patient_{part}" for part in ADDRESS_PARTS),
    *words(
        "patient_birth_date patient_sex referring_provider_last_name referring_provider_first_name"
    ),
    *words("referring_provider_npi rendering_provider_last_name rendering_provider_first_name"),
    *words("rendering_provider_npi rendering_provider_taxonomy facility_name facility_npi"),
    *(f"facility_{part}" for part in ADDRESS_PARTS),
    *words(
        "procedure_code modifier_1 modifier_2 modifier_3 modifier_4 line_charge unit_type units"
    ),
    *words(
        "diagnosis_pointers service_date_from service_date_to line_control_number line_note ndc"
    ),
    *words("ndc_quantity ndc_unit"),
)


@dataclass(frozen=True, slots=True)
class Planted:
    """A bad row of the sample: its row number, the rule that must reject it, and what was done to it."""

    row: int
    rule: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Practice:
    """A billing provider with its doctors (last name, first name, NPI, taxonomy)."""

    name: str
    npi: str
    tax_id: str
    taxonomy: str
    place: Address
    doctors: tuple[tuple[str, str, str, str], ...]


def claim_rows(claims: int, seed: int) -> Iterator[list[Row]]:
    """The rows of each claim, all of them good."""
    rng = Random(seed)
    pools = codes.diagnoses(rng, 600), codes.procedures(rng, 600)
    practices = [_practice(rng, 50_000 + 10 * number) for number in range(6)]
    for number in range(1, claims + 1):
        claim = _claim(rng, number, rng.choice(practices), pools[0])
        yield _with_lines(rng, claim, pools[1], number)


def generate_claims_csv(claims: int, seed: int) -> Iterator[bytes]:
    """A CSV file of good claims, a piece a claim."""
    yield ",".join(COLUMNS).encode() + b"\n"
    for rows in claim_rows(claims, seed):
        yield "".join(_text(row) for row in rows).encode()


def sample() -> tuple[bytes, list[Planted]]:
    """The committed sample and its bad rows, in the order of their row numbers."""
    lines, planted = [",".join(COLUMNS) + "\n"], []
    kinds = iter(_KINDS)
    for number, rows in enumerate(claim_rows(SAMPLE_CLAIMS, SAMPLE_SEED), start=1):
        texts = [_text(row) for row in rows]
        if number >= _FIRST_BAD and number % _BAD_EVERY == 0 and len(rows) > 1:
            kind = next(kinds, None)
            if kind is not None:
                planted.extend(kind(rows, texts, len(lines) + 1))
        lines.extend(texts)
    return "".join(lines).encode(), planted


def _practice(rng: Random, number: int) -> _Practice:
    doctors = tuple(
        (last_name(rng), first_name(rng), npi(number + 1 + i), rng.choice(codes.TAXONOMIES))
        for i in range(5)
    )
    name = f"{last_name(rng)} {rng.choice(('Medical Group', 'Clinic', 'Family Practice'))}"
    return _Practice(name, npi(number), tax_id(rng), doctors[0][3], address(rng), doctors)


def _claim(rng: Random, number: int, practice: _Practice, diagnoses: codes.Pool) -> Row:
    """The columns of the claim, for all of its rows."""
    who, payer = _member(rng), rng.choice(PAYERS)
    claim = {
        "claim_number": f"DEMO-{number:06d}",
        "place_of_service": rng.choice(codes.PLACES),
        "frequency_code": "1",
        "submitter_name": "Demo Billing Service",
        "submitter_id": "DEMOBILLING",
        "submitter_contact_name": "Help Desk",
        "submitter_contact_phone": "555-555-0142",
        "submitter_contact_email": "edi@demo-billing.example",
        "payer_name": payer[0],
        "payer_id": payer[1],
        "receiver_id": payer[1],
        "billing_provider_taxonomy": practice.taxonomy,
        "billing_provider_name": practice.name,
        "billing_provider_npi": practice.npi,
        "billing_provider_tax_id": f"{practice.tax_id[:2]}-{practice.tax_id[2:]}",
        "group_number": f"GRP{digits(rng, 5)}",
        "claim_filing_indicator": rng.choice(codes.FILINGS),
    }
    for position, code in enumerate(
        diagnoses.sample(rng, rng.choice((1, 1, 2, 2, 3, 4, 12))), start=1
    ):
        claim[f"diagnosis_{position}"] = code if len(code) == 3 else f"{code[:3]}.{code[3:]}"
    claim |= _addressed("billing_provider", practice.place) | _people(rng, who)
    return claim | _details(rng, number) | _providers(rng, practice, claim["place_of_service"])


def _member(rng: Random) -> Person:
    who = person(rng)
    last = rng.choice(
        (who.last, who.last, who.last, f"O'{who.last}", f"{who.last}-{last_name(rng)}")
    )
    first = rng.choice((who.first, who.first, who.first, "José", "Zoë"))
    return Person(last, first, who.middle, who.born, who.sex)


def _people(rng: Random, who: Person) -> Row:
    place = address(rng)
    row = {
        "subscriber_last_name": who.last,
        "subscriber_first_name": who.first,
        "subscriber_middle_name": who.middle,
        "member_id": f"{rng.choice('ABEHKM')}{digits(rng, 8)}",
        "subscriber_birth_date": _iso(who.born),
        "subscriber_sex": who.sex,
    } | _addressed("subscriber", place)
    if rng.random() < 0.75:
        return row
    patient = person(rng, (1975, 2024))
    return (
        row
        | _addressed("patient", place)
        | {
            "patient_relationship": rng.choice(("Child", "Child", "Spouse", "Other")),
            "patient_last_name": who.last,
            "patient_first_name": patient.first,
            "patient_birth_date": _iso(patient.born),
            "patient_sex": patient.sex,
        }
    )


def _addressed(prefix: str, place: Address) -> Row:
    zip_code = f"{place.zip_code[:5]}-{place.zip_code[5:]}"
    values = (place.street, place.unit, place.city, place.state, zip_code)
    return {f"{prefix}_{part}": value for part, value in zip(ADDRESS_PARTS, values, strict=True)}


def _details(rng: Random, number: int) -> Row:
    row: Row = {}
    if rng.random() < 0.1:
        row["onset_date"] = f"{day(rng, back=90):%Y%m%d}"
    if rng.random() < 0.05:
        row |= {
            "related_cause": "Auto accident",
            "accident_state": "TX",
            "accident_date": "2025-10-31",
        }
    if rng.random() < 0.15:
        row["prior_authorization"] = f"A{digits(rng, 9)}"
    if rng.random() < 0.1:
        row["referral_number"] = digits(rng, 8)
    if rng.random() < 0.2:
        row["medical_record_number"] = f"MR{number:07d}"
    if rng.random() < 0.05:
        row["claim_note"] = "Second visit on the same day, see records"
    if rng.random() < 0.03:
        row |= {"frequency_code": "7", "original_claim_number": digits(rng, 13)}
    return row


def _providers(rng: Random, practice: _Practice, place: str) -> Row:
    row: Row = {}
    if rng.random() < 0.7:
        last, first, number, taxonomy = rng.choice(practice.doctors)
        row |= {"rendering_provider_last_name": last, "rendering_provider_first_name": first}
        row |= {"rendering_provider_npi": number, "rendering_provider_taxonomy": taxonomy}
    if rng.random() < 0.3:
        last, first, number, _ = rng.choice(practice.doctors)
        row |= {"referring_provider_last_name": last, "referring_provider_first_name": first}
        row["referring_provider_npi"] = number
    if place != "11":
        row |= {
            "facility_name": f"{last_name(rng)} Hospital",
            "facility_npi": npi(60_000 + rng.randrange(50)),
        }
        row |= _addressed("facility", address(rng))
    return row


def _with_lines(rng: Random, claim: Row, procedures: codes.Pool, number: int) -> list[Row]:
    """One row a service line; the claim's charge is their sum."""
    count = rng.choice((1, 1, 2, 2, 3, 4, 6))
    served, cents = day(rng), [charge(rng) for _ in range(count)]
    diagnoses = sum(1 for name in claim if name.startswith("diagnosis_"))
    total = _dollars(sum(cents))
    rows = []
    for line, amount in enumerate(cents, start=1):
        row = {**claim, "total_charge": total, "line_charge": f"{amount / 100:.2f}"}
        row |= _line(rng, procedures.draw(rng), served + timedelta(days=line // 4), diagnoses)
        rows.append(row | {"line_control_number": f"{number:06d}-{line}"})
    return rows


def _line(rng: Random, procedure: str, when: date, diagnoses: int) -> Row:
    pointers = sorted(rng.sample(range(1, diagnoses + 1), min(diagnoses, rng.randint(1, 4))))
    row = {
        "procedure_code": procedure,
        "unit_type": rng.choice(("Units", "")),
        "units": rng.choice(("1", "1", "1", "2", "3", "1.5")),
        "diagnosis_pointers": ";".join(map(str, pointers)),
        "service_date_from": rng.choice(
            (f"{when:%Y-%m-%d}", f"{when.month}/{when.day}/{when.year}")
        ),
    }
    if rng.random() < 0.2:
        row["service_date_to"] = f"{when + timedelta(days=rng.randint(0, 2)):%Y-%m-%d}"
    for position, modifier in enumerate(
        rng.sample(codes.MODIFIERS, rng.choice((0, 0, 1, 2, 4))), start=1
    ):
        row[f"modifier_{position}"] = modifier
    if procedure[0] == "J":
        row |= {"ndc": codes.ndc(rng), "ndc_quantity": "2.5", "ndc_unit": "Milliliters"}
    return row


def _iso(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:]}"


def _dollars(cents: int) -> str:
    return f"${cents / 100:,.2f}"


def _text(row: Row) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([row.get(name, "") for name in COLUMNS])
    return out.getvalue()


_Kind = Callable[[list[Row], list[str], int], list[Planted]]
_FIRST_BAD: Final = 20
_BAD_EVERY: Final = 5


def _changed(rule: str, kind: str, change: Callable[[Row], Row]) -> _Kind:
    """Changes the second row of a claim; the claim's other rows go with it."""

    def plant(rows: list[Row], texts: list[str], first: int) -> list[Planted]:
        texts[1] = _text(change(rows[1]))
        return _with_others(texts, first, rule, kind)

    return plant


def _changed_everywhere(rule: str, kind: str, change: Callable[[Row], Row]) -> _Kind:
    """Changes a column of the claim in all of its rows; the first row is blamed."""

    def plant(rows: list[Row], texts: list[str], first: int) -> list[Planted]:
        texts[:] = [_text(change(row)) for row in rows]
        others = [Planted(first + i, "unit_other_row", kind) for i in range(1, len(texts))]
        return [Planted(first, rule, kind), *others]

    return plant


def _missing_field(rows: list[Row], texts: list[str], first: int) -> list[Planted]:
    texts[1] = texts[1].rpartition(",")[0] + "\n"
    return _with_others(texts, first, "row_field_count", "a field is missing at the end of the row")


def _open_quote(rows: list[Row], texts: list[str], first: int) -> list[Planted]:
    name = rows[1]["submitter_name"]
    texts[1] = texts[1].replace(name, f'"{name}')
    return _with_others(texts, first, "row_quotes", "a quote is opened and never closed")


def _returned_key(rows: list[Row], texts: list[str], first: int) -> list[Planted]:
    """One more row of an earlier claim, after the rows of this one."""
    texts.append(_text({**rows[0], "claim_number": "DEMO-000001"}))
    kind = "a row with the number of a claim further up"
    return [Planted(first + len(texts) - 1, "unit_key_returns", kind)]


def _with_others(texts: list[str], first: int, rule: str, kind: str) -> list[Planted]:
    rules = ["unit_other_row"] * len(texts)
    rules[1] = rule
    return [Planted(first + i, text, kind) for i, text in enumerate(rules)]


_KINDS: Final[tuple[_Kind, ...]] = (
    _changed(
        "value_date",
        "a service date that the calendar does not have",
        lambda row: {**row, "service_date_from": "2025-02-30", "service_date_to": ""},
    ),
    _changed_everywhere(
        "value_check_digit",
        "a billing NPI with a wrong check digit",
        lambda row: {**row, "billing_provider_npi": _next_digit(row["billing_provider_npi"])},
    ),
    _missing_field,
    _open_quote,
    _changed_everywhere(
        "unit_total",
        "a claim charge that is not the sum of its lines",
        lambda row: {**row, "total_charge": "99,999.99"},
    ),
    _changed_everywhere(
        "value_code",
        "a code for the subscriber's sex that the guide does not have",
        lambda row: {**row, "subscriber_sex": "X"},
    ),
    _returned_key,
)


def _next_digit(text: str) -> str:
    return text[:-1] + str((int(text[-1]) + 1) % 10)
