"""X12 from partners: acknowledged, validated, turned into JSON and tied to the units that it answers.

A message of `edi.inbound` is one file of a partner. It is read twice (`ediport.flow.reception`);
each acknowledgment, and each batch of answers, is one ledger transaction with its own key, so a
repeat after a kill goes on where the last commit was.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from ediport import flow, logs
from ediport.flow import compact, header
from ediport.flow.reception import Survey, acknowledged, options_of, received
from ediport.ledger.port import Ledger, Work
from ediport.messaging import headers
from ediport.messaging.claim_check import open_body
from ediport.messaging.port import Delivery, Message
from ediport.messaging.queues import partner_outbound
from ediport.partners.agreement import Agreement
from ediport.partners.control_numbers import LedgerControlNumbers
from ediport.partners.guides import AgreedPlans
from ediport.partners.registry import Registry
from ediport.security.hashing import ReferenceHash
from ediport.storage.port import Storage
from ediport.x12.errors import Defect, Unreadable
from ediport.x12.events import Event, InterchangeBegin
from ediport.x12.plan import Plans
from ediport.x12.reader import read
from services.translator.answers import (
    Answer,
    AnswerBook,
    acknowledged_by,
    batches,
    said_by,
)
from services.translator.outbound import x12_message

answers_per_commit: Final = 100

_log = logs.get("inbound")


class InboundTranslator:
    """Handles a batch of `edi.inbound`; each message by itself."""

    def __init__(
        self,
        ledger: Ledger,
        storage: Storage,
        registry: Registry,
        plans: Plans,
        references: ReferenceHash,
    ) -> None:
        self.ledger = ledger
        self.storage = storage
        self.registry = registry
        self.plans = plans
        self.references = references

    def __call__(self, deliveries: Sequence[Delivery]) -> Sequence[Exception | None]:
        """What became of each; `Retryable` goes through, as it concerns all of them."""
        return [self._outcome(delivery.message) for delivery in deliveries]

    def _outcome(self, message: Message) -> Exception | None:
        try:
            agreement = self.registry.partner(header(message, headers.PARTNER))
            if agreement is None:
                return Defect("there is no agreement with this partner")
            _File(self, message, agreement).take()
        except (Defect, Unreadable) as problem:
            return problem
        return None


class _File:
    """One file of a partner while it is taken."""

    def __init__(self, owner: InboundTranslator, message: Message, agreement: Agreement) -> None:
        self._owner = owner
        self._plans = AgreedPlans(owner.plans, agreement)
        self._message = message
        self._agreement = agreement
        self._key = header(message, headers.IDEMPOTENCY_KEY)
        self._survey = Survey(options_of(agreement))
        self._work: Work | None = None

    def take(self) -> None:
        """Acknowledge the file, then enter what it says."""
        acknowledged(self._agreed(), self._survey, self._numbers, self._send_back)
        entered = 0
        for batch in batches(self._answers(), answers_per_commit):
            entered += self._enter(batch)
        _log.info("partner_file_read", partner=self._agreement.partner, answers=entered)

    def _body(self) -> Iterable[bytes]:
        return open_body(self._message, self._owner.storage)

    def _agreed(self) -> Iterator[Event]:
        """The events of the first reading; an interchange that no agreement covers stops it."""
        for event in read(self._body(), self._plans):
            if isinstance(event, InterchangeBegin):
                found = self._owner.registry.by_header(event.header)
                if found is None or found.partner != self._agreement.partner:
                    raise Defect("the interchange is not one of the agreement with this partner")
            yield event

    @contextmanager
    def _numbers(self, interchange: str) -> Iterator[LedgerControlNumbers | None]:
        """One ledger transaction, in which an interchange is acknowledged unless it was before."""
        with self._owner.ledger.begin() as self._work:
            if self._work.seen(flow.TRANSLATOR_ACKNOWLEDGMENTS, f"{self._key}:{interchange}"):
                yield None
            else:
                yield LedgerControlNumbers(self._work, self._agreement.partner)

    def _send_back(self, x12: bytes, number: int) -> None:
        """Enqueue the acknowledgments, in the transaction that gave their control numbers."""
        assert self._work is not None
        partner, reference = self._agreement.partner, self._owner.storage.put(x12)
        message = x12_message(partner, x12, str(number), reference)
        self._work.enqueue(partner_outbound(partner), message)

    def _answers(self) -> Iterator[Answer]:
        """What the file says, set by set and claim by claim; only of what was accepted."""
        answered: set[int] = set()
        for ordinal, text in self._survey.bare:
            if self._survey.takes_interchange(ordinal):
                answered.add(ordinal)
                yield from self._of_envelope(f"{self._key}#TA1.{ordinal}", json.loads(text))
        for unit in received(read(self._body(), self._plans, split="unit"), self._survey):
            document = json.loads(unit.text)
            ordinal = unit.at[0]
            if ordinal not in answered and self._survey.takes_interchange(ordinal):
                answered.add(ordinal)
                yield from self._of_envelope(f"{self._key}#TA1.{ordinal}", document)
            if unit.taken:
                yield Answer(f"{self._key}#{unit.number}", document, said_by(document))

    def _of_envelope(self, key: str, document: dict[str, Any]) -> Iterator[Answer]:
        kept = {"interchange": document["interchange"]}
        for number, verdict in enumerate(acknowledged_by(document), 1):
            yield Answer(f"{key}.{number}", kept, (verdict,))

    def _enter(self, batch: list[Answer]) -> int:
        """Enter those answers of a batch that were not entered before; how many that were."""
        references = self._owner.storage.put_many([compact(a.document) for a in batch])
        with self._owner.ledger.begin() as work:
            seen = work.seen_many(flow.TRANSLATOR_ANSWERS, [answer.key for answer in batch])
            book = AnswerBook(work, self._agreement.partner, self._owner.references)
            rows = zip(batch, references, seen, strict=True)
            fresh = [(answer, reference) for answer, reference, known in rows if not known]
            book.enter(fresh)
        return len(fresh)
