"""What a partner's answer changes: states, events and documents of units, and what requesters are told.

Rules of this room: a verdict on a claim beats one on its set, group or interchange; requesters are
told every verdict on a unit of theirs, and of the wider ones those that reject; an answer that
belongs to no unit is parked, not dropped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ediport import flow, logs
from ediport.flow import REJECTED_BY, compact
from ediport.ledger.port import DeadLetter, Unit, Work
from ediport.ledger.states import ACCEPTED, ACKNOWLEDGED, FINAL, FINALIZED, REJECTED
from ediport.messaging import headers
from ediport.messaging.port import Message
from ediport.messaging.queues import INBOUND, RESPONSES, dead_letters
from ediport.partners.correlation import Verdict, verdicts
from ediport.security.hashing import ReferenceHash
from services.translator.matching import UNIT_LEVEL, Matcher, recorded_value

UNMATCHED: Final = "answer_unmatched"
"""Cause of a dead letter: no unit of ours has the numbers that the answer names."""

codes_kept_max: Final = 50
"""Reason codes of one verdict that go into an event."""

key_characters: Final = 12

TA1: Final = "TA1"

_CLAIM_ACKNOWLEDGMENT: Final = "005010X214"
_STATES: Final = {
    ("999", "accepted"): ACKNOWLEDGED,
    ("277CA", "accepted"): ACCEPTED,
    ("835", "paid"): FINALIZED,
    ("835", "denied"): FINALIZED,
}

_log = logs.get("answers")


@dataclass(frozen=True, slots=True)
class Answer:
    """One document from a partner: its place in the file, its JSON, what it says."""

    key: str
    document: dict[str, Any]
    said: tuple[Verdict, ...]

    @property
    def label(self) -> str:
        """`TA1`, `999`, `277CA`, `835` ..., as requesters are told."""
        source = self.said[0].source if self.said else ""
        guide = str(self.document.get("guide", ""))
        return "277CA" if guide.startswith(_CLAIM_ACKNOWLEDGMENT) else source


def said_by(document: dict[str, Any]) -> tuple[Verdict, ...]:
    """What a document says about units and sets, the narrowest first.

    What is said of each claim stands for what is said of their batch; that a group was accepted
    counts only where its sets are not named. A TA1 in the envelope is not part of it.
    """
    found = [verdict for verdict in verdicts(document) if verdict.source != TA1]
    levels = {verdict.level for verdict in found}
    if UNIT_LEVEL in levels:
        found = [verdict for verdict in found if verdict.level == UNIT_LEVEL]
    elif "transaction" in levels:
        found = [v for v in found if v.level != "group" or v.outcome == "rejected"]
    return tuple(reversed(found))


def acknowledged_by(document: dict[str, Any]) -> list[Verdict]:
    """What the TA1 segments of a document's interchange say."""
    return [verdict for verdict in verdicts(document) if verdict.source == TA1]


class AnswerBook:
    """Enters a partner's answers in the ledger, within one database transaction."""

    def __init__(self, work: Work, partner: str, references: ReferenceHash) -> None:
        self._work = work
        self._partner = partner
        self._references = references
        self._matcher = Matcher(work, partner, references)

    def enter(self, answers: Sequence[tuple[Answer, str]]) -> None:
        """Enter each answer, given with its reference in storage; not those entered before."""
        for answer, reference in answers:
            touched: set[str] = set()
            for verdict in answer.said:
                units = self._matcher.units(verdict)
                for transaction_id in units:
                    if transaction_id not in touched and not self._is_settled(
                        verdict, transaction_id
                    ):
                        self._enter(answer, reference, verdict, transaction_id)
                touched.update(units)
                if not units and verdict.level == UNIT_LEVEL:
                    self._park(answer)

    def _is_settled(self, verdict: Verdict, transaction_id: str) -> bool:
        """Whether a rejection of something wider comes to a unit that has its final state."""
        if verdict.level == UNIT_LEVEL or verdict.outcome != "rejected":
            return False
        unit = self._work.unit(transaction_id)
        return unit is not None and unit.state in FINAL

    def _enter(self, answer: Answer, reference: str, verdict: Verdict, transaction_id: str) -> None:
        detail = _detail(answer.label, verdict)
        state = REJECTED if verdict.outcome == "rejected" else _state(answer.label, verdict)
        if state is None:
            self._work.add_event(transaction_id, answer.label, detail)
        else:
            self._work.set_state(transaction_id, state, detail=detail)
        kind = f"answer_{answer.label}"
        self._work.add_document(transaction_id, kind, reference, flow.JSON)
        if verdict.level == UNIT_LEVEL:
            self._remember(verdict, transaction_id)
        if verdict.level == UNIT_LEVEL or verdict.outcome == "rejected":
            self._tell(answer, verdict, transaction_id)

    def _remember(self, verdict: Verdict, transaction_id: str) -> None:
        """The payer's own number of the unit, by which later answers may name it."""
        key = verdict.key("payer_claim_number")
        if key is not None:
            value = recorded_value(key, self._references)
            self._work.correlate(self._partner, key.ledger_kind, value, transaction_id)

    def _tell(self, answer: Answer, verdict: Verdict, transaction_id: str) -> None:
        unit = self._work.unit(transaction_id)
        if unit is not None:
            told = {"source": answer.label, "outcome": verdict.outcome, "codes": verdict.codes}
            message = response(unit, answer.key, {**told, "document": answer.document})
            self._work.enqueue(RESPONSES, message)

    def _park(self, answer: Answer) -> None:
        """Nobody's answer: kept in the dead-letter queue, to be looked at and replayed."""
        parked = {
            headers.IDEMPOTENCY_KEY: answer.key,
            headers.PARTNER: self._partner,
            headers.SOURCE: f"partner:{self._partner}",
        }
        at = headers.timestamp()
        letter = DeadLetter(INBOUND, answer.key, None, UNMATCHED, attempts=1, at=at)
        self._work.add_dead_letter(letter)
        told = headers.dead_letter_headers(parked, UNMATCHED, 1)
        self._work.enqueue(dead_letters(INBOUND), Message(compact(answer.document), told))
        _log.warning("answer_parked", partner=self._partner, answer=answer.label, cause=UNMATCHED)


def response(unit: Unit, cause: str, told: dict[str, Any]) -> Message:
    """The message on `edi.responses` that tells a requester something about a unit.

    `cause` names what it is told for, so that the same cause makes the same id. `told` has `source`
    and `outcome`, and what else belongs to them.
    """
    source, outcome = str(told["source"]), str(told["outcome"])
    mark = hashlib.sha256(f"{cause}\0{outcome}".encode()).hexdigest()[:key_characters]
    key = f"{unit.transaction_id}.{source}.{mark}"
    names = {
        headers.MESSAGE_VERSION: headers.VERSION,
        headers.TRANSACTION_ID: unit.transaction_id,
        headers.IDEMPOTENCY_KEY: key,
        headers.CORRELATION_ID: unit.correlation_id,
        headers.REQUESTER: unit.requester,
        headers.PARTNER: unit.partner,
        headers.TRANSACTION_SET: unit.transaction_set,
        headers.GUIDE: unit.guide,
        headers.SOURCE: unit.source,
        headers.RECEIVED_AT: unit.received_at,
    }
    body = {**names, headers.IDEMPOTENCY_KEY: key, **told}
    body.pop(headers.SOURCE, None)
    body["source"] = source
    return Message(compact(body), {**names, flow.ANSWER: source, flow.OUTCOME: outcome})


def batches(answers: Iterator[Answer], size: int) -> Iterator[list[Answer]]:
    """The answers in lists of at most `size`."""
    batch: list[Answer] = []
    for answer in answers:
        batch.append(answer)
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch


def _state(label: str, verdict: Verdict) -> str | None:
    if verdict.outcome == "answered":
        return FINALIZED
    return _STATES.get((label, verdict.outcome))


def _detail(label: str, verdict: Verdict) -> dict[str, str]:
    detail = {REJECTED_BY: label, "outcome": verdict.outcome, "code": verdict.code}
    if verdict.codes:
        detail["codes"] = " ".join(verdict.codes[:codes_kept_max])
    return detail
