"""Keyed hashes that stand for PHI where it must not be: in the ledger, in a query, in a URL.

HMAC-SHA256 (RFC 2104) under a key from the settings: without the key nobody can try out member ids
or control numbers against the hashes, and equal values have equal hashes, so that an answer finds
its request.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

from ediport.x12.errors import Defect

key_bytes_min = 32

_HASH = re.compile(r"[0-9a-f]{64}")


class ReferenceHash:
    """Hashes values of one installation. Errors: `Defect` for a key under `key_bytes_min` bytes."""

    def __init__(self, key: bytes) -> None:
        if len(key) < key_bytes_min:
            raise Defect(f"the key for reference hashes has fewer than {key_bytes_min} bytes")
        self._key = key

    def of(self, kind: str, value: str) -> str:
        """64 hex digits. `kind` keeps equal values of different kinds (`patient_control_number`,
        `member_id`) apart.
        """
        return hmac.new(self._key, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()


def is_hash(value: str) -> bool:
    """Whether `value` has the form of a reference hash."""
    return _HASH.fullmatch(value) is not None


def key_from_file(path: Path) -> bytes:
    """The key kept in `path`; made at random (mode 600) by whichever process comes first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _create(path, secrets.token_bytes(key_bytes_min))
    return path.read_bytes()


def _create(path: Path, key: bytes) -> None:
    """Written aside and linked into place, so that a reader sees all of the key or no file, and the
    first one wins.
    """
    aside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        os.link(aside, path)
    except FileExistsError:
        return
    finally:
        aside.unlink()
