"""Professional claims to try the payer with, as canonical documents and as X12 under an agreement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from ediport.guides import library
from ediport.partners.agreement import Agreement
from ediport.partners.agreement_file import load
from ediport.partners.control_numbers import CountingNumbers
from ediport.partners.envelope import envelope
from ediport.resources import schemas_folder
from ediport.simulator.compose import Loop, Part, document, loop, segment
from ediport.x12.plan import Plan
from ediport.x12.writer import build_bytes

AT = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
DEMO: Path = schemas_folder() / "partners" / "demo"


@dataclass(frozen=True, slots=True)
class Sample:
    """A claim; `lines` are charges, their sum the claim's charge unless `charge` says otherwise."""

    number: str
    lines: tuple[str, ...] = ("100",)
    member: str = "MEMBER1"
    charge: str = ""
    dependent: bool = False
    npi: str = "1234567893"
    claim_number: str = ""
    rendering: bool = False
    period: str = ""

    @property
    def total(self) -> str:
        return self.charge or str(sum((Decimal(line) for line in self.lines), Decimal()))


def demo(partner: str) -> Agreement:
    """One of the demo agreements."""
    return load(DEMO / f"{partner}.yaml")


def plan(abbreviation: str) -> Plan:
    """A guide's plan, which must be there."""
    found = library().get(abbreviation)
    assert found is not None
    return found


def claim_documents(samples: Iterable[Sample], batch: str = "BATCH1") -> list[dict[str, Any]]:
    """Each claim as a unit of its own."""
    return [_document(sample, batch) for sample in samples]


def claims_x12(
    agreement: Agreement, samples: Sequence[Sample], *, batch: str = "BATCH1", last: int = 0
) -> bytes:
    """The claims in one transaction set, from us to the partner; ISA13 is the number after `last`."""
    numbers = CountingNumbers(last, last, last)
    own = envelope(agreement, at=AT, control_numbers=numbers)
    built = build_bytes(claim_documents(samples, batch), library(), own)
    assert built.is_accepted, [(f.rule.id, f.loop_path, f.place, f.pointer) for f in built.findings]
    return built.x12


def _document(sample: Sample, batch: str) -> dict[str, Any]:
    return document(
        plan("837P"),
        segment("BHT", "0019", "00", batch, "20260304", "0506", "CH"),
        loop(
            "1000A",
            segment("NM1", "41", "2", "CLINIC BILLING", "", "", "", "", "46", "SUB01"),
            segment("PER", "IC", "DESK", "TE", "8005550111"),
        ),
        loop("1000B", segment("NM1", "40", "2", "PAYER", "", "", "", "", "46", "RCV01")),
        loop("2000A", _provider(sample), _subscriber(sample)),
    )


def _provider(sample: Sample) -> Loop:
    return loop(
        "2010AA",
        segment("NM1", "85", "2", "GOOD CLINIC", "", "", "", "", "XX", sample.npi),
        segment("N3", "1 MAIN STREET"),
        segment("N4", "SPRINGFIELD", "IL", "627010001"),
        segment("REF", "EI", "123456789"),
    )


def _subscriber(sample: Sample) -> Loop:
    relation = "" if sample.dependent else "18"
    claims = [_claim(sample)]
    return loop(
        "2000B",
        segment("SBR", "P", relation, "", "", "", "", "", "", "CI"),
        loop(
            "2010BA",
            segment("NM1", "IL", "1", "DOE", "JANE", "Q", "", "", "MI", sample.member),
            segment("N3", "2 SIDE STREET"),
            segment("N4", "SPRINGFIELD", "IL", "627010001"),
            segment("DMG", "D8", "19700101", "F"),
        ),
        loop("2010BB", segment("NM1", "PR", "2", "PAYER", "", "", "", "", "PI", "EVRGN")),
        _dependent(claims) if sample.dependent else claims,
    )


def _dependent(claims: list[Loop]) -> Loop:
    return loop(
        "2000C",
        segment("PAT", "19"),
        loop(
            "2010CA",
            segment("NM1", "QC", "1", "DOE", "JUNIOR"),
            segment("N3", "2 SIDE STREET"),
            segment("N4", "SPRINGFIELD", "IL", "627010001"),
            segment("DMG", "D8", "20150101", "M"),
        ),
        claims,
    )


def _claim(sample: Sample) -> Loop:
    place = ("11", "B", "1")
    flags = ("Y", "A", "Y", "Y")
    doctor = segment("NM1", "82", "1", "HEALER", "ANN", "", "", "", "XX", "1987654328")
    return loop(
        "2300",
        segment("CLM", sample.number, sample.total, "", "", place, *flags),
        segment("REF", "D9", sample.claim_number) if sample.claim_number else None,
        segment("HI", ("ABK", "J0190")),
        loop("2310B", doctor) if sample.rendering else None,
        [_line(number, charge, sample) for number, charge in enumerate(sample.lines, start=1)],
    )


def _line(number: int, charge: str, sample: Sample) -> Part:
    kind = "RD8" if sample.period else "D8"
    return loop(
        "2400",
        segment("LX", str(number)),
        segment("SV1", ("HC", f"9921{number % 10}", "25"), charge, "UN", "1", "", "", ("1",)),
        segment("DTP", "472", kind, sample.period or "20260301"),
        segment("REF", "6R", f"{sample.number}L{number}"),
    )
