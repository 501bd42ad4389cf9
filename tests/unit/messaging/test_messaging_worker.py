from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

import pytest

from ediport.messaging.headers import DEAD_LETTER_ATTEMPTS, DEAD_LETTER_CAUSE
from ediport.messaging.memory import MemoryMessaging
from ediport.messaging.port import Delivery, Message
from ediport.messaging.worker import (
    ATTEMPTS_EXCEEDED,
    Limits,
    Outcome,
    cause_of,
    consume,
    doubled_s,
)
from ediport.x12.errors import Defect, Retryable, Unreadable

QUEUE = "edi.requests"
DLQ = "edi.dlq.edi.requests"
QUICK = Limits(wait_s=0.01, attempts_max=3, backoff_first_s=0.0, pause_first_s=0.0)


class Handler:
    """Does what `by_body` says for each message and remembers the batches it was given."""

    def __init__(self, messaging: MemoryMessaging, answer: Callable[[str], Outcome]) -> None:
        self.batches: list[list[str]] = []
        self.stop = threading.Event()
        self._messaging = messaging
        self._answer = answer

    def __call__(self, batch: Sequence[Delivery]) -> list[Outcome]:
        bodies = [delivery.message.body.decode() for delivery in batch]
        self.batches.append(bodies)
        return [self._answer(body) for body in bodies]

    def run(self, limits: Limits = QUICK, **more: Callable[[Delivery, str], None]) -> None:
        """Until nothing is left on the queue."""
        watch = threading.Thread(target=self._stop_when_empty)
        watch.start()
        consume(self._messaging, QUEUE, self, stop=self.stop, limits=limits, **more)
        watch.join()

    def _stop_when_empty(self) -> None:
        while self._messaging.depth(QUEUE).ready + self._messaging.depth(QUEUE).in_flight:
            self.stop.wait(0.005)
        self.stop.set()


@pytest.fixture
def messaging() -> MemoryMessaging:
    return MemoryMessaging()


def send(messaging: MemoryMessaging, *bodies: str) -> None:
    messaging.send(
        QUEUE, [Message(body.encode(), {"transaction_id": f"t-{body}"}) for body in bodies]
    )


def parked(messaging: MemoryMessaging) -> dict[str, tuple[str, str]]:
    """Cause and attempts by body."""
    return {
        delivery.message.body.decode(): (
            delivery.message.headers[DEAD_LETTER_CAUSE],
            delivery.message.headers[DEAD_LETTER_ATTEMPTS],
        )
        for delivery in messaging.receive(DLQ, limit=100, wait_s=0.0)
    }


def raising(*broken: str, error: Exception) -> Callable[[str], Outcome]:
    def answer(body: str) -> Outcome:
        if body in broken:
            raise error
        return None

    return answer


def test_done_messages_are_acknowledged_in_batches(messaging: MemoryMessaging) -> None:
    send(messaging, "1", "2", "3")
    handler = Handler(messaging, lambda body: None)
    handler.run()
    assert handler.batches == [["1", "2", "3"]]
    assert parked(messaging) == {}


def test_outcomes_are_settled_one_by_one(messaging: MemoryMessaging) -> None:
    send(messaging, "good", "bad", "unreadable", "away")
    outcomes = {
        "good": None,
        "bad": Defect("says SMITH"),
        "unreadable": Unreadable("empty", "nothing there"),
        "away": Retryable("later"),
    }
    handler = Handler(messaging, outcomes.__getitem__)
    handler.run()
    assert handler.batches == [["good", "bad", "unreadable", "away"], ["away"], ["away"]]
    assert parked(messaging) == {
        "bad": ("Defect", "1"),
        "unreadable": ("Unreadable:empty", "1"),
        "away": ("Retryable", "3"),
    }


def test_a_handler_that_raises_is_tried_message_by_message(messaging: MemoryMessaging) -> None:
    send(messaging, "1", "bad", "3")
    handler = Handler(messaging, raising("bad", error=Defect("x")))
    handler.run()
    assert handler.batches == [["1", "bad", "3"], ["1"], ["bad"], ["3"]]
    assert parked(messaging) == {"bad": ("Defect", "1")}


def test_an_unknown_exception_is_repeated_and_then_parked(messaging: MemoryMessaging) -> None:
    send(messaging, "bad")
    handler = Handler(messaging, raising("bad", error=KeyError("SMITH")))
    handler.run()
    assert handler.batches == [["bad"]] * QUICK.attempts_max
    assert parked(messaging) == {"bad": ("KeyError", "3")}


def test_surroundings_that_come_back_lose_nothing(messaging: MemoryMessaging) -> None:
    send(messaging, "1", "2")
    left = [Retryable("down"), Retryable("down")]

    def answer(body: str) -> Outcome:
        if left:
            raise left.pop()
        return None

    handler = Handler(messaging, answer)
    handler.run(Limits(wait_s=0.01, backoff_first_s=0.0, pause_first_s=0.001))
    assert handler.batches[0] == ["1", "2"]
    assert parked(messaging) == {}


def test_a_suspect_is_handled_alone_and_its_neighbours_are_not_counted(
    messaging: MemoryMessaging,
) -> None:
    """As after two workers died with all of them in hand."""
    send(messaging, "1", "2", "3")
    for _ in range(2):
        messaging.release(messaging.receive(QUEUE, limit=10, wait_s=0.0))
    send(messaging, "4")
    handler = Handler(messaging, lambda body: None)
    handler.run()
    assert handler.batches == [["4"], ["1"], ["2"], ["3"]]


def test_a_message_with_too_many_attempts_is_parked_untried(messaging: MemoryMessaging) -> None:
    send(messaging, "deadly")
    for _ in range(QUICK.attempts_max):
        messaging.release(messaging.receive(QUEUE, limit=10, wait_s=0.0))
    handler = Handler(messaging, lambda body: None)
    handler.run()
    assert handler.batches == []
    assert parked(messaging) == {"deadly": (ATTEMPTS_EXCEEDED, "4")}


def test_the_ledger_hears_of_a_dead_letter_first(messaging: MemoryMessaging) -> None:
    send(messaging, "bad")
    heard: list[tuple[bytes, str, int]] = []

    def record(delivery: Delivery, cause: str) -> None:
        heard.append((delivery.message.body, cause, messaging.depth(DLQ).ready))

    Handler(messaging, lambda body: Defect("x")).run(parked=record)
    assert heard == [(b"bad", "Defect", 0)]


def test_a_wrong_number_of_outcomes_is_a_defect(messaging: MemoryMessaging) -> None:
    send(messaging, "1")
    with pytest.raises(Defect):
        consume(messaging, QUEUE, lambda batch: [], stop=threading.Event(), limits=QUICK)


def test_a_broker_that_is_away_is_waited_for() -> None:
    class Away(MemoryMessaging):
        calls = 0

        def receive(self, queue: str, *, limit: int, wait_s: float) -> list[Delivery]:
            Away.calls += 1
            if Away.calls < 3:
                raise Retryable("away")
            return super().receive(queue, limit=limit, wait_s=wait_s)

    messaging = Away()
    send(messaging, "1")
    handler = Handler(messaging, lambda body: None)
    handler.run(Limits(wait_s=0.01, pause_first_s=0.001))
    assert handler.batches == [["1"]]


def test_stop_finishes_the_batch_in_hand(messaging: MemoryMessaging) -> None:
    send(messaging, "1", "2", "3")
    stop = threading.Event()

    def handle(batch: Sequence[Delivery]) -> list[Outcome]:
        stop.set()
        return [None] * len(batch)

    consume(messaging, QUEUE, handle, stop=stop, limits=Limits(batch_messages=2, wait_s=0.01))
    assert messaging.depth(QUEUE).ready == 1
    assert messaging.depth(QUEUE).in_flight == 0


def test_delays_double_up_to_a_limit() -> None:
    limits = Limits(backoff_first_s=1.0, backoff_max_s=5.0)
    assert [limits.backoff_s(attempt) for attempt in (1, 2, 3, 4, 1000)] == [
        1.0,
        2.0,
        4.0,
        5.0,
        5.0,
    ]
    assert doubled_s(0.0, 10, 5.0) == 0.0


def test_no_text_of_an_exception_gets_out(
    messaging: MemoryMessaging, caplog: pytest.LogCaptureFixture
) -> None:
    send(messaging, "1", "bad")
    with caplog.at_level(logging.DEBUG):
        Handler(messaging, raising("bad", error=ValueError("SMITH"))).run()
    assert "ValueError at test_messaging_worker.py" in caplog.text
    assert "t-bad" in caplog.text
    assert "SMITH" not in caplog.text
    assert "SMITH" not in str(parked(messaging))


def test_a_code_that_is_no_code_is_left_out() -> None:
    class Coded(Exception):
        code = "John Smith"

    assert cause_of(Coded()) == "Coded"
    assert cause_of(Unreadable("no_header", "text")) == "Unreadable:no_header"
