"""What the child processes of the contract tests do: `python -m tests.contract.children ROLE
ADAPTER FOLDER ...`.

A child prints a line only after the thing that the line speaks of has been promised to be safe.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from ediport.ledger.port import Ledger, Work
from ediport.ledger.relay import relay_once
from ediport.messaging.headers import IDEMPOTENCY_KEY
from ediport.messaging.port import Delivery, Message
from ediport.messaging.worker import Limits, Outcome, consume
from tests.contract.adapters import LEDGER, MESSAGING, STORAGE

QUEUE = "edi.requests"
OUTBOUND = "edi.partner.one.outbound"
SCOPE = "one/interchange"
POISON = b"poison"
batch_messages = 7
receive_messages = 10
rounds_max = 1_000_000


def say(text: str) -> None:
    print(text, flush=True)


def send(adapter: str, place: Path, name: str, rounds: str = str(rounds_max)) -> None:
    """Batches of `batch_messages`; says the number of each."""
    messaging = MESSAGING[adapter](place)
    for number in range(int(rounds)):
        bodies = [f"{name} {number} {part}".encode() for part in range(batch_messages)]
        messaging.send(QUEUE, [Message(body, {}) for body in bodies])
        say(str(number))


def receive(adapter: str, place: Path) -> None:
    """Until the queue is empty; says `got <body>` before and `done <body>` after the
    acknowledgement.
    """
    messaging = MESSAGING[adapter](place)
    while taken := messaging.receive(QUEUE, limit=receive_messages, wait_s=2.0):
        bodies = [delivery.message.body.decode() for delivery in taken]
        say("\n".join(f"got {body}" for body in bodies))
        messaging.acknowledge(taken)
        say("\n".join(f"done {body}" for body in bodies))


def hold(adapter: str, place: Path) -> None:
    """Receives and then does nothing until it is killed."""
    taken = MESSAGING[adapter](place).receive(QUEUE, limit=receive_messages, wait_s=2.0)
    say(str(len(taken)))
    threading.Event().wait()


def work(adapter: str, place: Path) -> None:
    """A worker as the services have it: inbox, control number, outbox and relay; until it is
    killed.
    """
    messaging, ledger = MESSAGING[adapter](place), LEDGER["sqlite"](place)

    def handle(batch: Sequence[Delivery]) -> list[Outcome]:
        with ledger.begin() as unit_of_work:
            answer(unit_of_work, batch)
        relay_once(ledger, messaging)
        say(str(len(batch)))
        return [None] * len(batch)

    relay_once(ledger, messaging)
    say("ready")
    limits = Limits(batch_messages=receive_messages, wait_s=0.2)
    consume(messaging, QUEUE, handle, stop=threading.Event(), limits=limits)


def answer(unit_of_work: Work, batch: Sequence[Delivery]) -> None:
    keys = [delivery.message.headers[IDEMPOTENCY_KEY] for delivery in batch]
    for key, is_repeat in zip(keys, unit_of_work.seen_many("worker", keys), strict=True):
        if not is_repeat:
            (number,) = unit_of_work.next_numbers(SCOPE)
            unit_of_work.enqueue(OUTBOUND, Message(str(number).encode(), {IDEMPOTENCY_KEY: key}))


def die_of_poison(adapter: str, place: Path) -> None:
    """A worker that a certain message kills at once; ends when the queue is empty."""
    messaging, stop = MESSAGING[adapter](place), threading.Event()

    def handle(batch: Sequence[Delivery]) -> list[Outcome]:
        if any(delivery.message.body == POISON for delivery in batch):
            os.kill(os.getpid(), signal.SIGKILL)
        return [None] * len(batch)

    def stop_when_empty() -> None:
        while messaging.depth(QUEUE).ready + messaging.depth(QUEUE).in_flight:
            stop.wait(0.02)
        stop.set()

    threading.Thread(target=stop_when_empty).start()
    consume(messaging, QUEUE, handle, stop=stop, limits=Limits(wait_s=0.05, attempts_max=4))


def put(adapter: str, place: Path, name: str) -> None:
    """Stores small and large bodies; says the reference of each and the text it was made from."""
    storage = STORAGE[adapter](place)
    for number in range(rounds_max):
        text = f"{name} {number}"
        say(f"{storage.put(stored_body(text))} {text}")


def stored_body(text: str) -> bytes:
    """Every second one is larger than what an adapter keeps together with others."""
    return text.encode() * (1 if int(text.rsplit(maxsplit=1)[-1]) % 2 else 500_000)


def number(adapter: str, place: Path, rounds: str) -> None:
    """Takes control numbers, every third time rolls back; says the committed ones."""
    ledger = LEDGER[adapter](place)
    for turn in range(int(rounds)):
        say_numbers(ledger, turn)


def say_numbers(ledger: Ledger, turn: int) -> None:
    try:
        with ledger.begin() as unit_of_work:
            numbers = unit_of_work.next_numbers(SCOPE, 1 + turn % 4)
            if turn % 3 == 2:
                raise InterruptedError
    except InterruptedError:
        return
    say("\n".join(map(str, numbers)))


def record(adapter: str, place: Path, name: str) -> None:
    """Transactions of several writes; says the key of each that was committed."""
    ledger = LEDGER[adapter](place)
    for turn in range(rounds_max):
        with ledger.begin() as unit_of_work:
            unit_of_work.seen("a", f"{name} {turn}")
            unit_of_work.next_numbers(SCOPE)
            unit_of_work.enqueue(OUTBOUND, Message(f"{name} {turn}".encode(), {}))
        say(f"{name} {turn}")


def open_ledger(adapter: str, place: Path) -> None:
    """Opens the ledger, which makes its tables if nobody else has."""
    LEDGER[adapter](place).close()


ROLES = (send, receive, hold, work, die_of_poison, put, number, record, open_ledger)

if __name__ == "__main__":
    role, adapter, folder, *rest = sys.argv[1:]
    {each.__name__: each for each in ROLES}[role](adapter, Path(folder), *rest)
