from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from ediport import sqlite_file
from ediport.ledger import migrate, schema
from ediport.ledger.limits import relay_wait_s
from ediport.ledger.relay import relay
from ediport.ledger.sqlite import SqliteLedger
from ediport.messaging.memory import MemoryMessaging
from ediport.messaging.port import Message
from ediport.x12.errors import Retryable

QUEUE = "edi.requests"


def test_the_migrations_make_the_schema(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "ledger.db")
    with ledger._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, schema.metadata) == []
        assert migrate.revision(connection) == migrate.HEAD
    ledger.close()


def test_head_is_the_newest_migration() -> None:
    folder = Path(migrate.__file__).with_name("migrations")
    assert ScriptDirectory(str(folder)).get_current_head() == migrate.HEAD


def test_the_file_is_private(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "ledger.db")
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    ledger.close()


def test_another_process_that_writes_too_long_is_retryable(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "ledger.db", busy_s=0.05)
    other = sqlite_file.connect(tmp_path / "ledger.db", synchronous="FULL")
    with sqlite_file.transaction(other), pytest.raises(Retryable), ledger.begin():
        raise AssertionError("must not get here")
    with ledger.begin() as work:
        assert not work.seen("a", "b")
    other.close()
    ledger.close()


def test_another_thread_that_writes_too_long_is_retryable(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "ledger.db", busy_s=0.05)
    caught: list[Retryable] = []

    def write() -> None:
        with pytest.raises(Retryable) as error, ledger.begin():
            raise AssertionError("must not get here")
        caught.append(error.value)

    with ledger.begin():
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
    assert len(caught) == 1
    ledger.close()


def test_threads_take_turns(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "ledger.db")
    got: list[int] = []

    def number() -> None:
        for _ in range(20):
            with ledger.begin() as work:
                got.extend(work.next_numbers("scope"))

    threads = [threading.Thread(target=number) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == list(range(1, 81))
    ledger.close()


def test_the_relay_runs_until_it_is_stopped_and_outlasts_a_broker_that_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away(MemoryMessaging):
        calls = 0

        def send(self, queue: str, messages: object) -> None:
            Away.calls += 1
            if Away.calls == 1:
                raise Retryable("away")
            super().send(queue, messages)  # type: ignore[arg-type]

    monkeypatch.setattr("ediport.ledger.relay.relay_pause_s", relay_wait_s)
    ledger, messaging, stop = SqliteLedger(tmp_path / "ledger.db"), Away(), threading.Event()
    thread = threading.Thread(target=relay, args=(ledger, messaging), kwargs={"stop": stop})
    thread.start()
    with ledger.begin() as work:
        work.enqueue(QUEUE, Message(b"x", {}))
    (delivery,) = messaging.receive(QUEUE, limit=1, wait_s=30.0)
    stop.set()
    thread.join()
    assert delivery.message.body == b"x"
    with ledger.begin() as work:
        assert work.outbox(1) == []
    ledger.close()
