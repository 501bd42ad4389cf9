"""Header names of a message and the rules that every header keeps, on every adapter.

A name must be a legal JMS property name (JMS 2.0 section 3.5.1, narrowed to ASCII), so that a JMS
consumer can select on it, and must not be one that STOMP or ActiveMQ give a meaning of their own.
Errors name the header by its ordinal and a fault by its character code: a name or value that came
from outside could hold PHI.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache

from ediport.messaging.limits import (
    body_bytes_max,
    cause_chars_max,
    header_name_chars_max,
    header_value_chars_max,
    headers_max,
)
from ediport.messaging.port import Message
from ediport.x12.errors import Defect

MESSAGE_VERSION = "message_version"
TRANSACTION_ID = "transaction_id"
IDEMPOTENCY_KEY = "idempotency_key"
CORRELATION_ID = "correlation_id"
REQUESTER = "requester"
PARTNER = "partner"
TRANSACTION_SET = "transaction_set"
GUIDE = "guide"
SOURCE = "source"
RECEIVED_AT = "received_at"
TRACEPARENT = "traceparent"

DEAD_LETTER_CAUSE = "dead_letter_cause"
DEAD_LETTER_AT = "dead_letter_at"
DEAD_LETTER_ATTEMPTS = "dead_letter_attempts"

BODY_REFERENCE = "body_reference"
BODY_BYTES = "body_bytes"

VERSION = "1"
"""Value of `message_version` for the envelope described in docs."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_KEPT_WORD = re.compile(
    "jms.*|null|true|false|not|and|or|between|like|in|is|escape"
    "|destination|receipt|transaction|subscription|persistent|priority|expires|timestamp|type|id"
    "|redelivered|ack|nack|selector|browser|session|message|host|login|passcode|server|version",
    re.IGNORECASE,
)
"""Words of JMS and its selectors; headers of STOMP frames and of the broker."""


def timestamp() -> str:
    """Now, as RFC 3339 in UTC with microseconds: `2026-11-23T08:45:00.000000Z`; sorts as text."""
    return datetime.now(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def check_message(message: Message) -> None:
    """Raise `Defect` when a header or the body breaks a rule of this room."""
    check_headers(message.headers)
    if len(message.body) > body_bytes_max:
        raise Defect(f"message body over {body_bytes_max} bytes; send it by reference")


def check_headers(headers: Mapping[str, str]) -> None:
    """Raise `Defect` for the first illegal header."""
    if len(headers) > headers_max:
        raise Defect(f"more than {headers_max} headers")
    for ordinal, (name, value) in enumerate(headers.items(), 1):
        fault = _name_fault(name) or _value_fault(value)
        if fault:
            raise Defect(f"header {ordinal}: {fault}")


def dead_letter_headers(headers: Mapping[str, str], cause: str, attempts: int) -> dict[str, str]:
    """Headers of a parked message: its own, and why, when and after how many attempts."""
    legible = _CONTROL.sub(" ", cause)[:cause_chars_max]
    parked = {
        DEAD_LETTER_CAUSE: legible,
        DEAD_LETTER_AT: timestamp(),
        DEAD_LETTER_ATTEMPTS: str(attempts),
    }
    return {**headers, **parked}


@lru_cache(maxsize=1024)
def _name_fault(name: str) -> str:
    if not name or len(name) > header_name_chars_max:
        return f"the name has no or more than {header_name_chars_max} characters"
    if not _NAME.fullmatch(name):
        return f"the name is no JMS property name: {_first_illegal(name)}"
    if _KEPT_WORD.fullmatch(name):
        return "the name is a word that JMS, STOMP or the broker keeps for itself"
    return ""


def _first_illegal(name: str) -> str:
    for position, character in enumerate(name, 1):
        if not _NAME.fullmatch(character if position == 1 else f"_{character}"):
            return f"U+{ord(character):04X} at position {position}; ASCII letters, digits, _ only"
    raise AssertionError("called for a legal name")


def _value_fault(value: object) -> str:
    if not isinstance(value, str):
        return "the value is no string"
    if len(value) > header_value_chars_max:
        return f"the value has more than {header_value_chars_max} characters"
    control = _CONTROL.search(value)
    if control is None:
        return ""
    return f"the value has U+{ord(control.group()):04X} at position {control.start() + 1}"
