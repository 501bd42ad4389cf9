"""The API on a ledger with a few units: pages, problems, documents, cursors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ediport.ledger.identifiers import new_transaction_id
from ediport.ledger.port import Unit
from ediport.ledger.sqlite import SqliteLedger
from ediport.ledger.states import FINALIZED, SENT
from ediport.storage.memory import MemoryStorage
from services.api.app import create_app

X12 = (
    b"ISA*00*          *00*          *ZZ*A              *ZZ*B              "
    b"*260101*1200*^*00501*000000001*0*T*:~TA1~"
)


def a_unit(number: int, partner: str = "payer-a") -> Unit:
    return Unit(
        transaction_id=new_transaction_id(),
        idempotency_key=f"clinic:{number}",
        requester="clinic",
        partner=partner,
        transaction_set="837P",
        guide="005010X222A1",
        source=f"file:claims.csv#{number}",
        correlation_id=f"<b>{number}</b>",
        received_at="2026-01-01T00:00:00.000000Z",
    )


@pytest.fixture
def units() -> list[Unit]:
    return [a_unit(number, "payer-a" if number % 2 else "payer-b") for number in range(1, 8)]


@pytest.fixture
def client(tmp_path: Path, units: list[Unit]) -> Iterator[TestClient]:
    ledger, storage = SqliteLedger(tmp_path / "ledger.db"), MemoryStorage()
    body = storage.put(b'{"guide": "005010X222A1", "name": "<script>"}')
    with ledger.begin() as work:
        work.add_units(units)
        work.set_state(units[0].transaction_id, SENT, detail={"control_number": "000000001"})
        work.set_state(units[1].transaction_id, FINALIZED, detail={"outcome": "paid"})
        work.add_document(units[0].transaction_id, "request", body, "application/json")
        work.add_document(
            units[0].transaction_id, "x12_sent", storage.put(X12), "application/edi-x12"
        )
        lost = "sha256/" + "0" * 64
        work.add_document(units[0].transaction_id, "lost", lost, "application/json")
    with TestClient(create_app(ledger, storage), raise_server_exceptions=False) as made:
        yield made
    ledger.close()


def test_health_counts_units_by_state(client: TestClient) -> None:
    answer = client.get("/health").json()
    assert answer["status"] == "ok"
    assert answer["transactions"] == {"received": 5, "sent": 1, "finalized": 1}


def test_pages_follow_each_other_newest_first(client: TestClient, units: list[Unit]) -> None:
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = client.get("/v1/transactions", params={"limit": "3", **cursor}).json()
        seen += [item["transaction_id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == [unit.transaction_id for unit in reversed(units)]


@pytest.mark.parametrize(
    ("query", "count"),
    [({"state": "sent"}, 1), ({"partner": "payer-b"}, 3), ({"requester": "nobody"}, 0)],
)
def test_filters(client: TestClient, query: dict[str, str], count: int) -> None:
    assert len(client.get("/v1/transactions", params=query).json()["items"]) == count


def test_events_tell_the_life_of_a_unit(client: TestClient, units: list[Unit]) -> None:
    items = client.get(f"/v1/transactions/{units[0].transaction_id}/events").json()["items"]
    assert [item["kind"] for item in items] == ["received", "sent"]
    assert items[1]["detail"] == {"control_number": "000000001"}


def test_documents_have_their_own_media_type(client: TestClient, units: list[Unit]) -> None:
    base = f"/v1/transactions/{units[0].transaction_id}/documents"
    rows = client.get(base).json()["items"]
    assert [(row["number"], row["kind"]) for row in rows] == [
        (1, "request"),
        (2, "x12_sent"),
        (3, "lost"),
    ]
    first, second = client.get(rows[0]["href"]), client.get(rows[1]["href"])
    assert first.headers["content-type"] == "application/json"
    assert first.json()["guide"] == "005010X222A1"
    assert second.headers["content-type"] == "application/edi-x12"
    assert second.content == X12


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/transactions/0193a3c5-6f5e-7a51-8d11-3c1d8a0f2b77", 404),
        ("/v1/transactions/0193a3c5-6f5e-7a51-8d11-3c1d8a0f2b77/events", 404),
        ("/v1/transactions/0193a3c5-6f5e-7a51-8d11-3c1d8a0f2b77/documents/1", 404),
        ("/v1/transactions/JOHN-DOE", 422),
        ("/v1/transactions?state=JOHN-DOE", 422),
        ("/v1/transactions?cursor=JOHN-DOE", 422),
        ("/v1/transactions?limit=0", 422),
        ("/v1/nothing", 404),
        ("/static/../app.py", 404),
        ("/transactions/0193a3c5-6f5e-7a51-8d11-3c1d8a0f2b77", 404),
    ],
)
def test_errors_are_problems_that_repeat_no_value(
    client: TestClient, path: str, status: int
) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert "JOHN" not in answer.text


@pytest.mark.parametrize("number", [0, 3, 4])
def test_a_document_that_is_not_there(client: TestClient, units: list[Unit], number: int) -> None:
    answer = client.get(f"/v1/transactions/{units[0].transaction_id}/documents/{number}")
    assert answer.status_code == (422 if number == 0 else 404)
    assert answer.headers["content-type"] == "application/problem+json"


def test_wrong_method_is_a_problem(client: TestClient) -> None:
    answer = client.delete("/v1/transactions")
    assert (answer.status_code, answer.json()["title"]) == (405, "Method Not Allowed")


def test_overview_shows_counts_and_links(client: TestClient, units: list[Unit]) -> None:
    page = client.get("/").text
    assert re.search(r'class="card sent".*?class="count">1<', page)
    assert f'href="/transactions/{units[0].transaction_id}"' in page
    only_sent = client.get("/?state=sent").text
    assert units[1].transaction_id not in only_sent


def test_life_and_preview_escape_what_comes_from_outside(
    client: TestClient, units: list[Unit]
) -> None:
    base = f"/transactions/{units[0].transaction_id}"
    assert "000000001" in client.get(base).text
    preview = client.get(f"{base}/documents/1").text
    assert "&lt;script&gt;" in preview
    assert "<script>" not in preview


def test_x12_preview_has_one_segment_a_line(client: TestClient, units: list[Unit]) -> None:
    assert "~\nTA1~" in client.get(f"/transactions/{units[0].transaction_id}/documents/2").text


def test_every_answer_forbids_foreign_scripts(client: TestClient) -> None:
    for path in ("/", "/health", "/static/page.js", "/nowhere"):
        assert "default-src 'none'" in client.get(path).headers["content-security-policy"]


def test_openapi_names_every_route(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert len(paths) == 6
