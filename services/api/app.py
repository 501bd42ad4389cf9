"""The API's routes: what happened to every transaction, for programs (`/v1`) and for eyes (`/`).

Rules of this room: routes translate between HTTP and the ports, nothing else; every error is a problem
(`problems.py`); no document value in a URL.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, FastAPI, Path, Query, Request
from fastapi.responses import Response, StreamingResponse
from starlette.middleware.base import RequestResponseEndpoint

from ediport import __version__
from ediport.ledger.port import DocumentRow, Ledger, Reader, Unit
from ediport.ledger.states import STATES
from ediport.storage.port import Missing, Storage
from services.api import pages, problems
from services.api.models import (
    DocumentItem,
    Documents,
    EventItem,
    Events,
    Health,
    Transaction,
    Transactions,
)

page_items: Final = 50
page_items_max: Final = 500
name_chars_max: Final = 64
documents_max: Final = 10_000

_SECURITY_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

_NOT_FOUND = problems.answers(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY)
_INVALID = problems.answers(HTTPStatus.UNPROCESSABLE_ENTITY)

router = APIRouter()

Id = Annotated[UUID, Path(description="The transaction's id, a UUIDv7.")]
Name = Annotated[str | None, Query(min_length=1, max_length=name_chars_max)]


def create_app(ledger: Ledger, storage: Storage) -> FastAPI:
    """The API over a ledger and a storage; both stay the caller's to close."""
    app = FastAPI(
        title="ediport",
        version=__version__,
        description="Transactions on their way between requesters and trading partners.",
        docs_url=None,
        redoc_url=None,
    )
    app.state.ledger, app.state.storage = ledger, storage
    problems.install(app)
    app.middleware("http")(_secured)
    app.include_router(router)
    app.include_router(pages.router)
    return app


@router.get("/health", tags=["service"])
def health(request: Request) -> Health:
    """Whether the API is up and the ledger answers."""
    with _ledger(request).read() as reader:
        return Health(status="ok", version=__version__, transactions=reader.counts())


@router.get("/v1/transactions", tags=["transactions"], responses=_INVALID)
def transactions(
    request: Request,
    state: Annotated[str | None, Query(pattern=f"^({'|'.join(STATES)})$")] = None,
    partner: Name = None,
    requester: Name = None,
    cursor: Annotated[UUID | None, Query(description="`next_cursor` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=page_items_max)] = page_items,
) -> Transactions:
    """Transactions, newest first."""
    with _ledger(request).read() as reader:
        units = reader.units(
            state=state,
            partner=partner,
            requester=requester,
            after=None if cursor is None else str(cursor),
            limit=limit + 1,
            newest_first=True,
        )
    more = len(units) > limit
    items = [Transaction.of(unit) for unit in units[:limit]]
    return Transactions(items=items, next_cursor=items[-1].transaction_id if more else None)


@router.get("/v1/transactions/{transaction_id}", tags=["transactions"], responses=_NOT_FOUND)
def transaction(request: Request, transaction_id: Id) -> Transaction:
    """One transaction."""
    with _ledger(request).read() as reader:
        return Transaction.of(_unit(reader, transaction_id))


@router.get("/v1/transactions/{transaction_id}/events", tags=["transactions"], responses=_NOT_FOUND)
def events(request: Request, transaction_id: Id) -> Events:
    """What happened to a transaction, in order."""
    with _ledger(request).read() as reader:
        found = reader.events(_unit(reader, transaction_id).transaction_id)
    return Events(items=[EventItem.of(event) for event in found])


@router.get(
    "/v1/transactions/{transaction_id}/documents", tags=["transactions"], responses=_NOT_FOUND
)
def documents(request: Request, transaction_id: Id) -> Documents:
    """What there is of a transaction: what was asked, what was sent, what came back."""
    with _ledger(request).read() as reader:
        rows = reader.documents(_unit(reader, transaction_id).transaction_id)
    return Documents(items=[DocumentItem.of(number, row) for number, row in enumerate(rows, 1)])


@router.get(
    "/v1/transactions/{transaction_id}/documents/{number}",
    tags=["transactions"],
    responses={
        200: {"content": {"application/json": {}, "application/edi-x12": {}}},
        **_NOT_FOUND,
    },
    response_class=StreamingResponse,
)
def document(
    request: Request, transaction_id: Id, number: Annotated[int, Path(ge=1, le=documents_max)]
) -> StreamingResponse:
    """The body of one document: canonical JSON or X12."""
    with _ledger(request).read() as reader:
        rows = reader.documents(_unit(reader, transaction_id).transaction_id)
    row = _nth(rows, number)
    try:
        body = _storage(request).open(row.reference)
    except Missing:
        raise problems.NotThere("body for this document any more") from None
    return StreamingResponse(body, media_type=row.media_type)


def _nth(rows: list[DocumentRow], number: int) -> DocumentRow:
    if number > len(rows):
        raise problems.NotThere("document with this number")
    return rows[number - 1]


def _unit(reader: Reader, transaction_id: UUID) -> Unit:
    unit = reader.unit(str(transaction_id))
    if unit is None:
        raise problems.NotThere("transaction with this id")
    return unit


def _ledger(request: Request) -> Ledger:
    ledger: Ledger = request.app.state.ledger
    return ledger


def _storage(request: Request) -> Storage:
    storage: Storage = request.app.state.storage
    return storage


async def _secured(request: Request, call_next: RequestResponseEndpoint) -> Response:
    response = await call_next(request)
    for name, value in _SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response
