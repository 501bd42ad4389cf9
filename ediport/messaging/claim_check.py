"""Claim check: a body over `claim_bytes_min` rests in storage and the message carries its
reference.

A wrapper around any `Messaging`, itself a `Messaging`: what is sent is what is received. A message
may also be sent by reference (`by_reference`), its body never in memory. A body over
`body_bytes_max` is not brought into memory on receipt either: the consumer reads it piece by piece
with `open_body`.

Bodies are content-addressed and may be documents of the ledger too, so an acknowledgement leaves
them in storage; retention removes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ediport.messaging.headers import BODY_BYTES, BODY_REFERENCE
from ediport.messaging.limits import batch_bytes_max, body_bytes_max, claim_bytes_min
from ediport.messaging.port import Delivery, Depth, Message, Messaging
from ediport.storage.port import Missing, Storage
from ediport.x12.errors import Retryable

_CLAIM_HEADERS = frozenset((BODY_REFERENCE, BODY_BYTES))


def by_reference(reference: str, size: int, headers: Mapping[str, str]) -> Message:
    """A message whose body of `size` bytes is in storage already."""
    return Message(b"", {**headers, BODY_REFERENCE: reference, BODY_BYTES: str(size)})


def open_body(message: Message, storage: Storage) -> Iterator[bytes]:
    """The body of a received message in pieces, whether it came with it or by reference."""
    reference = message.headers.get(BODY_REFERENCE)
    return iter((message.body,)) if reference is None else storage.open(reference)


class ClaimCheck:
    """See `port.Messaging`; the size limit of a body is that of the storage."""

    def __init__(self, messaging: Messaging, storage: Storage) -> None:
        self._messaging = messaging
        self._storage = storage

    def send(self, queue: str, messages: Sequence[Message]) -> None:
        self._messaging.send(queue, [self._packed(message) for message in messages])

    def receive(self, queue: str, *, limit: int, wait_s: float) -> list[Delivery]:
        """As the port says; also `Retryable` when storage is away (the messages are given back
        uncounted).

        A message whose body is gone from storage is parked with the cause `Missing`.
        """
        taken = self._messaging.receive(queue, limit=limit, wait_s=wait_s)
        fitting = _fitting(taken)
        if fitting < len(taken):
            self._messaging.release(taken[fitting:], counted=False)
        return self._unpacked_all(taken[:fitting])

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        self._messaging.acknowledge(deliveries)

    def release(
        self, deliveries: Sequence[Delivery], *, delay_s: float = 0.0, counted: bool = True
    ) -> None:
        self._messaging.release(deliveries, delay_s=delay_s, counted=counted)

    def dead_letter(self, delivery: Delivery, cause: str) -> None:
        packed = self._packed(delivery.message)
        self._messaging.dead_letter(
            Delivery(packed, delivery.queue, delivery.token, delivery.attempt), cause
        )

    def depth(self, queue: str) -> Depth:
        return self._messaging.depth(queue)

    def queues(self) -> list[str]:
        return self._messaging.queues()

    def close(self) -> None:
        self._messaging.close()

    def _packed(self, message: Message) -> Message:
        if len(message.body) <= claim_bytes_min:
            return message
        return by_reference(self._storage.put(message.body), len(message.body), message.headers)

    def _unpacked_all(self, taken: Sequence[Delivery]) -> list[Delivery]:
        unpacked = []
        for delivery in taken:
            try:
                unpacked.append(self._unpacked(delivery))
            except Missing:
                self._messaging.dead_letter(delivery, Missing.__name__)
            except Retryable:
                self._messaging.release(taken, counted=False)
                raise
        return unpacked

    def _unpacked(self, delivery: Delivery) -> Delivery:
        size = _claimed_bytes(delivery)
        if not 0 < size <= body_bytes_max:
            return delivery
        body = self._storage.read(delivery.message.headers[BODY_REFERENCE])
        headers = {
            name: value
            for name, value in delivery.message.headers.items()
            if name not in _CLAIM_HEADERS
        }
        return Delivery(Message(body, headers), delivery.queue, delivery.token, delivery.attempt)


def _claimed_bytes(delivery: Delivery) -> int:
    return int(delivery.message.headers.get(BODY_BYTES, "0"))


def _fitting(taken: Sequence[Delivery]) -> int:
    """How many of `taken` fit into memory together; always one."""
    total = 0
    for count, delivery in enumerate(taken):
        size = _claimed_bytes(delivery)
        total += size if size <= body_bytes_max else 0
        if count and total > batch_bytes_max:
            return count
    return len(taken)
