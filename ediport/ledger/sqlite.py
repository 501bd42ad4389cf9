"""The ledger in one SQLite file: embedded mode, several threads and processes at once.

Writers begin with the write lock (BEGIN IMMEDIATE), so no transaction fails half-way because of
another; the threads of a process take turns before they ask for it. Readers see the last commit and
wait for nobody. `synchronous`: what a commit survives, see `ediport.sqlite_file`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from ediport import sqlite_file
from ediport.ledger.migrate import upgrade
from ediport.ledger.sql import SqlWork
from ediport.ledger.sql_reader import SqlReader
from ediport.sqlite_file import Synchronous
from ediport.x12.errors import Defect, Retryable

connections_max = 16
"""Readers and the writer of one process; one more reader waits."""


class SqliteLedger:
    """See `port.Ledger`. Makes the tables, or brings them up to date, when it opens."""

    def __init__(
        self, path: Path, *, synchronous: Synchronous = "FULL", busy_s: float = sqlite_file.busy_s
    ) -> None:
        self._busy_s = busy_s
        self._turn = threading.Lock()
        self._thread = threading.local()
        self._engine = create_engine(
            "sqlite:///" + str(path),
            creator=lambda: sqlite_file.connect(path, synchronous=synchronous, busy_s=busy_s),
            pool_size=connections_max,
            max_overflow=0,
            pool_timeout=busy_s,
            hide_parameters=True,
        )
        event.listen(self._engine, "begin", _begin)
        with _translated():
            upgrade(self._engine)

    @contextmanager
    def begin(self) -> Iterator[SqlWork]:
        with self._my_turn(), _translated(), self._engine.begin() as connection:
            work = SqlWork(connection, insert)
            yield work
            work.flush()

    @contextmanager
    def read(self) -> Iterator[SqlReader]:
        with _translated(), self._engine.connect() as connection:
            yield SqlReader(connection.execution_options(reading=True))

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        if getattr(self._thread, "writes", False):
            raise Defect("begin() inside begin() of the same thread")
        if not self._turn.acquire(timeout=self._busy_s):
            raise Retryable("the ledger is busy")
        self._thread.writes = True
        try:
            yield
        finally:
            self._thread.writes = False
            self._turn.release()


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise sqlite_file.fault(error.orig) from error
    except PoolTimeoutError as error:
        raise Retryable("no free connection to the ledger") from error
