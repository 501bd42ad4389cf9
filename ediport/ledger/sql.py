"""The ledger in portable SQL: what every database adapter shares.

A statement costs more than a row, so what needs no answer (events, states, documents, outbox,
correlations) is kept until the end of the transaction, or the next read, and written with one
statement a kind. Values are checked when they are given, not when they are written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam, case, delete, select, update

from ediport.ledger import schema
from ediport.ledger.limits import (
    control_number_max,
    detail_bytes_max,
    keys_at_once_max,
    numbers_at_once_max,
)
from ediport.ledger.port import DROPPED, PARKED, REPLAYED, DeadLetter, Unit
from ediport.ledger.sql_reader import SqlReader
from ediport.ledger.states import FILE_RECEIVED, FILE_STATES, STEPS, step
from ediport.messaging.headers import check_message, timestamp
from ediport.messaging.port import Message
from ediport.messaging.queues import check_queue
from ediport.security.hashing import is_hash
from ediport.x12.errors import Defect

Insert = Callable[[Table], Any]
"""`insert` of the dialect in use: the one with `on_conflict_do_nothing`, which is not in the common
part.
"""

_height = case({name: each.height for name, each in STEPS.items()}, value=schema.units.c.state)
_MOVE = (
    update(schema.units)
    .where(schema.units.c.transaction_id == bindparam("unit"), _height < bindparam("reach"))
    .values(state=bindparam("wanted"), state_at=bindparam("at"))
)
_numbers = schema.control_numbers.c
_LAST = select(_numbers.last).where(_numbers.scope == bindparam("of_scope")).with_for_update()
_SET_LAST = (
    update(schema.control_numbers)
    .where(_numbers.scope == bindparam("of_scope"))
    .values(last=bindparam("new_last"))
)
_LENGTHS = {
    table.name: {
        column.name: length
        for column in table.columns
        if (length := getattr(column.type, "length", None))
    }
    for table in schema.metadata.sorted_tables
}


class SqlWork(SqlReader):
    """See `port.Work`; on a connection in a write transaction."""

    def __init__(self, connection: Connection, insert: Insert) -> None:
        super().__init__(connection)
        self._insert = insert
        self._waiting: dict[str, tuple[Any, list[dict[str, Any]]]] = {}
        self._lasts: dict[str, int] = {}

    def flush(self) -> None:
        """Write what waits; called before the commit and before a read."""
        for statement, rows in self._waiting.values():
            self._connection.execute(statement, rows)
        self._waiting.clear()
        if self._lasts:
            rows = [{"of_scope": scope, "new_last": last} for scope, last in self._lasts.items()]
            self._connection.execute(_SET_LAST, rows)
            self._lasts.clear()

    def seen(self, consumer: str, key: str) -> bool:
        return self.seen_many(consumer, (key,))[0]

    def seen_many(self, consumer: str, keys: Sequence[str]) -> list[bool]:
        now = timestamp()
        new = self._insert_new(
            schema.inbox,
            "key",
            [{"consumer": consumer, "key": key, "at": now} for key in keys],
            ("consumer", "key"),
        )
        return [not _take(new, key) for key in keys]

    def enqueue(self, queue: str, message: Message) -> None:
        check_queue(queue)
        check_message(message)
        headers = json.dumps(dict(message.headers), ensure_ascii=False, separators=(",", ":"))
        self._add(schema.outbox, {"queue": queue, "headers": headers, "body": message.body})

    def outbox_sent(self, ids: Sequence[int]) -> None:
        for start in range(0, len(ids), keys_at_once_max):
            some = ids[start : start + keys_at_once_max]
            self._connection.execute(delete(schema.outbox).where(schema.outbox.c.id.in_(some)))

    def add_unit(self, unit: Unit) -> bool:
        return self.add_units((unit,))[0]

    def add_units(self, units: Sequence[Unit]) -> list[bool]:
        rows = [asdict(_checked(unit)) for unit in units]
        new = self._insert_new(schema.units, "transaction_id", rows, ("idempotency_key",))
        added = [_take(new, unit.transaction_id) for unit in units]
        for unit, is_new in zip(units, added, strict=True):
            if is_new:
                self.add_event(unit.transaction_id, unit.state, {})
        return added

    def set_state(
        self, transaction_id: str, state: str, *, detail: Mapping[str, str] | None = None
    ) -> None:
        reach, now = step(state).reach, timestamp()
        self._add_event(transaction_id, state, now, detail or {})
        move = {"unit": transaction_id, "wanted": state, "reach": reach, "at": now}
        self._keep("move", _MOVE, move)

    def add_event(self, transaction_id: str, kind: str, detail: Mapping[str, str]) -> None:
        self._add_event(transaction_id, kind, timestamp(), detail)

    def _add_event(
        self, transaction_id: str, kind: str, at: str, detail: Mapping[str, str]
    ) -> None:
        text = json.dumps(dict(detail), ensure_ascii=False, separators=(",", ":"))
        if len(text.encode()) > detail_bytes_max:
            raise Defect(f"detail of an event over {detail_bytes_max} bytes")
        row = {"transaction_id": transaction_id, "kind": kind, "at": at, "detail": text}
        self._add(schema.events, row)

    def add_document(self, transaction_id: str, kind: str, reference: str, media_type: str) -> None:
        row = {"transaction_id": transaction_id, "kind": kind, "reference": reference}
        self._add(schema.documents, {**row, "media_type": media_type, "at": timestamp()})

    def next_numbers(self, scope: str, count: int = 1) -> Sequence[int]:
        if not 1 <= count <= numbers_at_once_max:
            raise Defect(f"1 to {numbers_at_once_max} control numbers at once")
        before = self._last_of(scope)
        self._lasts[scope] = last = (before + count - 1) % control_number_max + 1
        if last > before:
            return range(before + 1, last + 1)
        return [*range(before + 1, control_number_max + 1), *range(1, last + 1)]

    def _last_of(self, scope: str) -> int:
        """Read once in a transaction, which has the scope to itself from then on."""
        if scope in self._lasts:
            return self._lasts[scope]
        last: int | None = self._connection.execute(_LAST, {"of_scope": scope}).scalar()
        if last is None:
            first = {"scope": scope, "last": 0}
            self._insert_new(schema.control_numbers, "scope", [first], ("scope",))
            last = self._connection.execute(_LAST, {"of_scope": scope}).scalar_one()
        return last

    def correlate(self, partner: str, kind: str, value: str, transaction_id: str) -> None:
        if kind.endswith("_hash") and not is_hash(value):
            raise Defect("a correlation whose kind ends in _hash takes a reference hash")
        row = {"partner": partner, "kind": kind, "value": value, "transaction_id": transaction_id}
        self._add(schema.correlations, row)

    def add_file(self, digest: str, name: str, source: str) -> bool:
        now = timestamp()
        row = {
            "digest": digest,
            "name": name,
            "source": source,
            "received_at": now,
            "state": FILE_RECEIVED,
        }
        counts = {"records": 0, "rejected": 0, "position": 0, "state_at": now}
        return bool(self._insert_new(schema.files, "digest", [row | counts], ("digest",)))

    def set_file_progress(
        self, digest: str, *, records: int, state: str, rejected: int = 0, position: int = 0
    ) -> None:
        if state not in FILE_STATES:
            raise Defect("no such state of a file")
        values = {"records": records, "rejected": rejected, "position": position, "state": state}
        self._change(
            update(schema.files)
            .where(schema.files.c.digest == digest)
            .values(**values, state_at=timestamp())
        )

    def add_dead_letter(self, letter: DeadLetter) -> None:
        row = asdict(letter)
        _check_lengths(schema.dead_letters, row)
        again = self._insert(schema.dead_letters).on_conflict_do_update(
            index_elements=["queue", "idempotency_key"],
            set_={
                name: row[name] for name in ("transaction_id", "cause", "attempts", "at", "state")
            },
        )
        self._connection.execute(again, row)

    def set_dead_letter_state(self, queue: str, idempotency_key: str, state: str) -> None:
        if state not in (PARKED, REPLAYED, DROPPED):
            raise Defect("no such state of a dead letter")
        letters = schema.dead_letters.c
        known = (letters.queue == queue, letters.idempotency_key == idempotency_key)
        self._change(update(schema.dead_letters).where(*known).values(state=state))

    def _add(self, table: Table, row: dict[str, Any]) -> None:
        _check_lengths(table, row)
        self._keep(table.name, _addition(self._insert, table), row)

    def _keep(self, name: str, statement: Any, row: dict[str, Any]) -> None:
        self._waiting.setdefault(name, (statement, []))[1].append(row)

    def _insert_new(
        self, table: Table, returned: str, rows: list[dict[str, Any]], unique: Sequence[str]
    ) -> set[str]:
        """Insert the rows whose `unique` columns are new; the value of column `returned` of each of
        them.
        """
        for row in rows:
            _check_lengths(table, row)
        if not rows:
            return set()
        statement = self._insert(table).on_conflict_do_nothing(index_elements=unique)
        return set(self._connection.execute(statement.returning(table.c[returned]), rows).scalars())

    def _change(self, statement: Any) -> None:
        if self._connection.execute(statement).rowcount != 1:
            raise Defect("the ledger has no such row to change")


def _take(new: set[str], key: str) -> bool:
    """Whether `key` is new, the first time it is asked for."""
    is_new = key in new
    new.discard(key)
    return is_new


def _checked(unit: Unit) -> Unit:
    step(unit.state)
    if unit.patient_reference_hash is not None and not is_hash(unit.patient_reference_hash):
        raise Defect("patient_reference_hash is no reference hash")
    return replace(unit, state_at=unit.state_at or unit.received_at)


def _check_lengths(table: Table, row: Mapping[str, Any]) -> None:
    lengths = _LENGTHS[table.name]
    for name, value in row.items():
        if isinstance(value, str) and len(value) > lengths.get(name, len(value)):
            raise Defect(f"{table.name}.{name} is longer than {lengths[name]} characters")


@cache
def _addition(insert: Insert, table: Table) -> Any:
    """A correlation may be told twice; of everything else each is a row of its own."""
    statement = insert(table)
    return statement.on_conflict_do_nothing() if table is schema.correlations else statement
