"""Transaction ids of units that come from a file: the same whenever the file is read again."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime
from typing import Final

_COUNTER_BITS: Final = 32
_HASH_BITS: Final = 42
_VERSION: Final = 0x7 << 76
_VARIANT: Final = 0b10 << 62


def unit_id(received_at: str, file_key: str, number: int) -> str:
    """A UUIDv7 (RFC 9562) from when a file came, which it is, and the unit's number in it (from 1).

    The number fills the bits behind the milliseconds (section 6.2, method 1), so that units sort in
    the order of the file; a hash fills the rest.
    """
    milliseconds = int(datetime.fromisoformat(received_at).timestamp() * 1000)
    counter = number & (1 << _COUNTER_BITS) - 1
    digest = hashlib.sha256(f"{file_key}#{number}".encode()).digest()
    tail = int.from_bytes(digest[:8]) >> 64 - _HASH_BITS
    low = (counter & 0xFFFFF) << _HASH_BITS | tail
    high = counter >> 20
    return str(uuid.UUID(int=milliseconds << 80 | _VERSION | high << 64 | _VARIANT | low))
