"""Bodies of the API's answers, as the OpenAPI document shows them. Times are RFC 3339 in UTC."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from ediport.ledger.port import DocumentRow, Event, Unit

_ID = "0193a3c5-6f5e-7a51-8d11-3c1d8a0f2b77"


class Health(BaseModel):
    """The API is up and the ledger answers."""

    status: str = Field(examples=["ok"])
    version: str = Field(examples=["0.1.0"])
    transactions: dict[str, int] = Field(
        description="Business units by state.", examples=[{"sent": 12, "finalized": 190}]
    )


class Transaction(BaseModel):
    """One business unit: a claim, an inquiry, a member."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"transaction_id": _ID}]})

    transaction_id: str = Field(
        description="UUIDv7, given at intake; never changes.", examples=[_ID]
    )
    state: str = Field(examples=["acknowledged"])
    state_at: str = Field(description="Since when it is in this state.")
    partner: str = Field(description="Who answers.", examples=["acme-health"])
    requester: str = Field(description="Who asked.", examples=["clinic-a"])
    transaction_set: str = Field(examples=["837P"])
    guide: str = Field(examples=["005010X222A1"])
    source: str = Field(description="Where it came from.", examples=["file:claims.csv#17"])
    correlation_id: str = Field(description="The requester's own reference.")
    received_at: str

    @classmethod
    def of(cls, unit: Unit) -> Self:
        return cls.model_validate(unit, from_attributes=True)


class Transactions(BaseModel):
    """One page, newest first; `next_cursor` is null on the last page."""

    items: list[Transaction]
    next_cursor: str | None = Field(description="Give it as `cursor` to get the next page.")


class EventItem(BaseModel):
    """Something that happened to a transaction; the kind of a change of state is the name of the state."""

    kind: str = Field(examples=["sent"])
    at: str
    detail: dict[str, str] = Field(description="Codes and ids, never document values.")

    @classmethod
    def of(cls, event: Event) -> Self:
        return cls(kind=event.kind, at=event.at, detail=dict(event.detail))


class Events(BaseModel):
    """In the order in which they happened."""

    items: list[EventItem]


class DocumentItem(BaseModel):
    """A body that belongs to a transaction; `href` gives the body itself."""

    number: int = Field(description="From 1, in the order of their arrival.", examples=[1])
    kind: str = Field(examples=["request"])
    media_type: str = Field(examples=["application/json"])
    at: str
    href: str

    @classmethod
    def of(cls, number: int, row: DocumentRow) -> Self:
        href = f"/v1/transactions/{row.transaction_id}/documents/{number}"
        return cls(number=number, kind=row.kind, media_type=row.media_type, at=row.at, href=href)


class Documents(BaseModel):
    """What there is of a transaction: what was asked, what was sent, what came back."""

    items: list[DocumentItem]


class Problem(BaseModel):
    """An error, as RFC 9457 has it."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no transaction with this id."])
