"""The messaging port: durable queues with leases, retries and dead letters.

What every adapter keeps, proved by one contract suite (tests/contract/test_messaging.py):
- `send` is all or nothing and durable when it returns; messages of a queue are handed out first in,
  first out.
- A received message is leased to its consumer. A consumer that dies loses the lease at the latest
  after the adapter's `lease_s`, and the message comes back with a higher `attempt`. So: at least
  once, never lost.
- An acknowledgement or release whose lease was lost meanwhile has no effect and is no error.
- Errors: `Defect` for an illegal queue name, header or body; `Retryable` when the broker is away or
  busy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """Body bytes and string headers; header names are in `headers.py`. Never PHI in a header."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message in the hands of one consumer. `attempt` counts from 1; `token` names the lease."""

    message: Message
    queue: str
    token: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Depth:
    """`ready` waits for a consumer (delayed ones included), `in_flight` is leased.

    `oldest_age_s` is the time since the oldest message of the two was first sent; 0.0 when there is
    none.
    """

    ready: int
    in_flight: int
    oldest_age_s: float


class Messaging(Protocol):
    """Safe to use from several threads; several processes each make their own."""

    def send(self, queue: str, messages: Sequence[Message]) -> None:
        """Put all `messages` on `queue`, or none of them; durable on return."""
        ...

    def receive(self, queue: str, *, limit: int, wait_s: float) -> list[Delivery]:
        """Lease up to `limit` messages, oldest first; wait up to `wait_s` seconds for the first
        one.
        """
        ...

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """Remove handled messages; the batch shares one transaction of the broker."""
        ...

    def release(
        self, deliveries: Sequence[Delivery], *, delay_s: float = 0.0, counted: bool = True
    ) -> None:
        """Give messages back, to be handed out again after `delay_s` seconds.

        `counted=False` says that they were never tried: the attempt does not count.
        """
        ...

    def dead_letter(self, delivery: Delivery, cause: str) -> None:
        """Move a message to its dead-letter queue with `dead_letter_*` headers; `cause` is a class
        and a code.
        """
        ...

    def depth(self, queue: str) -> Depth:
        """How much waits on `queue`; zeros for a queue that nobody has used yet."""
        ...

    def queues(self) -> list[str]:
        """Names of the queues that exist, sorted."""
        ...

    def close(self) -> None:
        """Give back what is in hand and let go of the broker."""
        ...
