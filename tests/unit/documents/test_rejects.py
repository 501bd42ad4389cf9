"""The reject report: once a row, with reason and advice, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest

from ediport.documents.rejects import REPORT_COLUMNS, RejectReport, report_name, safe_cell
from tests.generators.claims_csv import COLUMNS, sample
from tests.unit.documents.conftest import Read, claims, csv_bytes


def report(read: Read, data: bytes) -> list[list[str]]:
    out = io.BytesIO()
    writer = RejectReport(out)
    for reject in read(data)[1]:
        writer.write(reject)
    text = out.getvalue().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert writer.rows == max(len(rows) - 1, 0)
    return rows


def test_the_report_has_each_rejected_row_once(read: Read) -> None:
    data, planted = sample()
    header, *rows = report(read, data)
    assert header == [*REPORT_COLUMNS, *COLUMNS]
    assert [(int(row[0]), row[2]) for row in rows] == [(p.row, p.rule) for p in planted]
    assert all(row[3] and row[4] for row in rows)


def test_corrected_rows_can_be_sent_again(read: Read) -> None:
    bad = [{**row, "member_id": ""} for row in claims(1)[0]]
    header, *rows = report(read, csv_bytes(bad))
    again = [dict(zip(header[5:], row[5:], strict=True)) | {"member_id": "M1"} for row in rows]
    units, rejects = read(csv_bytes(again))
    assert (len(units), rejects) == (1, [])


def test_nothing_rejected_is_nothing_written(read: Read) -> None:
    assert report(read, csv_bytes(claims(1)[0])) == []


def test_a_file_that_cannot_be_read_has_its_reason_in_the_report(read: Read) -> None:
    (header, row) = report(read, b"")
    assert header == list(REPORT_COLUMNS)
    assert row[2] == "file_empty"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd",
        "-cmd|x",
        "@sum",
        "\t=1",
        "\r=1",
        " =1",
        "\n=1",
        "\uff1d1",
        '=HYPERLINK("x")',
        "-1-1",
        "+1+1",
    ],
)
def test_formulas_are_made_harmless(text: str) -> None:
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["", "Smith", "-12.50", "+5", "12", "O'Neil", "1,234.50", "a=b", "2026-01-05"]
)
def test_other_text_stays(text: str) -> None:
    assert safe_cell(text) == text


def test_formulas_in_any_column_are_made_harmless(read: Read) -> None:
    evil = "=cmd|' /C calc'!A0"
    rows = [{**row, "member_id": "", "subscriber_last_name": evil} for row in claims(1)[0]]
    found = report(read, csv_bytes(rows))
    assert f"'{evil}" in found[1]
    assert evil not in found[1]


def test_header_cells_are_made_harmless_too(read: Read) -> None:
    header, _ = report(read, b"=1+1,claim_number\n1,2\n")
    assert header[5] == "'=1+1"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("claims.csv", "claims.rejects.csv"),
        ("claims.2026.txt", "claims.2026.rejects.csv"),
        ("claims", "claims.rejects.csv"),
        (".hidden", ".hidden.rejects.csv"),
    ],
)
def test_names_of_reports(name: str, expected: str) -> None:
    assert report_name(name) == expected
