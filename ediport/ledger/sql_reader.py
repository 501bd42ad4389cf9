"""The questions of the ledger in portable SQL: what every database adapter shares."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from ediport.ledger import schema
from ediport.ledger.limits import outbox_bytes_max, page_rows_max
from ediport.ledger.port import (
    PARKED,
    DeadLetter,
    DocumentRow,
    Event,
    File,
    OutboxRow,
    Unit,
)
from ediport.messaging.port import Message


class SqlReader:
    """See `port.Reader`; on a connection in a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def flush(self) -> None:
        """Called before a question; a reader has nothing to write."""

    def unit(self, transaction_id: str) -> Unit | None:
        rows = self._rows(
            select(schema.units).where(schema.units.c.transaction_id == transaction_id)
        )
        return Unit(*rows[0]) if rows else None

    def units(
        self,
        *,
        state: str | None = None,
        partner: str | None = None,
        requester: str | None = None,
        source: str | None = None,
        after: str | None = None,
        limit: int = 100,
        newest_first: bool = False,
    ) -> list[Unit]:
        column = schema.units.c
        wanted = {column.state: state, column.partner: partner, column.requester: requester}
        query = select(schema.units).where(
            *(name == value for name, value in wanted.items() if value is not None)
        )
        if source is not None:
            query = query.where(_of_source(source))
        if after is not None:
            query = query.where(
                column.transaction_id < after if newest_first else column.transaction_id > after
            )
        order = column.transaction_id.desc() if newest_first else column.transaction_id
        return [Unit(*row) for row in self._rows(query.order_by(order).limit(_page(limit)))]

    def events(self, transaction_id: str) -> list[Event]:
        column = schema.events.c
        query = select(column.transaction_id, column.kind, column.at, column.detail)
        rows = self._rows(query.where(column.transaction_id == transaction_id).order_by(column.id))
        return [Event(row.transaction_id, row.kind, row.at, json.loads(row.detail)) for row in rows]

    def documents(self, transaction_id: str) -> list[DocumentRow]:
        column = schema.documents.c
        query = select(
            column.transaction_id, column.kind, column.reference, column.media_type, column.at
        )
        rows = self._rows(query.where(column.transaction_id == transaction_id).order_by(column.id))
        return [DocumentRow(*row) for row in rows]

    def outbox(self, limit: int) -> list[OutboxRow]:
        """Not a question of the port's `Reader`: the rows are locked where the database can."""
        self.flush()
        query = select(schema.outbox).order_by(schema.outbox.c.id).limit(_page(limit))
        found: list[OutboxRow] = []
        size = 0
        with self._connection.execute(query.with_for_update(skip_locked=True)) as rows:
            for row in rows:
                size += len(row.body)
                if found and size > outbox_bytes_max:
                    break
                found.append(
                    OutboxRow(row.id, row.queue, Message(row.body, json.loads(row.headers)))
                )
        return found

    def correlated(self, partner: str, kind: str, value: str) -> list[str]:
        column = schema.correlations.c
        query = select(column.transaction_id).where(
            column.partner == partner, column.kind == kind, column.value == value
        )
        return [row.transaction_id for row in self._rows(query.order_by(column.transaction_id))]

    def file(self, digest: str) -> File | None:
        rows = self._rows(select(schema.files).where(schema.files.c.digest == digest))
        return File(**rows[0]._asdict()) if rows else None

    def dead_letters(
        self, *, state: str = PARKED, queue: str | None = None, limit: int = 100
    ) -> list[DeadLetter]:
        column = schema.dead_letters.c
        query = select(schema.dead_letters).where(column.state == state)
        if queue is not None:
            query = query.where(column.queue == queue)
        order = (column.at, column.queue, column.idempotency_key)
        return [DeadLetter(*row) for row in self._rows(query.order_by(*order).limit(_page(limit)))]

    def counts(self) -> dict[str, int]:
        state = schema.units.c.state
        return {row[0]: row[1] for row in self._rows(select(state, func.count()).group_by(state))}

    def _rows(self, query: Select[Any]) -> list[Any]:
        self.flush()
        return list(self._connection.execute(query).all())


def _of_source(source: str) -> Any:
    """`source` itself, or everything that begins with it and `#`: a range, so that the index serves
    it.
    """
    column = schema.units.c.source
    return or_(column == source, (column >= f"{source}#") & (column < f"{source}$"))


def _page(limit: int) -> int:
    return max(1, min(limit, page_rows_max))
