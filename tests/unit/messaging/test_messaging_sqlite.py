from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from ediport import sqlite_file
from ediport.messaging.port import Message
from ediport.messaging.sqlite import SqliteMessaging
from ediport.messaging.sqlite_presence import Presence
from ediport.sqlite_file import Synchronous
from ediport.x12.errors import Defect, Retryable

QUEUE = "edi.requests"


def test_files_are_private(tmp_path: Path) -> None:
    messaging = SqliteMessaging(tmp_path / "sub" / "queues.db")
    messaging.send(QUEUE, [Message(b"x", {})])
    files = [path for path in (tmp_path / "sub").rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "sub").stat().st_mode) == 0o700
    messaging.close()


@pytest.mark.parametrize("synchronous", ["FULL", "NORMAL"])
def test_what_must_last_is_written_as_the_setting_says(
    tmp_path: Path, synchronous: Synchronous, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lease may be lost with the power, a send only where the setting allows it."""
    messaging = SqliteMessaging(tmp_path / "queues.db", synchronous=synchronous)
    used: list[str] = []
    monkeypatch.setattr(messaging, "_insert", lambda *_: used.append(messaging._synchronous))
    messaging.acknowledge([])
    used.append(messaging._synchronous)
    messaging.send(QUEUE, [Message(b"", {})])
    assert used == ["NORMAL", synchronous]
    messaging.close()


def test_a_late_acknowledgement_counts_if_nobody_took_the_message(tmp_path: Path) -> None:
    messaging = SqliteMessaging(tmp_path / "queues.db", lease_s=0.0)
    messaging.send(QUEUE, [Message(b"1", {}), Message(b"2", {})])
    (first,) = messaging.receive(QUEUE, limit=1, wait_s=0.0)
    messaging.acknowledge([first])
    (second,) = messaging.receive(QUEUE, limit=2, wait_s=0.0)
    assert second.message.body == b"2"
    messaging.close()


def test_a_write_that_waits_too_long_is_retryable(tmp_path: Path) -> None:
    messaging = SqliteMessaging(tmp_path / "queues.db", busy_s=0.05)
    other = sqlite_file.connect(tmp_path / "queues.db", synchronous="FULL")
    with sqlite_file.transaction(other), pytest.raises(Retryable):
        messaging.send(QUEUE, [Message(b"1", {})])
    messaging.send(QUEUE, [Message(b"2", {})])
    assert messaging.depth(QUEUE).ready == 1
    other.close()
    messaging.close()


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "queues.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(Defect, match="version 99"):
        SqliteMessaging(tmp_path / "queues.db")


def test_what_is_no_database_is_a_defect(tmp_path: Path) -> None:
    (tmp_path / "queues.db").write_bytes(b"no database" * 1000)
    with pytest.raises(Defect, match="SQLITE_NOTADB"):
        SqliteMessaging(tmp_path / "queues.db")


def test_a_living_consumer_is_not_dead_and_a_dead_one_is_told_once(tmp_path: Path) -> None:
    living, watcher = Presence(tmp_path), Presence(tmp_path)
    assert list(watcher.dead()) == []
    os.close(living._file)
    assert list(watcher.dead()) == [living.consumer]
    assert list(watcher.dead()) == []
    watcher.close()
    assert list(tmp_path.iterdir()) == []


def test_what_a_dead_consumer_held_comes_back_long_before_its_lease_ends(tmp_path: Path) -> None:
    dead = SqliteMessaging(tmp_path / "queues.db", lease_s=3600.0)
    dead.send(QUEUE, [Message(b"1", {})])
    dead.receive(QUEUE, limit=1, wait_s=0.0)
    os.close(dead._presence._file)
    messaging = SqliteMessaging(tmp_path / "queues.db", lease_s=3600.0)
    (delivery,) = messaging.receive(QUEUE, limit=1, wait_s=60.0)
    assert delivery.attempt == 2
    messaging.close()


def test_a_dead_consumer_is_told_again_when_freeing_it_failed(tmp_path: Path) -> None:
    dead, watcher = Presence(tmp_path), Presence(tmp_path)
    os.close(dead._file)
    for consumer in watcher.dead():
        assert consumer == dead.consumer
        break
    assert list(watcher.dead()) == [dead.consumer]
    watcher.close()
