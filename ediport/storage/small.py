"""Small bodies in one SQLite file, by digest: a file each costs a disk sync and an inode each."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ediport import sqlite_file
from ediport.sqlite_file import Synchronous

_SCHEMA = "CREATE TABLE IF NOT EXISTS small (digest BLOB PRIMARY KEY, body BLOB NOT NULL)"


class SmallBodies:
    """Digests are 64 hex digits; errors as `port.Storage` has them."""

    def __init__(self, path: Path, *, synchronous: Synchronous) -> None:
        self._connection = sqlite_file.connect(path, synchronous=synchronous)
        self._turn = threading.Lock()
        with self._writing():
            self._connection.execute(_SCHEMA)

    def put(self, bodies: Sequence[bytes]) -> list[str]:
        """Durable together; references in the same order."""
        digests = [hashlib.sha256(body).digest() for body in bodies]
        if bodies:
            with self._writing():
                self._connection.executemany(
                    "INSERT OR IGNORE INTO small VALUES (?, ?)", zip(digests, bodies, strict=True)
                )
        return [f"sha256/{digest.hex()}" for digest in digests]

    def get(self, digest: str) -> bytes | None:
        with self._turn, sqlite_file.translated():
            query = "SELECT body FROM small WHERE digest = ?"
            row = self._connection.execute(query, (bytes.fromhex(digest),)).fetchone()
        return None if row is None else bytes(row[0])

    def delete(self, digest: str) -> None:
        with self._writing():
            self._connection.execute("DELETE FROM small WHERE digest = ?", (bytes.fromhex(digest),))

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._turn, sqlite_file.transaction(self._connection):
            yield
