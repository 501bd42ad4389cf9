"""Messages between a process and its child: a length (8 bytes, big-endian), then that many bytes."""

from __future__ import annotations

from typing import IO, Final

LENGTH_BYTES: Final = 8


def read_message(source: IO[bytes]) -> bytes | None:
    """The next message, or None when the other side has closed or died."""
    head = _read_exactly(source, LENGTH_BYTES)
    return None if head is None else _read_exactly(source, int.from_bytes(head, "big"))


def _read_exactly(source: IO[bytes], size: int) -> bytes | None:
    data = source.read(size)
    return data if len(data) == size else None


def write_message(target: IO[bytes], message: bytes) -> None:
    """Sends one message at once."""
    target.write(len(message).to_bytes(LENGTH_BYTES, "big") + message)
    target.flush()
