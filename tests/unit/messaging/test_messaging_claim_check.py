from __future__ import annotations

import pytest

from ediport.messaging.claim_check import ClaimCheck, by_reference, open_body
from ediport.messaging.headers import BODY_BYTES, BODY_REFERENCE, DEAD_LETTER_CAUSE
from ediport.messaging.limits import batch_bytes_max, body_bytes_max, claim_bytes_min
from ediport.messaging.memory import MemoryMessaging
from ediport.messaging.port import Message
from ediport.storage.memory import MemoryStorage
from ediport.storage.port import reference_to
from ediport.x12.errors import Retryable

QUEUE = "edi.requests"
SMALL = Message(b"x" * claim_bytes_min, {"guide": "g"})
LARGE = Message(b"x" * (claim_bytes_min + 1), {"guide": "g"})


@pytest.fixture
def broker() -> MemoryMessaging:
    return MemoryMessaging()


@pytest.fixture
def storage() -> MemoryStorage:
    return MemoryStorage()


@pytest.fixture
def messaging(broker: MemoryMessaging, storage: MemoryStorage) -> ClaimCheck:
    return ClaimCheck(broker, storage)


def test_only_large_bodies_leave_the_message(
    messaging: ClaimCheck, broker: MemoryMessaging
) -> None:
    messaging.send(QUEUE, [SMALL, LARGE])
    small, large = broker.receive(QUEUE, limit=2, wait_s=0.0)
    assert small.message == SMALL
    assert large.message.body == b""
    assert large.message.headers == {
        "guide": "g",
        BODY_REFERENCE: reference_to(LARGE.body),
        BODY_BYTES: str(len(LARGE.body)),
    }


def test_a_body_sent_by_reference_is_received_as_a_body(
    messaging: ClaimCheck, storage: MemoryStorage
) -> None:
    reference = storage.put(b"body")
    messaging.send(QUEUE, [by_reference(reference, 4, {"guide": "g"})])
    (delivery,) = messaging.receive(QUEUE, limit=1, wait_s=0.0)
    assert delivery.message == Message(b"body", {"guide": "g"})
    assert b"".join(open_body(delivery.message, storage)) == b"body"


def test_a_huge_body_stays_outside_and_is_read_in_pieces(
    messaging: ClaimCheck, storage: MemoryStorage
) -> None:
    reference = storage.put(b"x" * (body_bytes_max + 1))
    messaging.send(QUEUE, [by_reference(reference, body_bytes_max + 1, {})])
    (delivery,) = messaging.receive(QUEUE, limit=1, wait_s=0.0)
    assert delivery.message.body == b""
    assert sum(map(len, open_body(delivery.message, storage))) == body_bytes_max + 1


def test_a_batch_of_large_bodies_is_cut_to_what_fits(
    messaging: ClaimCheck, storage: MemoryStorage
) -> None:
    size = batch_bytes_max // 3
    reference = storage.put(b"x" * size)
    messaging.send(QUEUE, [by_reference(reference, size, {}) for _ in range(5)])
    taken = messaging.receive(QUEUE, limit=10, wait_s=0.0)
    assert len(taken) == 3
    messaging.acknowledge(taken)
    assert [each.attempt for each in messaging.receive(QUEUE, limit=10, wait_s=0.0)] == [1, 1]


def test_a_message_without_its_body_is_parked(
    messaging: ClaimCheck, broker: MemoryMessaging, storage: MemoryStorage
) -> None:
    messaging.send(QUEUE, [LARGE, SMALL])
    storage.delete(reference_to(LARGE.body))
    (delivery,) = messaging.receive(QUEUE, limit=2, wait_s=0.0)
    assert delivery.message == SMALL
    (parked,) = broker.receive(f"edi.dlq.{QUEUE}", limit=1, wait_s=0.0)
    assert parked.message.headers[DEAD_LETTER_CAUSE] == "Missing"
    assert parked.message.headers[BODY_REFERENCE] == reference_to(LARGE.body)


def test_messages_are_given_back_while_storage_is_away(broker: MemoryMessaging) -> None:
    class Away(MemoryStorage):
        def read(self, reference: str) -> bytes:
            raise Retryable("away")

    messaging = ClaimCheck(broker, Away())
    messaging.send(QUEUE, [SMALL, LARGE])
    with pytest.raises(Retryable):
        messaging.receive(QUEUE, limit=2, wait_s=0.0)
    assert [each.attempt for each in broker.receive(QUEUE, limit=2, wait_s=0.0)] == [1, 1]
