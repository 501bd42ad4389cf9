"""The professional-claim layout, and claims for it as rows that tests can change."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

import pytest

from ediport.documents.flat_file import FileFacts, read_flat_file
from ediport.documents.layout import Layout, ready_layout
from ediport.documents.results import Reject, Unit
from ediport.guides import library
from ediport.x12.plan import Plans
from tests.generators.claims_csv import COLUMNS, Row, claim_rows

FACTS = FileFacts("BATCH-1", datetime(2026, 1, 5, 12, 30, tzinfo=UTC))

Read = Callable[..., tuple[list[Unit], list[Reject]]]


def claims(count: int, seed: int = 1) -> list[list[Row]]:
    """Good claims, each a list of rows."""
    return list(claim_rows(count, seed))


def csv_bytes(rows: Iterable[Row], columns: Sequence[str] = COLUMNS) -> bytes:
    """The rows as a CSV file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row.get(name, "") for name in columns] for row in rows)
    return out.getvalue().encode()


@pytest.fixture(scope="session")
def plans() -> Plans:
    return library()


@pytest.fixture(scope="session")
def layout(plans: Plans) -> Layout:
    return ready_layout("professional-claim", plans)


@pytest.fixture
def read(layout: Layout) -> Read:
    """Reads bytes, or pieces of bytes, and gives units and rejects."""

    def run(data: bytes | Iterable[bytes]) -> tuple[list[Unit], list[Reject]]:
        found = list(read_flat_file([data] if isinstance(data, bytes) else data, layout, FACTS))
        units = [item for item in found if isinstance(item, Unit)]
        return units, [item for item in found if isinstance(item, Reject)]

    return run
