"""Names of the queues. Partner and queue names are plain words, so that no broker sees a wildcard
in them.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ediport.messaging.limits import partner_chars_max, queue_chars_max
from ediport.x12.errors import Defect

REQUESTS = "edi.requests"
"""Canonical JSON in."""
INBOUND = "edi.inbound"
"""X12 from partners."""
RESPONSES = "edi.responses"
"""JSON to requesters."""

DEAD_LETTER_PREFIX = "edi.dlq."

_PARTNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_QUEUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*")


def partner_outbound(partner: str) -> str:
    """The queue of X12 that goes out to one partner."""
    if len(partner) > partner_chars_max or not _PARTNER.fullmatch(partner):
        raise Defect(f"a partner name has 1 to {partner_chars_max} letters, digits, _ or -")
    return f"edi.partner.{partner}.outbound"


def dead_letters(queue: str) -> str:
    """The dead-letter queue of `queue`; a dead-letter queue is its own."""
    return queue if queue.startswith(DEAD_LETTER_PREFIX) else DEAD_LETTER_PREFIX + queue


@lru_cache(maxsize=1024)
def check_queue(queue: str) -> None:
    """Raise `Defect` unless `queue` is words of letters, digits, _ and - joined by dots."""
    if len(queue) > queue_chars_max or not _QUEUE.fullmatch(queue):
        raise Defect(
            f"a queue name is dotted words of letters, digits, _, -; {queue_chars_max} at most"
        )
