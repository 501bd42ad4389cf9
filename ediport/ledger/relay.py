"""The relay of the outbox: what a service enqueued in its transaction goes to the broker after the
commit.

The rows stay locked while they are sent and go in the same transaction, so relays beside each other
send nothing twice. A crash between the send and the commit sends those messages again, with the
same idempotency key: consumers record it (`Work.seen`), so the effect is once, and nothing is lost.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

from ediport.ledger.limits import relay_messages, relay_pause_s, relay_wait_s
from ediport.ledger.port import Ledger, OutboxRow
from ediport.messaging.port import Message, Messaging
from ediport.x12.errors import Retryable

_log = logging.getLogger(__name__)


def relay_once(ledger: Ledger, messaging: Messaging, *, limit: int = relay_messages) -> int:
    """Move up to `limit` messages in the order in which they were enqueued; how many went. Errors:
    `Retryable`.
    """
    with ledger.begin() as work:
        rows = work.outbox(limit)
        for queue, messages in _by_queue(rows).items():
            messaging.send(queue, messages)
        work.outbox_sent([row.id for row in rows])
    return len(rows)


def relay(ledger: Ledger, messaging: Messaging, *, stop: threading.Event) -> None:
    """Run until `stop` is set."""
    while not stop.is_set():
        stop.wait(_rest_s(ledger, messaging))


def _rest_s(ledger: Ledger, messaging: Messaging) -> float:
    """Move what there is; how long to rest after it, in seconds."""
    try:
        return 0.0 if relay_once(ledger, messaging) else relay_wait_s
    except Retryable:
        _log.warning("relay rests for %.1f s: broker or ledger away", relay_pause_s)
        return relay_pause_s


def _by_queue(rows: Sequence[OutboxRow]) -> dict[str, list[Message]]:
    queues: dict[str, list[Message]] = {}
    for row in rows:
        queues.setdefault(row.queue, []).append(row.message)
    return queues
