"""Messaging in memory: for tests and for a process that may forget. Same rules as every adapter, no
durability.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from ediport.messaging.headers import check_message, dead_letter_headers
from ediport.messaging.limits import lease_s as lease_s_default
from ediport.messaging.limits import receive_messages_max, send_messages_max
from ediport.messaging.port import Delivery, Depth, Message
from ediport.messaging.queues import check_queue, dead_letters
from ediport.x12.errors import Defect


@dataclass(slots=True)
class _Entry:
    message: Message
    sent_at: float
    attempt: int = 0
    lease: int | None = None


@dataclass(slots=True)
class _Queue:
    """`ready` holds entry numbers, `hidden` (until, number); a number that is gone from `entries`
    is skipped.
    """

    entries: dict[int, _Entry] = field(default_factory=dict)
    ready: list[int] = field(default_factory=list)
    hidden: list[tuple[float, int, int]] = field(default_factory=list)


class MemoryMessaging:
    """See `port.Messaging`. One object is one broker: threads share it."""

    def __init__(self, *, lease_s: float = lease_s_default) -> None:
        self._lease_s = lease_s
        self._queues: dict[str, _Queue] = {}
        self._changed = threading.Condition()
        self._number = 0

    def send(self, queue: str, messages: Sequence[Message]) -> None:
        check_queue(queue)
        if len(messages) > send_messages_max:
            raise Defect(f"more than {send_messages_max} messages in one send")
        for message in messages:
            check_message(message)
        with self._changed:
            for message in messages:
                self._add(queue, message)
            self._changed.notify_all()

    def receive(self, queue: str, *, limit: int, wait_s: float) -> list[Delivery]:
        check_queue(queue)
        deadline = time.monotonic() + wait_s
        with self._changed:
            while True:
                taken = self._take(queue, max(1, min(limit, receive_messages_max)))
                left = deadline - time.monotonic()
                if taken or left <= 0:
                    return taken
                self._changed.wait(min(left, self._next_return_s(queue)))

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        with self._changed:
            for delivery in deliveries:
                self._held(delivery, remove=True)

    def release(
        self, deliveries: Sequence[Delivery], *, delay_s: float = 0.0, counted: bool = True
    ) -> None:
        with self._changed:
            for delivery in deliveries:
                entry = self._held(delivery)
                if entry:
                    entry.attempt -= 0 if counted else 1
                    self._hide(delivery.queue, entry, int(delivery.token.split(".")[0]), delay_s)
            self._changed.notify_all()

    def dead_letter(self, delivery: Delivery, cause: str) -> None:
        with self._changed:
            entry = self._held(delivery, remove=True)
            if entry:
                headers = dead_letter_headers(entry.message.headers, cause, delivery.attempt)
                self._add(dead_letters(delivery.queue), Message(entry.message.body, headers))
                self._changed.notify_all()

    def depth(self, queue: str) -> Depth:
        with self._changed:
            self._return_due(queue)
            entries = self._queues.get(queue, _Queue()).entries.values()
            in_flight = sum(entry.lease is not None for entry in entries)
            now = time.monotonic()
            oldest = min((entry.sent_at for entry in entries), default=now)
            return Depth(len(entries) - in_flight, in_flight, now - oldest)

    def queues(self) -> list[str]:
        with self._changed:
            return sorted(self._queues)

    def close(self) -> None:
        """Nothing to let go of: the messages live as long as the object."""

    def _add(self, queue: str, message: Message) -> None:
        self._number += 1
        target = self._queues.setdefault(queue, _Queue())
        target.entries[self._number] = _Entry(message, time.monotonic())
        heapq.heappush(target.ready, self._number)

    def _take(self, queue: str, limit: int) -> list[Delivery]:
        self._return_due(queue)
        source = self._queues.get(queue, _Queue())
        taken: list[Delivery] = []
        while source.ready and len(taken) < limit:
            number = heapq.heappop(source.ready)
            entry = source.entries.get(number)
            if entry:
                taken.append(self._lease(queue, number, entry))
        return taken

    def _lease(self, queue: str, number: int, entry: _Entry) -> Delivery:
        entry.attempt += 1
        self._number += 1
        entry.lease = self._number
        self._until(queue, number, self._number, self._lease_s)
        return Delivery(entry.message, queue, f"{number}.{entry.lease}", entry.attempt)

    def _hide(self, queue: str, entry: _Entry, number: int, delay_s: float) -> None:
        entry.lease = None
        self._until(queue, number, 0, delay_s)

    def _until(self, queue: str, number: int, lease: int, delay_s: float) -> None:
        heapq.heappush(self._queues[queue].hidden, (time.monotonic() + delay_s, number, lease))

    def _return_due(self, queue: str) -> None:
        source = self._queues.get(queue, _Queue())
        while source.hidden and source.hidden[0][0] <= time.monotonic():
            _, number, lease = heapq.heappop(source.hidden)
            entry = source.entries.get(number)
            if entry and (entry.lease or 0) == lease:
                entry.lease = None
                heapq.heappush(source.ready, number)

    def _next_return_s(self, queue: str) -> float:
        source = self._queues.get(queue, _Queue())
        return max(0.0, source.hidden[0][0] - time.monotonic()) if source.hidden else self._lease_s

    def _held(self, delivery: Delivery, *, remove: bool = False) -> _Entry | None:
        number, lease = map(int, delivery.token.split("."))
        entries = self._queues[delivery.queue].entries
        entry = entries.get(number)
        if entry is None or entry.lease != lease:
            return None
        if remove:
            del entries[number]
        return entry
