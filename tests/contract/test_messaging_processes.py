"""Contract of `ediport.messaging.port` for adapters that several processes share: killed ones lose
and double nothing.
"""

from __future__ import annotations

import random
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from ediport.ledger.relay import relay_once
from ediport.messaging.headers import DEAD_LETTER_CAUSE, IDEMPOTENCY_KEY
from ediport.messaging.port import Message, Messaging
from ediport.messaging.worker import ATTEMPTS_EXCEEDED
from tests.contract.adapters import LEDGER, MESSAGING, SHARED_MESSAGING, patience_s
from tests.contract.children import OUTBOUND, POISON, QUEUE, SCOPE, batch_messages
from tests.contract.processes import Child, children, run_and_kill, wait_until

kills = 6
requests = 400
"""Messages sent before each kill."""


def keys_of(turn: int) -> list[str]:
    return [f"{turn}.{number}" for number in range(requests)]


@pytest.fixture(params=SHARED_MESSAGING)
def adapter(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def drain(messaging: Messaging, queue: str = QUEUE) -> list[Message]:
    """Everything on the queue, also what comes back from killed consumers."""
    got: list[Message] = []
    while messaging.depth(queue).ready + messaging.depth(queue).in_flight:
        taken = messaging.receive(queue, limit=100, wait_s=0.2)
        got.extend(delivery.message for delivery in taken)
        messaging.acknowledge(taken)
    return got


def test_messages_outlive_the_object_that_sent_them(adapter: str, tmp_path: Path) -> None:
    first = MESSAGING[adapter](tmp_path)
    first.send(QUEUE, [Message(b"1", {})])
    first.receive(QUEUE, limit=1, wait_s=0.0)
    first.close()
    second = MESSAGING[adapter](tmp_path)
    (delivery,) = second.receive(QUEUE, limit=1, wait_s=0.0)
    assert (delivery.message.body, delivery.attempt) == (b"1", 2)
    second.close()


def test_several_processes_send_and_receive(adapter: str, tmp_path: Path) -> None:
    senders = [Child("send", adapter, tmp_path, name, 30) for name in ("a", "b")]
    receivers = [Child("receive", adapter, tmp_path) for _ in range(2)]
    with children(*senders, *receivers):
        assert [child.join() for child in (*senders, *receivers)] == [0, 0, 0, 0]
    done = [line for child in receivers for line in child.lines if line.startswith("done")]
    each = [
        f"done {name} {turn} {part}" for name in "ab" for turn in range(30) for part in range(7)
    ]
    assert sorted(done) == sorted(each)


def test_a_killed_sender_leaves_whole_batches_and_all_that_it_confirmed(
    adapter: str, tmp_path: Path
) -> None:
    chance = random.Random(adapter)
    confirmed = {
        f"{turn} {line}"
        for turn in range(kills)
        for line in run_and_kill(chance, "send", adapter, tmp_path, turn)
    }
    messaging = MESSAGING[adapter](tmp_path)
    batches = Counter(message.body.decode().rpartition(" ")[0] for message in drain(messaging))
    assert confirmed <= set(batches)
    assert set(batches.values()) == {batch_messages}
    messaging.close()


def test_a_killed_receiver_loses_nothing_and_what_it_acknowledged_stays_gone(
    adapter: str, tmp_path: Path
) -> None:
    chance = random.Random(adapter)
    messaging = MESSAGING[adapter](tmp_path)
    lines: list[str] = []
    for turn in range(kills):
        messaging.send(QUEUE, [Message(key.encode(), {}) for key in keys_of(turn)])
        lines += run_and_kill(chance, "receive", adapter, tmp_path)
    got = {line.split()[1] for line in lines if line.startswith("got")}
    done = {line.split()[1] for line in lines if line.startswith("done")}
    left = {message.body.decode() for message in drain(messaging)}
    assert got | left == {key for turn in range(kills) for key in keys_of(turn)}
    assert not done & left
    messaging.close()


def test_what_a_killed_consumer_held_comes_back(adapter: str, tmp_path: Path) -> None:
    messaging = MESSAGING[adapter](tmp_path)
    messaging.send(QUEUE, [Message(b"1", {})])
    child = Child("hold", adapter, tmp_path)
    with children(child):
        child.wait_for_a_line()
    assert child.lines == ["1"]
    (delivery,) = messaging.receive(QUEUE, limit=1, wait_s=patience_s)
    assert delivery.attempt == 2
    messaging.close()


def test_killed_workers_have_every_effect_once(adapter: str, tmp_path: Path) -> None:
    """Inbox, control number and outbox in one transaction, relay, broker: nothing lost or doubled."""
    chance = random.Random(adapter)
    messaging, ledger = MESSAGING[adapter](tmp_path), LEDGER["sqlite"](tmp_path)
    bystander = Child("work", adapter, tmp_path)
    with children(bystander):
        for turn in range(kills):
            messages = [Message(b"", {IDEMPOTENCY_KEY: key}) for key in keys_of(turn)]
            send = partial(messaging.send, QUEUE, messages)
            run_and_kill(chance, "work", adapter, tmp_path, meanwhile=send)
        wait_until(lambda: messaging.depth(QUEUE).ready + messaging.depth(QUEUE).in_flight == 0)
    while relay_once(ledger, messaging):
        continue
    sent = drain(messaging, OUTBOUND)
    numbers = {message.headers[IDEMPOTENCY_KEY]: int(message.body) for message in sent}
    with ledger.begin() as work:
        assert list(work.next_numbers(SCOPE)) == [kills * requests + 1]
    assert sorted(numbers.values()) == list(range(1, kills * requests + 1))
    assert set(numbers) == {key for turn in range(kills) for key in keys_of(turn)}
    ledger.close()
    messaging.close()


def test_only_the_message_that_kills_its_worker_is_parked(adapter: str, tmp_path: Path) -> None:
    messaging = MESSAGING[adapter](tmp_path)
    others = [str(number).encode() for number in range(40)]
    messages = [Message(body, {}) for body in (*others[:20], POISON, *others[20:])]
    messaging.send(QUEUE, messages)
    codes: list[int] = []
    # A child may find nothing and end well while a dead one's messages are still on their way back.
    while not messaging.depth(f"edi.dlq.{QUEUE}").ready:
        assert len(codes) < 40
        child = Child("die_of_poison", adapter, tmp_path)
        codes.append(child.join())
    (parked,) = drain(messaging, f"edi.dlq.{QUEUE}")
    assert parked.body == POISON
    assert parked.headers[DEAD_LETTER_CAUSE] == ATTEMPTS_EXCEEDED
    assert drain(messaging) == []
    messaging.close()
