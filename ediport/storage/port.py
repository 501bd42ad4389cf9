"""The storage port: content-addressed bodies.

What every adapter keeps, proved by one contract suite (tests/contract/test_storage.py): a body is
durable when `put` returns and there in whole or not at all; the same bytes always have the same
reference. Errors: `Missing` when a reference has no body (any more), `Defect` for what is no
reference, `Retryable` when the storage is away.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from ediport.x12.errors import Defect

piece_bytes = 262_144
"""Bodies are read in pieces of at most this size."""

_REFERENCE = re.compile(r"sha256/([0-9a-f]{64})")


class Missing(Defect):
    """The reference is well-formed and there is no such body."""


class Storage(Protocol):
    """Safe to use from several threads and several processes."""

    def put(self, data: bytes | Iterable[bytes]) -> str:
        """Store a body, streamed when given in pieces; its reference, `sha256/<64 hex digits>`."""
        ...

    def put_many(self, bodies: Sequence[bytes]) -> list[str]:
        """Store many small bodies in as few durable steps as the adapter can; references in the
        same order.
        """
        ...

    def open(self, reference: str) -> Iterator[bytes]:
        """The body in pieces of at most `piece_bytes`; `Missing` at the call, not later."""
        ...

    def read(self, reference: str) -> bytes:
        """The whole body in memory."""
        ...

    def exists(self, reference: str) -> bool:
        """Whether the body is there."""
        ...

    def delete(self, reference: str) -> None:
        """Remove the body; no error when it is not there."""
        ...

    def close(self) -> None:
        """Let go of the storage."""
        ...


def reference_to(body: bytes) -> str:
    """The reference that `body` has on every adapter."""
    return f"sha256/{hashlib.sha256(body).hexdigest()}"


def digest_of(reference: str) -> str:
    """The 64 hex digits of a reference; `Defect` for all else, so nothing else reaches a path."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise Defect("a storage reference is sha256/ and 64 lower-case hex digits")
    return match.group(1)


def pieces(body: bytes) -> Iterator[bytes]:
    """A body in memory as `Storage.open` gives it."""
    return (body[start : start + piece_bytes] for start in range(0, len(body), piece_bytes))
