"""The worker loop: receive a batch, hand it to a handler, settle every delivery by its outcome.

- An outcome is None (done) or an exception as data. `Retryable`, and every exception that is not
  ours, gives the message back with a growing delay until its attempts are used up; `Defect` and
  `Unreadable` park it at once.
- A handler that raises has done nothing (it rolls back) for the whole batch. `Retryable` speaks of
  the surroundings: the loop rests too. After anything else the batch is tried message by message,
  so that one bad message parks alone.
- A message may kill its worker. The broker adapter counts that attempt; from `isolate_attempt` on a
  message is handled alone, while its neighbours are given back uncounted, so that only the one that
  kills ends in the dead-letter queue, with the cause `attempts_exceeded`.
- Causes and log lines hold classes, codes and places in our code, never the text of an exception:
  it could hold PHI.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ediport.messaging.headers import TRANSACTION_ID
from ediport.messaging.port import Delivery, Messaging
from ediport.x12.errors import Defect, Retryable, Unreadable

Outcome = Exception | None
Handler = Callable[[Sequence[Delivery]], Sequence[Outcome]]
Parked = Callable[[Delivery, str], None]
"""Called with a delivery and its cause before it is parked: the place to record it in the ledger
(may repeat).
"""

ATTEMPTS_EXCEEDED = "attempts_exceeded"

_CODE = re.compile(r"[a-z0-9_]{1,64}")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """How a loop takes and repeats; the unit is in the name."""

    batch_messages: int = 100
    wait_s: float = 1.0
    attempts_max: int = 10
    isolate_attempt: int = 3
    backoff_first_s: float = 1.0
    backoff_max_s: float = 300.0
    pause_first_s: float = 0.5
    pause_max_s: float = 30.0

    def backoff_s(self, attempt: int) -> float:
        """How long a message waits after its failed attempt number `attempt` (from 1): doubles each
        time.
        """
        return doubled_s(self.backoff_first_s, attempt, self.backoff_max_s)


def consume(
    messaging: Messaging,
    queue: str,
    handler: Handler,
    *,
    stop: threading.Event,
    limits: Limits = Limits(),
    parked: Parked | None = None,
) -> None:
    """Run until `stop` is set; the batch in hand is finished first. Errors: what `parked` raises,
    and `Defect` when the handler gives another number of outcomes than deliveries.
    """
    loop = _Loop(messaging, queue, handler, limits, parked)
    while not stop.is_set():
        loop.turn()
        if loop.pause_s:
            stop.wait(loop.pause_s)


def doubled_s(first_s: float, times: int, max_s: float) -> float:
    """`first_s` doubled for each time after the first, at most `max_s`."""
    return min(max_s, first_s * 2.0 ** min(times - 1, 63))


def cause_of(error: Exception) -> str:
    """Class and code of `error`, without its text: `Unreadable:no_interchange_header`, `Defect`,
    `KeyError`.
    """
    code = getattr(error, "code", None)
    known = isinstance(code, str) and _CODE.fullmatch(code)
    return f"{type(error).__name__}:{code}" if known else type(error).__name__


class _Loop:
    def __init__(
        self,
        messaging: Messaging,
        queue: str,
        handler: Handler,
        limits: Limits,
        parked: Parked | None,
    ) -> None:
        self._messaging = messaging
        self._queue = queue
        self._handler = handler
        self._limits = limits
        self._parked = parked
        self._suspects = False
        self._failures = 0
        self._away = False

    @property
    def pause_s(self) -> float:
        """How long to rest before the next turn; 0.0 when the surroundings are well."""
        limits = self._limits
        return (
            doubled_s(limits.pause_first_s, self._failures, limits.pause_max_s)
            if self._failures
            else 0.0
        )

    def turn(self) -> None:
        """One batch. What could not be settled because the broker is away comes back when its lease
        ends.
        """
        self._away = False
        try:
            limit = 1 if self._suspects else self._limits.batch_messages
            self._handle(
                self._messaging.receive(self._queue, limit=limit, wait_s=self._limits.wait_s)
            )
        except Retryable as error:
            self._failed(error)
        self._failures = self._failures + 1 if self._away else 0

    def _handle(self, taken: Sequence[Delivery]) -> None:
        fresh = [each for each in taken if each.attempt < self._limits.isolate_attempt]
        suspects = [each for each in taken if each.attempt >= self._limits.isolate_attempt]
        self._suspects = bool(suspects)
        if suspects[1:]:
            self._messaging.release(suspects[1:], counted=False)
        if fresh:
            self._call(fresh)
        if suspects:
            self._handle_suspect(suspects[0])

    def _handle_suspect(self, delivery: Delivery) -> None:
        if delivery.attempt > self._limits.attempts_max:
            self._park(delivery, ATTEMPTS_EXCEEDED)
        else:
            self._call([delivery])

    def _call(self, batch: Sequence[Delivery]) -> None:
        try:
            outcomes = self._handler(batch)
        except Retryable as error:
            self._failed(error)
            outcomes = [error] * len(batch)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is settled here
            if len(batch) > 1:
                _log.warning(
                    "batch of %d on %s: %s, now one by one", len(batch), self._queue, _place(error)
                )
                for delivery in batch:
                    self._call([delivery])
                return
            outcomes = [error]
        self._settle(batch, outcomes)

    def _settle(self, batch: Sequence[Delivery], outcomes: Sequence[Outcome]) -> None:
        if len(batch) != len(outcomes):
            raise Defect("a handler gives one outcome for each delivery")
        self._messaging.acknowledge(
            [each for each, error in zip(batch, outcomes, strict=True) if error is None]
        )
        again: dict[float, list[Delivery]] = {}
        for delivery, error in zip(batch, outcomes, strict=True):
            if error is not None and self._is_hopeless(delivery, error):
                self._park(delivery, cause_of(error))
            elif error is not None:
                again.setdefault(self._limits.backoff_s(delivery.attempt), []).append(delivery)
        for delay_s, deliveries in again.items():
            self._messaging.release(deliveries, delay_s=delay_s)

    def _is_hopeless(self, delivery: Delivery, error: Exception) -> bool:
        return (
            isinstance(error, Defect | Unreadable) or delivery.attempt >= self._limits.attempts_max
        )

    def _park(self, delivery: Delivery, cause: str) -> None:
        transaction_id = delivery.message.headers.get(TRANSACTION_ID, "-")
        _log.error(
            "parked from %s: %s, attempt %d, %s",
            self._queue,
            cause,
            delivery.attempt,
            transaction_id,
        )
        if self._parked is not None:
            self._parked(delivery, cause)
        self._messaging.dead_letter(delivery, cause)

    def _failed(self, error: Exception) -> None:
        self._away = True
        _log.warning("%s on %s, resting", _place(error), self._queue)


def _place(error: Exception) -> str:
    """Cause and innermost place: `KeyError at walker.py:120`."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else "-"
    return f"{cause_of(error)} at {where}"
