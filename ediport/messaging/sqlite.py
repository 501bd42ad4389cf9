"""Messaging in one SQLite file: embedded mode, several threads and processes at once.

Every call is one transaction, whatever the size of its batch. Only `send` and `dead_letter` wait
for the disk (`synchronous`, see `ediport.sqlite_file`): a lease or acknowledgement lost with the
power means one more delivery, which consumers stand anyway. What a killed process had in hand comes
back within `presence_check_s`, not only at the end of its lease.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ediport import sqlite_file
from ediport.messaging import sqlite_statements as sql
from ediport.messaging.headers import check_message, dead_letter_headers
from ediport.messaging.limits import lease_s as lease_s_default
from ediport.messaging.limits import (
    poll_s,
    presence_check_s,
    receive_messages_max,
    send_messages_max,
)
from ediport.messaging.port import Delivery, Depth, Message
from ediport.messaging.queues import check_queue, dead_letters
from ediport.messaging.sqlite_presence import Presence
from ediport.sqlite_file import Synchronous
from ediport.x12.errors import Defect


class SqliteMessaging:
    """See `port.Messaging`. `lease_s`: seconds; `synchronous`: what a send survives."""

    def __init__(
        self,
        path: Path,
        *,
        lease_s: float = lease_s_default,
        synchronous: Synchronous = "FULL",
        busy_s: float = sqlite_file.busy_s,
    ) -> None:
        self._lease_s = lease_s
        self._durable = synchronous
        self._synchronous = synchronous
        self._connection = sqlite_file.connect(path, synchronous=synchronous, busy_s=busy_s)
        self._turn = threading.RLock()
        self._arrived = threading.Condition()
        self._queue_ids: dict[str, int] = {}
        self._leases = 0
        self._create_schema()
        self._presence = Presence(path.with_name(path.name + ".consumers"))
        self._presence_checked = 0.0

    def send(self, queue: str, messages: Sequence[Message]) -> None:
        check_queue(queue)
        if len(messages) > send_messages_max:
            raise Defect(f"more than {send_messages_max} messages in one send")
        for message in messages:
            check_message(message)
        if messages:
            with self._writing(durable=True):
                self._insert(self._queue_id(queue), messages)
            self._announce()

    def receive(self, queue: str, *, limit: int, wait_s: float) -> list[Delivery]:
        check_queue(queue)
        deadline = time.monotonic() + wait_s
        while True:
            self._free_dead_consumers()
            taken = self._take(queue, max(1, min(limit, receive_messages_max)))
            left = deadline - time.monotonic()
            if taken or left <= 0:
                return taken
            with self._arrived:
                self._arrived.wait(min(left, poll_s))

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        with self._writing():
            for held in _leases(deliveries):
                ids = [number for (number,) in self._all(sql.REMOVE, held)]
                self._run(sql.REMOVE_CONTENT, (json.dumps(ids),))

    def release(
        self, deliveries: Sequence[Delivery], *, delay_s: float = 0.0, counted: bool = True
    ) -> None:
        hidden_until = time.time() + delay_s if delay_s > 0 else None
        with self._writing():
            for held in _leases(deliveries):
                self._run(sql.RELEASE, (0 if counted else 1, hidden_until, *held))
        self._announce()

    def dead_letter(self, delivery: Delivery, cause: str) -> None:
        headers = dead_letter_headers(delivery.message.headers, cause, delivery.attempt)
        with self._writing(durable=True):
            target = self._queue_id(dead_letters(delivery.queue))
            for held in _leases([delivery]):
                for (number,) in self._all(sql.PARK, (target, *held)):
                    self._run(sql.PARK_CONTENT, (_encoded(headers), number))
        self._announce()

    def depth(self, queue: str) -> Depth:
        with self._reading():
            number = self._known_queue(queue)
            now = time.time()
            ready, oldest_ready = self._one(sql.READY_DEPTH, (number,))
            delayed, in_flight, oldest_hidden = self._one(sql.HIDDEN_DEPTH, (number, now))
            (sent_at,) = self._one(sql.OLDEST, (oldest_ready, oldest_hidden))
        return Depth(ready + delayed, in_flight, max(0.0, now - sent_at) if sent_at else 0.0)

    def queues(self) -> list[str]:
        with self._reading():
            return [name for (name,) in self._all(sql.LIST_QUEUES, ())]

    def close(self) -> None:
        """Gives back what this object has in hand; the attempts count."""
        self._free(self._presence.consumer)
        self._presence.close()
        self._connection.close()

    def _create_schema(self) -> None:
        with self._writing(durable=True):
            (version,) = self._one("PRAGMA user_version", ())
            if version not in (0, sql.schema_version):
                raise Defect(f"queue file has schema version {version}, not {sql.schema_version}")
            if version == 0:
                for statement in sql.SCHEMA:
                    self._run(statement, ())
                self._run(f"PRAGMA user_version = {sql.schema_version}", ())

    def _insert(self, queue_id: int, messages: Sequence[Message]) -> None:
        now = time.time()
        (last,) = self._one(sql.LAST_ID, ())
        numbers = range(last + 1, last + 1 + len(messages))
        content = zip(numbers, messages, strict=True)
        self._connection.executemany(sql.ADD_MESSAGE, [(each, queue_id, now) for each in numbers])
        self._connection.executemany(
            sql.ADD_CONTENT, [(each, _encoded(m.headers), m.body) for each, m in content]
        )

    def _take(self, queue: str, limit: int) -> list[Delivery]:
        with self._reading():
            number = self._known_queue(queue)
            if self._one(sql.DUE, (number, time.time())) == (0,):
                return []
        with self._writing():
            now = time.time()
            self._run(sql.RETURN_DUE, (number, now))
            self._leases += 1
            held = (self._presence.consumer, self._leases)
            rows = self._all(sql.LEASE, (now + self._lease_s, *held, number, limit))
            return self._deliveries(queue, held, dict(rows))

    def _deliveries(
        self, queue: str, held: tuple[int, int], attempts: dict[int, int]
    ) -> list[Delivery]:
        rows = self._all(sql.CONTENT, (json.dumps(list(attempts)),))
        token = f"{held[0]}.{held[1]}"
        return [
            Delivery(
                Message(body, json.loads(headers)), queue, f"{token}.{number}", attempts[number]
            )
            for number, headers, body in rows
        ]

    def _free_dead_consumers(self) -> None:
        with self._turn:
            if time.monotonic() - self._presence_checked < presence_check_s:
                return
            self._presence_checked = time.monotonic()
            for consumer in self._presence.dead():
                self._free(consumer)

    def _free(self, consumer: int) -> None:
        with self._writing():
            self._run(sql.FREE_CONSUMER, (consumer,))

    def _queue_id(self, queue: str) -> int:
        if queue not in self._queue_ids:
            self._run(sql.ADD_QUEUE, (queue,))
        number = self._known_queue(queue)
        assert number is not None
        return number

    def _known_queue(self, queue: str) -> int | None:
        if queue not in self._queue_ids:
            for (number,) in self._all(sql.FIND_QUEUE, (queue,)):
                self._queue_ids[queue] = number
        return self._queue_ids.get(queue)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._turn, sqlite_file.translated():
            yield

    @contextmanager
    def _writing(self, *, durable: bool = False) -> Iterator[None]:
        with self._turn:
            self._set_synchronous(self._durable if durable else "NORMAL")
            try:
                with sqlite_file.transaction(self._connection):
                    yield
            except BaseException:
                self._queue_ids.clear()
                raise

    def _set_synchronous(self, wanted: Synchronous) -> None:
        if wanted != self._synchronous:
            self._connection.execute(f"PRAGMA synchronous={wanted}")
            self._synchronous = wanted

    def _announce(self) -> None:
        with self._arrived:
            self._arrived.notify_all()

    def _run(self, statement: str, values: Sequence[Any]) -> sqlite3.Cursor:
        return self._connection.execute(statement, values)

    def _all(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        return self._run(statement, values).fetchall()

    def _one(self, statement: str, values: Sequence[Any]) -> tuple[Any, ...]:
        row: tuple[Any, ...] = self._run(statement, values).fetchone()
        return row


def _encoded(headers: Mapping[str, str]) -> str:
    return json.dumps(dict(headers), ensure_ascii=False, separators=(",", ":"))


def _leases(deliveries: Sequence[Delivery]) -> Iterator[tuple[int, int, str]]:
    """Consumer, lease and message numbers as a JSON array, once for each lease among them."""
    held: dict[tuple[int, int], list[int]] = {}
    for delivery in deliveries:
        consumer, lease, number = map(int, delivery.token.split("."))
        held.setdefault((consumer, lease), []).append(number)
    for (consumer, lease), numbers in held.items():
        yield consumer, lease, json.dumps(numbers)
