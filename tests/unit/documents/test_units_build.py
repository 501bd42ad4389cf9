"""Units of flat files are whole: each builds to X12 in which neither we nor pyx12 find a fault."""

from __future__ import annotations

from typing import Final

import pytest

from ediport.documents.flat_file import read_flat_file
from ediport.documents.layout import Layout
from ediport.documents.results import Unit
from ediport.x12.delimiters import Delimiters
from ediport.x12.plan import Plans
from ediport.x12.writer import CountedNumbers, Envelope, build_bytes
from tests.generators.claims_csv import COLUMNS, sample
from tests.unit.documents.conftest import FACTS, claims, csv_bytes
from tests.unit.documents.second_opinion import pyx12_accepts

INTERCHANGE: Final = {
    "authorization_information_qualifier_01": "00",
    "security_information_qualifier_03": "00",
    "id_qualifier_05": "ZZ",
    "sender_id_06": "DEMOBILLING",
    "id_qualifier_07": "ZZ",
    "receiver_id_08": "EVERGREEN",
    "date_09": "260105",
    "time_10": "1230",
    "acknowledgment_requested_14": "0",
    "usage_indicator_15": "T",
}
GROUP: Final = {
    "application_senders_code_02": "DEMOBILLING",
    "application_receivers_code_03": "EVERGREEN",
    "date_04": "20260105",
    "time_05": "1230",
}


def units(layout: Layout, data: bytes) -> list[Unit]:
    return [item for item in read_flat_file([data], layout, FACTS) if isinstance(item, Unit)]


def envelope(delimiters: Delimiters | None = None) -> Envelope:
    return Envelope(INTERCHANGE, GROUP, delimiters, CountedNumbers())


def test_every_unit_of_the_sample_builds_clean(layout: Layout, plans: Plans) -> None:
    found = units(layout, sample()[0])
    assert len(found) == 244
    for unit in found:
        built = build_bytes([unit.document], plans, envelope())
        assert not built.findings, (unit.record, built.findings[0])


def test_all_units_of_the_sample_are_one_interchange_that_pyx12_accepts(
    layout: Layout, plans: Plans
) -> None:
    documents = [unit.document for unit in units(layout, sample()[0])]
    built = build_bytes(documents, plans, envelope())
    assert not built.findings
    assert built.x12.count(b"~CLM*") == 244
    assert pyx12_accepts(built.x12)


def test_units_build_with_a_partners_own_separators(layout: Layout, plans: Plans) -> None:
    documents = [unit.document for unit in units(layout, sample()[0])[:20]]
    built = build_bytes(documents, plans, envelope(Delimiters(b"|", b"<", b"{", b"}", b"\r\n")))
    assert not built.findings
    assert built.x12.count(b"}\r\nCLM|") == 20


@pytest.mark.parametrize(
    "columns",
    [
        {
            "billing_provider_name": "Solo",
            "billing_provider_first_name": "Ada",
            "billing_provider_type": "Person",
        },
        {"related_cause": "Auto accident", "accident_state": "TX", "accident_date": "2025-06-01"},
        {"onset_date": "2025-06-01", "patient_amount_paid": "25.00", "clia_number": "99D9999999"},
        {"frequency_code": "8", "original_claim_number": "123456", "claim_note": "void"},
        {
            "line_rendering_last_name": "Line",
            "line_rendering_npi": "1999500105",
            "line_note": "note",
        },
        {
            "ndc": "12345-6789-01",
            "ndc_quantity": "2.125",
            "ndc_unit": "Milliliters",
            "emergency": "Y",
        },
        {
            "referring_provider_last_name": "Ref",
            "referring_provider_npi": "1999500105",
            "group_name": "Group",
        },
        {
            "unit_type": "Minutes",
            "units": "15",
            "line_place_of_service": "22",
            "medical_record_number": "1",
        },
    ],
)
def test_what_the_layout_offers_builds_clean(
    layout: Layout, plans: Plans, columns: dict[str, str]
) -> None:
    rows = [{**row, **columns} for row in claims(1)[0]]
    (unit,) = units(layout, csv_bytes(rows, tuple(dict.fromkeys((*COLUMNS, *columns)))))
    built = build_bytes([unit.document], plans, envelope())
    assert not built.findings
    assert pyx12_accepts(built.x12)
