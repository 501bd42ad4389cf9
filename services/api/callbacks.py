"""Callbacks: answers from `edi.responses` are POSTed as JSON to the requester's URL.

Rules of this room: an answer is sent until the requester says 2xx, with growing pauses, then parked;
every try carries the same `webhook-id`, by which the requester knows a repeat; only ids, codes and
URLs' hosts are logged. Redirects are not followed. Header names are those of Standard Webhooks.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

import httpx

from ediport import __version__, flow, logs
from ediport.flow import header
from ediport.ledger.port import Ledger
from ediport.ledger.states import ANSWER_DELIVERED
from ediport.messaging import headers
from ediport.messaging.port import Delivery, Message
from ediport.messaging.worker import Limits
from ediport.partners.agreement import Callback
from ediport.partners.registry import Registry
from ediport.x12.errors import Defect, Retryable

connect_s: Final = 3.0
answer_s: Final = 10.0
"""Time that a requester has to take a callback."""

connections_max: Final = 8

limits: Final = Limits(
    batch_messages=50, wait_s=0.5, attempts_max=8, backoff_first_s=1.0, backoff_max_s=120.0
)
"""Eight tries over about four minutes; a replay from the dead-letter queue begins anew."""

_log = logs.get("callbacks")


class Refused(Retryable):
    """The requester did not take the answer; `code` is `http_<status>` or the kind of failure."""

    def __init__(self, code: str) -> None:
        super().__init__(f"callback not taken: {code}")
        self.code = code


def new_client() -> httpx.Client:
    """The HTTP client for callbacks: time limits on everything, no redirects, no proxies."""
    return httpx.Client(
        timeout=httpx.Timeout(answer_s, connect=connect_s),
        limits=httpx.Limits(max_connections=connections_max),
        follow_redirects=False,
        trust_env=False,
        headers={"user-agent": f"ediport/{__version__}", "content-type": flow.JSON},
    )


class Caller:
    """Handles a batch of `edi.responses`."""

    def __init__(self, ledger: Ledger, registry: Registry, client: httpx.Client) -> None:
        self._ledger = ledger
        self._registry = registry
        self._client = client

    def __call__(self, deliveries: Sequence[Delivery]) -> Sequence[Exception | None]:
        """Send each answer; record together those that were taken."""
        outcomes = [self._send(each) for each in deliveries]
        pairs = zip(deliveries, outcomes, strict=True)
        self._record([each.message for each, problem in pairs if problem is None])
        return outcomes

    def _send(self, delivery: Delivery) -> Exception | None:
        try:
            self._post(delivery.message, self._callback(delivery.message))
        except (Refused, Defect) as problem:
            code = getattr(problem, "code", "no_callback")
            _log.warning(
                "callback_failed",
                transaction_id=header(delivery.message, headers.TRANSACTION_ID),
                attempt=delivery.attempt,
                code=code,
            )
            return problem
        return None

    def _callback(self, message: Message) -> Callback:
        agreement = self._registry.partner(header(message, headers.PARTNER))
        callback = agreement and agreement.callback_for(header(message, headers.REQUESTER))
        if not callback:
            raise Defect("no agreement names a callback for this requester")
        return callback

    def _post(self, message: Message, callback: Callback) -> None:
        sent = {
            "webhook-id": header(message, headers.IDEMPOTENCY_KEY),
            "webhook-timestamp": str(int(time.time())),
        }
        try:
            answer = self._client.post(callback.url, content=message.body, headers=sent)
        except httpx.HTTPError as error:
            raise Refused(type(error).__name__.lower()) from error
        if not answer.is_success:
            raise Refused(f"http_{answer.status_code}")

    def _record(self, messages: Sequence[Message]) -> None:
        if not messages:
            return
        with self._ledger.begin() as work:
            for message in messages:
                key = header(message, headers.IDEMPOTENCY_KEY)
                if not work.seen(flow.CALLBACKS, key):
                    detail = {"answer": header(message, flow.ANSWER)}
                    unit = header(message, headers.TRANSACTION_ID)
                    work.add_event(unit, ANSWER_DELIVERED, detail)
        _log.info("answers_delivered", count=len(messages))
