"""What a worker records before it parks a message: the dead letter, and what became of its units."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ediport.flow import header
from ediport.ledger.port import DeadLetter, Ledger, Work
from ediport.ledger.states import DEAD
from ediport.messaging import headers
from ediport.messaging.port import Delivery, Message
from ediport.messaging.worker import Parked

UnitsOf = Callable[[Work, Message], Iterable[str]]
"""The transaction ids that a message stands for."""


def parking(ledger: Ledger, units_of: UnitsOf, kind: str = DEAD) -> Parked:
    """Records the dead letter and an event of `kind` for its units; `dead` is also their state."""

    def park(delivery: Delivery, cause: str) -> None:
        detail = {"queue": delivery.queue, "cause": cause}
        with ledger.begin() as work:
            work.add_dead_letter(dead_letter_of(delivery, cause))
            for transaction_id in units_of(work, delivery.message):
                if kind == DEAD:
                    work.set_state(transaction_id, DEAD, detail=detail)
                else:
                    work.add_event(transaction_id, kind, detail)

    return park


def dead_letter_of(delivery: Delivery, cause: str) -> DeadLetter:
    """The ledger's record of a delivery that is about to be parked."""
    message = delivery.message
    return DeadLetter(
        queue=delivery.queue,
        idempotency_key=header(message, headers.IDEMPOTENCY_KEY),
        transaction_id=header(message, headers.TRANSACTION_ID) or None,
        cause=cause,
        attempts=delivery.attempt,
        at=headers.timestamp(),
    )


def own_unit(work: Work, message: Message) -> list[str]:
    """The unit that a message names in its header, if the ledger has it."""
    transaction_id = header(message, headers.TRANSACTION_ID)
    return [transaction_id] if transaction_id and work.unit(transaction_id) else []


def no_unit(_: Work, __: Message) -> list[str]:
    """For messages that stand for no unit of their own."""
    return []
