"""How ediport opens an SQLite file that several processes share: WAL, private to its owner, errors
as ours.

Durability is a setting, `synchronous`:
- `FULL` (default): a commit waits for the disk. What was committed survives kill -9 and loss of
  power.
- `NORMAL`: a commit does not wait. It survives kill -9 of every process, as the operating system
  has it, but a loss of power or a crash of the kernel may take the last commits (never a part of
  one, and never the file). Choose it only where the sender can send again.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from ediport.x12.errors import Defect, EdiportError, Retryable

Synchronous = Literal["FULL", "NORMAL"]

busy_s = 30.0
"""How long a writer waits for its turn before it gives up with `Retryable`."""

page_cache_kib = 16_384
wal_bytes_kept_max = 67_108_864
statements_cached_max = 256
wal_retry_s = 0.02

_PASSING = frozenset(
    (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
)


def connect(path: Path, *, synchronous: Synchronous, busy_s: float = busy_s) -> sqlite3.Connection:
    """Open (or create, mode 600) `path`; the caller begins and ends transactions itself.

    Errors: `Retryable` when the file stays busy, `Defect` when it is no SQLite file.
    """
    _create_private(path)
    connection = sqlite3.connect(
        path,
        timeout=busy_s,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=statements_cached_max,
    )
    with translated():
        _use_wal(connection, time.monotonic() + busy_s)
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute(f"PRAGMA cache_size=-{page_cache_kib}")
        connection.execute(f"PRAGMA journal_size_limit={wal_bytes_kept_max}")
        connection.execute("PRAGMA foreign_keys=ON")
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One write transaction: committed at the end, rolled back on any exception."""
    with translated():
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


@contextmanager
def translated() -> Iterator[None]:
    """Turn errors of sqlite3 into ours; the text says the kind of error and never a value."""
    try:
        yield
    except sqlite3.Error as error:
        raise fault(error) from error


def fault(error: BaseException | None) -> EdiportError:
    """Ours for an error of sqlite3: busy, full and I/O errors pass, everything else is a defect."""
    code = getattr(error, "sqlite_errorcode", None)
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    if code is not None and code & 0xFF in _PASSING:
        return Retryable(f"database file not available: {name}")
    return Defect(f"database error: {name}")


def _create_private(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))


def _use_wal(connection: sqlite3.Connection, deadline: float) -> None:
    """The switch to WAL ignores the busy time limit when several processes open a new file
    together.
    """
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(wal_retry_s)
