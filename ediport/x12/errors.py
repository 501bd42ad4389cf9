"""Exceptions of ediport. A fault inside a document is a `Finding`, not one of these."""

from __future__ import annotations


class EdiportError(Exception):
    """Base of every exception that ediport raises on purpose; its text never holds document values."""


class Unreadable(EdiportError):
    """The input holds no interchange at all, so there is nothing to acknowledge.

    `code` is stable (`empty`, `no_interchange_header`, ...), `offset` counts bytes from 0.
    """

    def __init__(self, code: str, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.offset = offset


class Retryable(EdiportError):
    """Something outside is away for now (database busy, broker down); the same call may succeed later."""


class Defect(EdiportError):
    """A fault of ours or of the set-up (a broken guide file, an impossible state); retrying is no use."""
