"""Transaction ids: UUID version 7 (RFC 9562 section 5.7), so that sorting by id is sorting by time
of intake.
"""

from __future__ import annotations

import secrets
import time
import uuid

_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62


def new_transaction_id() -> str:
    """A new id. Its 12 bits after the milliseconds are the fraction of the millisecond (RFC 9562
    section 6.2 method 3).
    """
    millisecond, fraction_ns = divmod(time.time_ns(), 1_000_000)
    fraction = fraction_ns * 4096 // 1_000_000
    return str(
        uuid.UUID(
            int=millisecond << 80 | _VERSION | fraction << 64 | _VARIANT | secrets.randbits(62)
        )
    )
