"""Marker values in every field of every sample: none of them reaches a log, a header or the ledger."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from ediport import logs
from ediport.messaging.memory import MemoryMessaging
from ediport.messaging.port import Message
from tests.unit.services.pump import Pump, Site
from tests.unit.services.test_flow import FEW, csv_sample, x12_sample

MARKER = "MARKERQ"
ENVELOPE = ("ISA", "GS", "ST", "SE", "GE", "IEA", "TA1")
FREE_TEXT = (
    "claim_number",
    "claim_note",
    "medical_record_number",
    "submitter_contact_name",
    "subscriber_last_name",
    "subscriber_first_name",
    "member_id",
    "subscriber_address",
    "patient_last_name",
    "patient_first_name",
    "patient_address",
    "billing_provider_name",
    "rendering_provider_last_name",
    "facility_name",
)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logs.configure("debug", stream)
    yield stream
    logs.configure("info")


def marked_cells(text: bytes) -> bytes:
    """Every cell a marker of its own: rows that no layout takes."""
    header, *rows = text.decode().splitlines()
    width = header.count(",") + 1
    lines = [",".join(f"{MARKER}{r}C{c}" for c in range(width)) for r in range(len(rows))]
    return "\n".join([header, *lines, ""]).encode()


def marked_text(text: bytes) -> bytes:
    """Markers where the layout takes any text: rows that go all the way."""
    source = csv.DictReader(text.decode().splitlines())
    out = io.StringIO()
    assert source.fieldnames is not None
    writer = csv.DictWriter(out, source.fieldnames, lineterminator="\n")
    writer.writeheader()
    for row in source:
        marked = {c: f"{MARKER}-{row['claim_number'][-3:]}" for c in FREE_TEXT if row.get(c)}
        writer.writerow(row | marked)
    return out.getvalue().encode()


def marked_segments(x12: bytes) -> bytes:
    """Every element a marker, but those of the envelope and each segment's first."""
    text = x12.decode()
    element, terminator = text[3], text[105]
    marked = []
    for number, segment in enumerate(text.split(terminator)):
        name, *elements = segment.strip("\r\n").split(element)
        if name not in ENVELOPE and len(elements) > 1:
            rest = [f"{MARKER}{number}E{e}" if v else v for e, v in enumerate(elements[1:])]
            elements = [elements[0], *rest]
        marked.append(element.join((name, *elements)))
    return terminator.join(marked).encode()


def ledger_text(home: Path) -> str:
    """Every column of every table."""
    connection = sqlite3.connect(home / "ledger.db")
    try:
        return "\n".join(connection.iterdump())
    finally:
        connection.close()


class SpyMessaging(MemoryMessaging):
    """Keeps the headers of everything that is sent."""

    def __init__(self) -> None:
        super().__init__(lease_s=0.0)
        self.headers: list[str] = []

    def send(self, queue: str, messages: list[Message]) -> None:  # type: ignore[override]
        self.headers += [str(dict(message.headers)) for message in messages]
        super().send(queue, messages)


def test_no_marker_leaves_the_documents(tmp_path: Path, log: io.StringIO) -> None:
    site = Site.at(tmp_path)
    site.messaging = spy = SpyMessaging()
    pump = Pump(site)
    site.drop("cells.csv", marked_cells(csv_sample(FEW)))
    site.drop("text.csv", marked_text(csv_sample(FEW)))
    site.drop("segments.x12", marked_segments(x12_sample()))
    pump.run()
    answers = sorted((site.home / "archive" / "partners").glob("*/*"))
    assert len(answers) > 3
    for number, path in enumerate(answers):
        target = site.home / "partners" / path.parent.name / "inbox" / f"again-{number}.x12"
        target.write_bytes(marked_segments(path.read_bytes()))
    site.refuse_callbacks = 2
    pump.run()
    assert {unit.state for unit in site.units()} == {"finalized", "rejected"}
    assert any(MARKER in str(answer) for answer in site.answers), "the markers went all the way"
    assert log.getvalue().count("\n") > 20
    assert MARKER not in log.getvalue()
    assert not [headers for headers in spy.headers if MARKER in headers]
    assert MARKER not in ledger_text(site.home)
