"""Pages for eyes: how many transactions are where, the latest of them, and the life of one.

Plain HTML made on the server, one style sheet, one small script that reloads the overview while it is looked
at. Everything that comes from outside is escaped, and the policy in `app.py` lets no other script run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from html import escape
from itertools import islice
from pathlib import Path
from string import Template
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, HTMLResponse

from ediport import __version__
from ediport.ledger.port import DocumentRow, Event, Reader, Unit
from ediport.ledger.states import (
    ACCEPTED,
    ACKNOWLEDGED,
    DEAD,
    FINALIZED,
    RECEIVED,
    REJECTED,
    SENT,
    STATES,
    TRANSLATED,
)
from services.api import problems

rows_shown: Final = 50
preview_bytes_max: Final = 65_536
"""A longer document is shown up to here; its link gives all of it."""

id_chars_shown: Final = 8

_STATIC: Final = Path(__file__).parent / "static"
_MEANING: Final = {
    RECEIVED: "taken in, waits for the translator",
    TRANSLATED: "is valid X12, waits for the gateway",
    SENT: "with the partner",
    ACKNOWLEDGED: "TA1 and 999 accepted it",
    ACCEPTED: "277CA accepted it",
    FINALIZED: "paid or denied by 835",
    REJECTED: "by us, by 999 or by 277CA",
    DEAD: "parked, can be replayed",
}

router = APIRouter(include_in_schema=False)


@router.get("/", response_class=HTMLResponse)
def overview(
    request: Request,
    state: Annotated[str | None, Query(pattern=f"^({'|'.join(STATES)})$")] = None,
) -> HTMLResponse:
    """Counts by state and the latest transactions."""
    with request.app.state.ledger.read() as reader:
        counts = reader.counts()
        units = reader.units(state=state, limit=rows_shown, newest_first=True)
    heading = f"Latest transactions that are {state}" if state else "Latest transactions"
    back = ' <a class="quiet" href="/">show all</a>' if state else ""
    body = f"{_cards(counts, state)}<h2>{heading}{back}</h2>{_table(units)}"
    return _page("Transactions", body, live=True)


@router.get("/transactions/{transaction_id}", response_class=HTMLResponse)
def life(request: Request, transaction_id: UUID) -> HTMLResponse:
    """The life of one transaction."""
    with request.app.state.ledger.read() as reader:
        unit = _unit(reader, transaction_id)
        events = reader.events(unit.transaction_id)
        documents = reader.documents(unit.transaction_id)
    body = f"{_facts(unit)}<h2>What happened</h2>{_timeline(events)}<h2>Documents</h2>"
    return _page(_short(unit), body + _links(unit, documents), live=True)


@router.get("/transactions/{transaction_id}/documents/{number}", response_class=HTMLResponse)
def preview(request: Request, transaction_id: UUID, number: int) -> HTMLResponse:
    """One document, laid out to be read."""
    with request.app.state.ledger.read() as reader:
        unit = _unit(reader, transaction_id)
        rows = reader.documents(unit.transaction_id)
    if not 1 <= number <= len(rows):
        raise problems.NotThere("document with this number")
    row = rows[number - 1]
    body = b"".join(islice(request.app.state.storage.open(row.reference), 1))[:preview_bytes_max]
    href = f"/v1/transactions/{unit.transaction_id}/documents/{number}"
    head = f'<p><a href="/transactions/{unit.transaction_id}">Back to the transaction</a>'
    head += f' <a class="quiet" href="{href}">raw</a></p>'
    text = escape(_legible(body, row.media_type))
    return _page(f"{row.kind} of {_short(unit)}", f"{head}<pre>{text}</pre>")


@router.get("/static/{name}")
def static(name: str) -> FileResponse:
    """The style sheet and the script."""
    if name not in {path.name for path in _STATIC.iterdir()}:
        raise problems.NotThere("such file")
    return FileResponse(_STATIC / name)


def _page(title: str, body: str, *, live: bool = False) -> HTMLResponse:
    template = Template((_STATIC / "page.html").read_text(encoding="utf-8"))
    script = '<script src="/static/page.js" defer></script>' if live else ""
    return HTMLResponse(
        template.substitute(title=escape(title), body=body, script=script, version=__version__)
    )


def _cards(counts: Mapping[str, int], chosen: str | None) -> str:
    total = sum(counts.values())
    cards = "".join(_card(state, counts.get(state, 0), total, state == chosen) for state in STATES)
    return f'<p class="total"><b>{total}</b> transactions</p><div class="cards">{cards}</div>'


def _card(state: str, count: int, total: int, chosen: bool) -> str:
    share = 100 * count / total if total else 0
    mark = ' aria-current="true"' if chosen else ""
    return (
        f'<a class="card {state}" href="/?state={state}"{mark}><span class="count">{count}</span>'
        f'<span class="name">{state}</span><meter min="0" max="100" value="{share:.0f}"></meter>'
        f'<span class="quiet">{_MEANING[state]}</span></a>'
    )


def _table(units: Iterable[Unit]) -> str:
    rows = "".join(
        _row(
            f'<a href="/transactions/{unit.transaction_id}"><code>{_short(unit)}</code></a>',
            _badge(unit.state),
            escape(unit.partner),
            escape(unit.transaction_set),
            escape(unit.requester),
            escape(unit.source),
            _time(unit.received_at),
        )
        for unit in units
    )
    if not rows:
        return '<p class="quiet">None yet. Drop a file into an inbox and look again.</p>'
    names = ("Transaction", "State", "Partner", "Set", "Requester", "Source", "Received (UTC)")
    head = "".join(f"<th>{name}</th>" for name in names)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _facts(unit: Unit) -> str:
    facts = {
        "Transaction": f"<code>{escape(unit.transaction_id)}</code>",
        "State": f"{_badge(unit.state)} since {_time(unit.state_at)}",
        "Partner": escape(unit.partner),
        "Requester": escape(unit.requester),
        "Set and guide": f"{escape(unit.transaction_set)} {escape(unit.guide)}",
        "Source": escape(unit.source),
        "Received (UTC)": _time(unit.received_at),
    }
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts.items())
    return f'<p><a href="/">All transactions</a></p><dl>{rows}</dl>'


def _timeline(events: Iterable[Event]) -> str:
    items = "".join(
        f"<li>{_time(event.at)} {_badge(event.kind)} {_details(event.detail)}</li>"
        for event in events
    )
    return f'<ol class="timeline">{items}</ol>'


def _details(detail: Mapping[str, str]) -> str:
    parts = (f"{escape(name)} <code>{escape(value)}</code>" for name, value in detail.items())
    return f'<span class="quiet">{", ".join(parts)}</span>'


def _links(unit: Unit, documents: Iterable[DocumentRow]) -> str:
    rows = "".join(
        _row(
            f'<a href="/transactions/{unit.transaction_id}/documents/{number}">{escape(row.kind)}</a>',
            escape(row.media_type),
            _time(row.at),
        )
        for number, row in enumerate(documents, 1)
    )
    head = "<th>Document</th><th>Form</th><th>Since (UTC)</th>"
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _badge(state: str) -> str:
    return f'<span class="badge {escape(state)}">{escape(state.replace("_", " "))}</span>'


def _time(at: str) -> str:
    return f'<time datetime="{escape(at)}">{escape(at[:19].replace("T", " "))}</time>'


def _short(unit: Unit) -> str:
    return escape(unit.transaction_id[-id_chars_shown:])


def _unit(reader: Reader, transaction_id: UUID) -> Unit:
    unit = reader.unit(str(transaction_id))
    if unit is None:
        raise problems.NotThere("transaction with this id")
    return unit


def _legible(body: bytes, media_type: str) -> str:
    """JSON indented, X12 with one segment a line."""
    text = body.decode("utf-8", "replace")
    if media_type == "application/json" and len(body) < preview_bytes_max:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    terminator = text[105:106]
    if text.startswith("ISA") and terminator.isprintable():
        return text.replace("\r", "").replace("\n", "").replace(terminator, terminator + "\n")
    return text
