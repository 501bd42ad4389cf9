"""Contract of `ediport.messaging.port`: every adapter keeps it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from ediport.messaging.headers import DEAD_LETTER_AT, DEAD_LETTER_ATTEMPTS, DEAD_LETTER_CAUSE
from ediport.messaging.limits import claim_bytes_min, headers_max, send_messages_max
from ediport.messaging.port import Delivery, Depth, Message, Messaging
from ediport.x12.errors import Defect
from tests.contract.adapters import MESSAGING, lease_s, patience_s

QUEUE = "edi.requests"
DLQ = "edi.dlq.edi.requests"
EVERY_BYTE = bytes(range(256))
HEADERS = {"transaction_id": "0192f5b2-7d2c", "correlation_id": "größe ✓", "empty": ""}


@pytest.fixture(params=MESSAGING)
def messaging(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Messaging]:
    adapter = MESSAGING[request.param](tmp_path)
    yield adapter
    adapter.close()


def texts(*bodies: str) -> list[Message]:
    return [Message(body.encode(), {}) for body in bodies]


def bodies(deliveries: Sequence[Delivery]) -> list[str]:
    return [delivery.message.body.decode() for delivery in deliveries]


def take(messaging: Messaging, limit: int = 10, wait_s: float = 0.0) -> list[Delivery]:
    return messaging.receive(QUEUE, limit=limit, wait_s=wait_s)


@pytest.mark.parametrize(
    "body", [b"", EVERY_BYTE, EVERY_BYTE * 4096], ids=["empty", "every byte", "one MiB"]
)
def test_what_is_sent_is_received(messaging: Messaging, body: bytes) -> None:
    messaging.send(QUEUE, [Message(body, HEADERS)])
    (delivery,) = take(messaging)
    assert delivery.message == Message(body, HEADERS)
    assert (delivery.queue, delivery.attempt) == (QUEUE, 1)


@pytest.mark.parametrize("size", [claim_bytes_min, claim_bytes_min + 1])
def test_bodies_around_the_claim_check_limit(messaging: Messaging, size: int) -> None:
    messaging.send(QUEUE, [Message(b"x" * size, {})])
    assert take(messaging)[0].message == Message(b"x" * size, {})


def test_first_in_first_out(messaging: Messaging) -> None:
    messaging.send(QUEUE, texts("1", "2", "3"))
    messaging.send(QUEUE, texts("4", "5"))
    assert bodies(take(messaging, 2)) == ["1", "2"]
    assert bodies(take(messaging)) == ["3", "4", "5"]


def test_queues_are_apart(messaging: Messaging) -> None:
    messaging.send("edi.inbound", texts("other"))
    assert take(messaging) == []
    messaging.send(QUEUE, texts("mine"))
    assert bodies(take(messaging)) == ["mine"]


def test_empty_batches_do_nothing(messaging: Messaging) -> None:
    messaging.send(QUEUE, [])
    messaging.acknowledge([])
    messaging.release([])
    assert messaging.depth(QUEUE) == Depth(0, 0, 0.0)


def test_one_illegal_message_keeps_the_whole_batch_back(messaging: Messaging) -> None:
    with pytest.raises(Defect):
        messaging.send(QUEUE, [*texts("good"), Message(b"", {"not-legal": "x"})])
    assert take(messaging) == []


ILLEGAL_HEADERS = [
    {"content-type": "x"},
    {"1st": "x"},
    {"": "x"},
    {"größe": "x"},
    {"x" * 65: "x"},
    {"JMSType": "x"},
    {"and": "x"},
    {"destination": "x"},
    {"good": "line\nbreak"},
    {"good": "nul\0"},
    {"good": "\ud800"},
    {"good": "x" * 4097},
    {f"header_{number}": "x" for number in range(headers_max + 1)},
]


@pytest.mark.parametrize("headers", ILLEGAL_HEADERS, ids=range(len(ILLEGAL_HEADERS)))
def test_illegal_headers_are_refused(messaging: Messaging, headers: dict[str, str]) -> None:
    with pytest.raises(Defect, match="header"):
        messaging.send(QUEUE, [Message(b"", headers)])


@pytest.mark.parametrize("queue", ["", "edi.*", "edi.>", "a b", "../x", ".edi", "x" * 201])
def test_illegal_queue_names_are_refused(messaging: Messaging, queue: str) -> None:
    with pytest.raises(Defect):
        messaging.send(queue, texts("x"))
    with pytest.raises(Defect):
        messaging.receive(queue, limit=1, wait_s=0.0)


def test_too_many_messages_at_once_are_refused(messaging: Messaging) -> None:
    with pytest.raises(Defect):
        messaging.send(QUEUE, texts("x") * (send_messages_max + 1))


def test_a_waiting_consumer_gets_what_is_sent_meanwhile(messaging: Messaging) -> None:
    sender = threading.Timer(0.05, messaging.send, (QUEUE, texts("late")))
    sender.start()
    assert bodies(take(messaging, wait_s=patience_s)) == ["late"]
    sender.join()


def test_an_acknowledged_message_is_gone(messaging: Messaging) -> None:
    messaging.send(QUEUE, texts("1", "2"))
    first, second = take(messaging)
    messaging.acknowledge([first])
    assert messaging.depth(QUEUE).in_flight == 1
    messaging.release([second])
    assert bodies(take(messaging)) == ["2"]


def test_a_lost_lease_brings_the_message_back(messaging: Messaging) -> None:
    messaging.send(QUEUE, texts("1"))
    (lost,) = take(messaging)
    assert take(messaging) == []
    (again,) = take(messaging, wait_s=patience_s)
    assert (again.message.body, again.attempt) == (b"1", 2)
    messaging.acknowledge([lost])
    messaging.release([lost])
    messaging.dead_letter(lost, "late")
    assert messaging.depth(QUEUE).in_flight == 1
    assert messaging.depth(DLQ).ready == 0
    messaging.acknowledge([again])
    assert messaging.depth(QUEUE) == Depth(0, 0, 0.0)


def test_a_released_message_is_first_again(messaging: Messaging) -> None:
    messaging.send(QUEUE, texts("1", "2"))
    messaging.release(take(messaging, 1))
    first, second = take(messaging)
    assert (first.message.body, first.attempt) == (b"1", 2)
    assert (second.message.body, second.attempt) == (b"2", 1)


def test_an_uncounted_release_is_no_attempt(messaging: Messaging) -> None:
    messaging.send(QUEUE, texts("1"))
    for _ in range(3):
        (delivery,) = take(messaging)
        assert delivery.attempt == 1
        messaging.release([delivery], counted=False)


def test_a_delayed_release_waits_and_lets_others_pass(messaging: Messaging) -> None:
    messaging.send(QUEUE, texts("1", "2"))
    messaging.release(take(messaging, 1), delay_s=2 * lease_s)
    assert bodies(take(messaging)) == ["2"]
    assert messaging.depth(QUEUE).ready == 1
    assert bodies(take(messaging, wait_s=patience_s)) in (["1"], ["2"])


def test_a_released_message_is_not_the_consumers_any_more(messaging: Messaging) -> None:
    messaging.send(QUEUE, texts("1"))
    taken = take(messaging)
    messaging.release(taken, delay_s=patience_s)
    messaging.acknowledge(taken)
    assert messaging.depth(QUEUE).ready == 1


def test_dead_letter(messaging: Messaging) -> None:
    body = b"x" * (claim_bytes_min + 1)
    messaging.send(QUEUE, [Message(body, HEADERS)])
    messaging.release(take(messaging))
    (delivery,) = take(messaging)
    messaging.dead_letter(delivery, "Defect:broken\nguide")
    assert messaging.depth(QUEUE) == Depth(0, 0, 0.0)
    (parked,) = messaging.receive(DLQ, limit=1, wait_s=0.0)
    headers = dict(parked.message.headers)
    assert headers.pop(DEAD_LETTER_CAUSE) == "Defect:broken guide"
    assert headers.pop(DEAD_LETTER_ATTEMPTS) == "2"
    assert headers.pop(DEAD_LETTER_AT).endswith("Z")
    assert (parked.message.body, headers, parked.attempt) == (body, HEADERS, 1)


def test_the_dead_letter_queue_is_its_own(messaging: Messaging) -> None:
    messaging.send(QUEUE, texts("1"))
    messaging.dead_letter(take(messaging)[0], "first")
    messaging.dead_letter(messaging.receive(DLQ, limit=1, wait_s=0.0)[0], "second")
    (parked,) = messaging.receive(DLQ, limit=1, wait_s=0.0)
    assert parked.message.headers[DEAD_LETTER_CAUSE] == "second"


def test_depth(messaging: Messaging) -> None:
    assert messaging.depth(QUEUE) == Depth(0, 0, 0.0)
    messaging.send(QUEUE, texts("1", "2", "3"))
    take(messaging, 1)
    depth = messaging.depth(QUEUE)
    assert (depth.ready, depth.in_flight) == (2, 1)
    assert depth.oldest_age_s >= 0.0


def test_queues_that_exist(messaging: Messaging) -> None:
    assert messaging.queues() == []
    messaging.send("edi.responses", texts("1"))
    messaging.send(QUEUE, texts("1"))
    messaging.dead_letter(take(messaging)[0], "cause")
    assert messaging.queues() == [DLQ, QUEUE, "edi.responses"]


def test_threads_compete_without_doubles(messaging: Messaging) -> None:
    wanted = {str(number) for number in range(300)}
    messaging.send(QUEUE, texts(*wanted))
    got: list[str] = []

    def consume() -> None:
        while taken := take(messaging, 7):
            got.extend(bodies(taken))
            messaging.acknowledge(taken)

    threads = [threading.Thread(target=consume) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(got), set(got)) == (300, wanted)
