"""What the services share about the way of a unit: names of consumers, documents and events.

A consumer's name stands in the inbox beside the idempotency key; changing one makes old messages
look new.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from ediport.ledger.port import Reader
from ediport.messaging.port import Message

JSON: Final = "application/json"
X12: Final = "application/edi-x12"

CONTROL_NUMBER: Final = "interchange_control_number"
"""Header of X12 on its way out: ISA13 without leading zeros."""
ADDRESS: Final = "address"
"""Header of X12 on its way out to a submitter: the name of the submitter's folder."""
ANSWER: Final = "answer"
"""Header of an answer: what it is made of (`277CA`, `835`, `999`, `TA1`, `findings`)."""
OUTCOME: Final = "outcome"
"""Header of an answer: `accepted`, `rejected`, `paid`, `denied`, ..."""

SUBMITTERS: Final = "edi.submitters.outbound"
"""Queue of acknowledgments that go back to submitters of X12."""

REQUEST: Final = "request"
"""Kind of document: canonical JSON as it was taken in."""
X12_SENT: Final = "x12_sent"
"""Kind of document: the interchange in which the unit went to the partner."""
FINDINGS: Final = "findings"
"""Kind of document: why we rejected the unit, as JSON."""

FINDING: Final = "finding"
"""Kind of event: something was noted about a unit that did not stop it."""

REASON: Final = "reason"
"""Kind of event: why a unit was rejected when it came in."""

REJECTED_BY: Final = "by"
"""Detail of a rejection: `intake`, `translator`, or what the partner rejected it with."""

ANSWER_PARKED: Final = "answer_parked"
"""Kind of event: an answer could not be delivered and waits in the dead-letter queue."""

INTERCHANGE_KEY: Final = "interchange"
GROUP_KEY: Final = "group"
TRANSACTION_KEY: Final = "transaction"
"""Kinds of correlated control numbers, without leading zeros; a transaction set is GS06/ST02."""

TRANSLATOR: Final = "translator"
TRANSLATOR_ANSWERS: Final = "translator.answers"
TRANSLATOR_ACKNOWLEDGMENTS: Final = "translator.acks"
INTAKE_ACKNOWLEDGMENTS: Final = "intake.acks"
GATEWAY_STAGED: Final = "gateway.staged"
GATEWAY_SENT: Final = "gateway.sent"
GATEWAY_INBOUND: Final = "gateway.inbound"
CALLBACKS: Final = "callbacks"


def compact(document: Mapping[str, Any]) -> bytes:
    """A document as UTF-8 JSON without needless blanks."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def header(message: Message, name: str) -> str:
    """A header's value; empty where the message has none."""
    return message.headers.get(name, "")


def units_of_interchange(reader: Reader, partner: str, control_number: str) -> list[str]:
    """Transaction ids that went to the partner in one interchange."""
    return reader.correlated(partner, INTERCHANGE_KEY, control_number)
