"""Flat files to documents: what a good file gives, and how each fault is named."""

from __future__ import annotations

from typing import Any

import pytest

from ediport.documents import limits
from ediport.documents.flat_file import FileFacts, read_flat_file
from ediport.documents.layout import Layout, parse_layout
from ediport.documents.layout_file import layouts_folder
from ediport.documents.paths import find, first, nodes
from ediport.documents.reject_rules import REJECT_RULES
from ediport.documents.results import Reject, Unit
from ediport.x12.plan import Plans
from tests.generators.claims_csv import COLUMNS, Row, sample
from tests.unit.documents.conftest import FACTS, Read, claims, csv_bytes


def one(count_of_rows: int = 1, *, dependent: bool = False, seed: int = 1) -> list[Row]:
    """A good claim with so many rows."""
    for rows in claims(300, seed):
        if len(rows) == count_of_rows and bool(rows[0].get("patient_relationship")) == dependent:
            return rows
    raise AssertionError("no such claim")


def changed(rows: list[Row], **columns: str) -> list[Row]:
    """The rows with some columns changed in all of them."""
    return [{**row, **columns} for row in rows]


def only_reject(read: Read, data: bytes) -> Reject:
    units, rejects = read(data)
    assert not units
    assert len(rejects) == 1
    return rejects[0]


def test_the_sample_gives_its_claims_and_exactly_the_planted_rejects(read: Read) -> None:
    data, planted = sample()
    units, rejects = read(data)
    assert len(units) == 244
    assert [(r.row, r.rules) for r in rejects] == [(p.row, p.rule) for p in planted]
    assert len({p.kind for p in planted}) == 7


def test_every_row_of_a_file_is_in_one_unit_or_one_reject(read: Read) -> None:
    data, _ = sample()
    units, rejects = read(data)
    rows = [row for unit in units for row in range(unit.first_row, unit.last_row + 1)]
    rows += [reject.row for reject in rejects]
    assert sorted(rows) == list(range(2, data.count(b"\n") + 1))


def test_a_unit_is_named_by_its_first_row(read: Read) -> None:
    rows = one(3)
    (unit,), _ = read(csv_bytes(rows))
    assert (unit.record, unit.first_row, unit.last_row, unit.rows) == ("2", 2, 4, 3)


def values(unit: Unit, path: str) -> list[str]:
    return list(find(unit.document, path))


def test_the_document_of_a_subscribers_claim(read: Read) -> None:
    rows = changed(one(2), total_charge="$1,234.50", diagnosis_1="E11.9", diagnosis_2="")
    rows[0]["line_charge"], rows[1]["line_charge"] = "1234.50", "0.00"
    rows[0] |= {
        "service_date_from": "1/5/2026",
        "service_date_to": "2026-01-07",
        "modifier_1": "25",
    }
    rows = changed(rows, diagnosis_pointers="1", subscriber_first_name="José")
    (unit,), rejects = read(csv_bytes(rows))
    assert not rejects
    assert values(unit, "2000A/2000B/2300/CLM/02") == ["1234.5"]
    assert values(unit, "2000A/2000B/2300/CLM/05-03") == ["1"]
    assert values(unit, "2000A/2000B/2300/HI/01/02") == ["E119"]
    assert values(unit, "2000A/2000B/2300/2400/SV1/02") == ["1234.5", "0"]
    assert values(unit, "2000A/2000B/2300/2400/DTP[472]/02")[0] == "RD8"
    assert values(unit, "2000A/2000B/2300/2400/DTP[472]/03")[0] == "20260105-20260107"
    assert values(unit, "2000A/2000B/SBR/02") == ["18"]
    assert values(unit, "2000A/2000B/2010BA/NM1/04") == ["Jose"]
    assert values(unit, "2000A/2000B/2000C/2300/CLM/01") == []


def test_the_document_of_a_dependents_claim(read: Read) -> None:
    rows = changed(one(1, dependent=True), patient_relationship="Child")
    (unit,), rejects = read(csv_bytes(rows))
    assert not rejects
    assert values(unit, "2000A/2000B/2000C/PAT/01") == ["19"]
    assert values(unit, "2000A/2000B/2000C/2300/CLM/01") == [rows[0]["claim_number"]]
    assert values(unit, "2000A/2000B/SBR/02") == []
    assert values(unit, "2000A/2000B/2300/CLM/01") == []


def test_what_intake_knows_of_the_file_is_in_the_document(read: Read) -> None:
    (unit,), _ = read(csv_bytes(one()))
    assert unit.document["guide"] == "005010X222A1"
    assert "interchange" not in unit.document
    assert values(unit, "BHT/03") == ["BATCH-1"]
    assert values(unit, "BHT/04") + values(unit, "BHT/05") == ["20260105", "1230"]


def test_members_come_in_the_guides_order_and_repeats_are_arrays(read: Read) -> None:
    (unit,), _ = read(csv_bytes(one(2)))
    transaction: dict[str, Any] = unit.document["transaction"]
    assert [key.rpartition("_")[2] for key in transaction] == [
        "ST",
        "BHT",
        "1000A",
        "1000B",
        "2000A",
    ]
    (claim,) = nodes(unit.document, "2000A/2000B/2300")
    ids = [key.rpartition("_")[2] for key in claim]
    assert ids[0] == "CLM"
    assert ids[-1] == "2400"
    assert isinstance(claim["service_line_number_2400"], list)
    assert isinstance(transaction["submitter_name_1000A"], dict)


def test_columns_of_the_claim_may_be_empty_after_its_first_row(read: Read) -> None:
    rows = one(2)
    kept = ("claim_number", "procedure_code", "line_charge", "units", "diagnosis_pointers")
    rows[1] = {name: rows[1][name] for name in (*kept, "service_date_from")}
    units, rejects = read(csv_bytes(rows))
    assert not rejects
    assert units[0].rows == 2


def test_column_order_case_and_blanks_of_the_header_do_not_matter(read: Read) -> None:
    rows = one()
    data = csv_bytes(rows, COLUMNS[::-1])
    head, _, rest = data.partition(b"\n")
    units, rejects = read(head.replace(b"_", b" ").upper() + b"\n" + rest)
    assert not rejects
    assert units[0].document == read(csv_bytes(rows))[0][0].document


def test_a_bad_claim_does_not_touch_its_neighbours(read: Read) -> None:
    before, bad, after = claims(3)
    bad = changed(bad, member_id="")
    units, rejects = read(csv_bytes([*before, *bad, *after]))
    assert len(units) == 2
    assert len(rejects) == len(bad)


@pytest.mark.parametrize(
    ("columns", "rule", "column"),
    [
        ({"subscriber_birth_date": "1980-02-30"}, "value_date", "subscriber_birth_date"),
        ({"service_date_from": "yesterday"}, "value_date", "service_date_from"),
        ({"service_date_to": "2001-01-01"}, "value_date", "service_date_from"),
        ({"line_charge": "12.345"}, "value_amount", "line_charge"),
        ({"total_charge": "-5"}, "value_amount", "total_charge"),
        ({"units": "two"}, "value_number", "units"),
        ({"subscriber_sex": "X"}, "value_code", "subscriber_sex"),
        ({"subscriber_state": "ZZ"}, "value_code", "subscriber_state"),
        ({"place_of_service": "00"}, "value_code", "place_of_service"),
        ({"claim_filing_indicator": "QQ"}, "value_code", "claim_filing_indicator"),
        ({"diagnosis_pointers": "13"}, "value_code", "diagnosis_pointers"),
        ({"diagnosis_pointers": "1;2;3;4;5"}, "value_count", "diagnosis_pointers"),
        ({"diagnosis_pointers": ";"}, "value_count", "diagnosis_pointers"),
        ({"diagnosis_1": "E11.99999"}, "value_form", "diagnosis_1"),
        ({"procedure_code": "9921"}, "value_form", "procedure_code"),
        ({"billing_provider_npi": "1999500103"}, "value_check_digit", "billing_provider_npi"),
        ({"referring_provider_npi": "12345"}, "value_form", "referring_provider_npi"),
        ({"member_id": ""}, "value_required", "member_id"),
        ({"procedure_code": ""}, "value_required", "procedure_code"),
        ({"subscriber_last_name": "x" * 61}, "value_too_long", "subscriber_last_name"),
        ({"billing_provider_zip": "97"}, "value_too_short", "billing_provider_zip"),
        ({"subscriber_last_name": "\u674e"}, "value_characters", "subscriber_last_name"),
        ({"patient_last_name": "Elsewhere"}, "value_not_wanted", "patient_last_name"),
        ({"patient_relationship": "Cousin"}, "value_code", "patient_relationship"),
        ({"total_charge": "1"}, "unit_total", "total_charge"),
        (
            {"rendering_provider_npi": "1999500105", "rendering_provider_last_name": ""},
            "value_required_here",
            "rendering_provider_last_name",
        ),
        ({"ndc": "12345678901", "ndc_quantity": "2"}, "value_required_here", "ndc_unit"),
        ({"facility_name": "Nowhere", "facility_city": ""}, "value_required_here", "facility_city"),
    ],
)
def test_faults_of_values(read: Read, columns: dict[str, str], rule: str, column: str) -> None:
    clear = {name: "" for name in COLUMNS if name.startswith(("facility", "ndc", "rendering"))}
    rows = changed(one(), **{**clear, "place_of_service": "11", **columns})
    if columns.get("facility_name"):
        rows = changed(rows, facility_address="1 Road", facility_state="OR", facility_zip="97201")
    reject = only_reject(read, csv_bytes(rows))
    assert reject.rules == rule
    assert reject.columns == column
    assert reject.row == 2
    for value in filter(lambda text: len(text) > 3, columns.values()):
        assert value not in reject.reason + reject.advice


def test_all_faults_of_a_row_are_named(read: Read) -> None:
    reject = only_reject(
        read, csv_bytes(changed(one(), member_id="", units="x", subscriber_sex="Q"))
    )
    assert set(reject.columns.split("; ")) == {"member_id", "units", "subscriber_sex"}


def test_a_dependent_needs_the_patients_data(read: Read) -> None:
    rows = changed(one(1, dependent=True), patient_last_name="", patient_birth_date="")
    reject = only_reject(read, csv_bytes(rows))
    assert reject.rules == "value_required"
    assert reject.columns == "patient_last_name; patient_birth_date"


def test_a_file_without_the_patient_columns_cannot_bring_dependents(read: Read) -> None:
    rows = one(1, dependent=True)
    columns = [name for name in COLUMNS if name != "patient_sex"]
    reject = only_reject(read, csv_bytes(rows, columns))
    assert (reject.rules, reject.columns) == ("value_required", "patient_sex")


def test_values_of_the_claim_must_agree_in_all_rows(read: Read) -> None:
    rows = one(3)
    rows[2]["member_id"] = "SOMEBODYELSE"
    units, rejects = read(csv_bytes(rows))
    assert not units
    assert [(r.row, r.rules) for r in rejects] == [
        (2, "unit_other_row"),
        (3, "unit_other_row"),
        (4, "unit_value_differs"),
    ]
    assert "row 4" in rejects[0].reason


def test_a_key_that_comes_back_is_rejected_and_the_first_claim_stays(read: Read) -> None:
    first_claim, second = one(1), one(2)
    units, rejects = read(csv_bytes([*first_claim, *second, *first_claim, *second]))
    assert [unit.record for unit in units] == ["2", "3"]
    assert [(r.row, r.rules) for r in rejects] == [(n, "unit_key_returns") for n in (5, 6, 7)]


def test_a_claim_with_more_rows_than_the_guide_has_lines(read: Read) -> None:
    rows = one(1) * 60
    units, rejects = read(csv_bytes([*rows, *one(2)]))
    assert len(units) == 1
    assert [(r.row, r.rules) for r in rejects] == [(row, "unit_rows_max") for row in range(2, 62)]


def test_a_key_that_comes_back_with_many_rows(read: Read) -> None:
    units, rejects = read(csv_bytes([*one(1), *one(2), *one(1) * 60]))
    assert len(units) == 2
    assert {r.rules for r in rejects} == {"unit_key_returns"}
    assert len(rejects) == 60


def test_many_rows_without_key_are_all_rejected(read: Read) -> None:
    loose = changed(one(1), claim_number="") * 1_500
    units, rejects = read(csv_bytes([*one(2), *loose, *one(3)]))
    assert len(units) == 2
    assert [r.row for r in rejects] == list(range(4, 1_504))


def test_a_file_without_header_row_where_the_layout_says_so(plans: Plans) -> None:
    text = (layouts_folder() / "professional-claim.yaml").read_bytes()
    layout = parse_layout(text.replace(b"header: true", b"header: false"), "test", plans)
    names = [column.name for column in layout.columns]
    data = csv_bytes(one(2), names).partition(b"\n")[2]
    (unit,) = read_flat_file([data], layout, FACTS)
    assert isinstance(unit, Unit)
    assert (unit.record, unit.rows) == ("1", 2)


def test_fifty_lines_are_a_claim(read: Read) -> None:
    rows = changed(one(1) * 50, line_charge="1.50", total_charge="75")
    (unit,), rejects = read(csv_bytes(rows))
    assert not rejects
    assert len(values(unit, "2000A/2000B/2300/2400/SV1/02")) == 50


def test_a_row_without_key_inside_a_claim_spoils_it(read: Read) -> None:
    rows = one(3)
    rows[1]["claim_number"] = ""
    units, rejects = read(csv_bytes([*rows, *one(2)]))
    assert [unit.record for unit in units] == ["5"]
    assert [r.row for r in rejects] == [2, 3, 4]


def test_a_row_without_key_between_claims_is_rejected_alone(read: Read) -> None:
    loose = changed(one(1), claim_number="")
    units, rejects = read(csv_bytes([*one(2), *loose, *one(3)]))
    assert len(units) == 2
    assert [(r.row, r.rules, r.columns) for r in rejects] == [(4, "row_no_key", "claim_number")]


def test_a_row_with_too_many_fields_spoils_its_claim_only(read: Read) -> None:
    lines = csv_bytes([*one(1), *one(2)]).decode().splitlines()
    lines[2] += ",x"
    units, rejects = read("\n".join(lines).encode())
    assert [unit.record for unit in units] == ["2"]
    assert [(r.row, r.rules) for r in rejects] == [(3, "row_field_count"), (4, "unit_other_row")]


def test_a_file_that_is_cut_off_within_a_row(read: Read) -> None:
    data = csv_bytes([*one(1), *one(2)])
    units, rejects = read(data[:-200])
    assert [unit.record for unit in units] == ["2"]
    assert [(r.row, r.rules) for r in rejects] == [(3, "unit_other_row"), (4, "row_field_count")]


def test_surplus_fields_that_are_empty_do_no_harm(read: Read) -> None:
    data = csv_bytes(one(1)).replace(b"\n", b",,\n").replace(b",,\n", b"\n", 1)
    units, rejects = read(data)
    assert not rejects
    assert len(units) == 1


@pytest.mark.parametrize(
    ("bytes_in", "rule", "column"),
    [
        (b"Bad\xffName", "row_encoding", "subscriber_last_name"),
        (b"Bad\x07Name", "row_control_character", "subscriber_last_name"),
        (b"Bad\x00Name", "row_nul", ""),
    ],
)
def test_bytes_that_are_no_text(read: Read, bytes_in: bytes, rule: str, column: str) -> None:
    data = csv_bytes(changed(one(1), subscriber_last_name="PLACEHOLDER")).replace(
        b"PLACEHOLDER", bytes_in
    )
    reject = only_reject(read, data)
    assert (reject.rules, reject.columns) == (rule, column)


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "file_empty"),
        (b"\n\n", "file_empty"),
        (b"\xef\xbb\xbf", "file_empty"),
        (b"PK\x03\x04\x14\x00", "file_not_text"),
        ("claim_number\n".encode("utf-16"), "file_not_text"),
        (",".join(COLUMNS).encode(), "file_no_rows"),
        (b'claim_number,"total\n1,2\n', "row_quotes"),
        (b"claim_number,\xff\n", "row_encoding"),
        (b"\x00" * 200_000, "row_too_long"),
    ],
)
def test_files_that_cannot_be_read(read: Read, data: bytes, rule: str) -> None:
    reject = only_reject(read, data)
    assert reject.whole_file
    assert reject.rules == rule


def test_a_header_that_does_not_fit_is_one_clear_error(read: Read) -> None:
    columns = [
        *(name for name in COLUMNS if name not in ("member_id", "units")),
        "memberid",
        "zzz",
        "units",
        "units",
    ]
    reject = only_reject(read, csv_bytes(one(1), columns))
    assert reject.whole_file
    assert (reject.row, reject.rules) == (1, "header_mismatch")
    assert "missing: member_id" in reject.reason
    assert "column CQ (is it member_id?), column CR" in reject.reason
    assert "twice: units" in reject.reason


def test_a_file_without_header_row_does_not_give_its_values_away(read: Read) -> None:
    data = csv_bytes(one(1)).partition(b"\n")[2]
    reject = only_reject(read, data)
    assert reject.rules == "header_mismatch"
    assert "must be the header row" in reject.reason
    assert not any(value in reject.reason for value in one(1)[0].values() if len(value) > 3)


def test_no_value_is_in_the_text_of_a_result(read: Read) -> None:
    _, rejects = read(csv_bytes(changed(one(1), member_id="", subscriber_last_name="Secretname")))
    assert "Secretname" in rejects[0].raw.reveal()
    assert "Secretname" not in repr(rejects[0]) + str(rejects[0].raw)


def test_the_same_bytes_give_the_same_result_however_they_are_cut(read: Read) -> None:
    data, _ = sample()
    units, rejects = read(data)
    for size in (1_009, 65_536):
        again = read([data[i : i + size] for i in range(0, len(data), size)])
        assert [u.document for u in again[0]] == [u.document for u in units]
        assert [(r.row, r.rules) for r in again[1]] == [(r.row, r.rules) for r in rejects]


def test_units_come_while_the_file_is_still_being_read(layout: Layout) -> None:
    data, _ = sample()
    given = 0

    def chunks() -> Any:
        nonlocal given
        for start in range(0, len(data), 4096):
            given += 1
            yield data[start : start + 4096]

    reading = read_flat_file(chunks(), layout, FACTS)
    assert isinstance(next(reading), Unit)
    assert given < 5


def test_reading_stops_at_the_most_units(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ediport.documents.flat_file.units_per_file_max", 3)
    data = csv_bytes(row for rows in claims(9) for row in rows)
    found = list(read_flat_file([data], layout, FACTS))
    assert len([item for item in found if isinstance(item, Unit)]) == 3
    last = [item for item in found if isinstance(item, Reject)]
    assert [(item.rules, item.whole_file) for item in last] == [("file_units_max", True)]


def test_time_of_intake_is_utc() -> None:
    assert FACTS.values()["received_time"] == "1230"
    assert isinstance(FACTS, FileFacts)


def test_every_rule_has_words() -> None:
    for name, rule in REJECT_RULES.items():
        assert rule.id == name
        assert rule.summary
        assert rule.advice.endswith(".")
    assert limits.rows_per_unit_max > 0


def test_first_value_helper_finds_the_payer(read: Read) -> None:
    (unit,), _ = read(csv_bytes(changed(one(1), payer_id="EVRGN", receiver_id="EVRGN")))
    assert first(unit.document, "2000A/2000B/2010BB/NM1/09") == "EVRGN"
