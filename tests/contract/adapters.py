"""The adapters of the ports, by name: one line each, and every contract suite runs on a new one.

`place` is a folder of the test's own. An adapter in `SHARED` keeps its content there for other
processes too.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ediport.ledger.port import Ledger
from ediport.messaging.claim_check import ClaimCheck
from ediport.messaging.memory import MemoryMessaging
from ediport.messaging.port import Messaging
from ediport.messaging.sqlite import SqliteMessaging
from ediport.storage.folder import FolderStorage
from ediport.storage.memory import MemoryStorage
from ediport.storage.port import Storage

lease_s = 0.5
"""Lease of the adapters under test, so that a lost one comes back while the test waits."""

patience_s = 120.0
"""How long a test waits for something that must happen."""


def sqlite_ledger(place: Path) -> Ledger:
    """Imported late: loading SQLAlchemy is most of the start of a child process without a ledger."""
    from ediport.ledger.sqlite import SqliteLedger

    return SqliteLedger(place / "ledger.db")


MESSAGING: dict[str, Callable[[Path], Messaging]] = {
    "memory": lambda place: MemoryMessaging(lease_s=lease_s),
    "sqlite": lambda place: SqliteMessaging(place / "queues.db", lease_s=lease_s),
    "sqlite-normal": lambda place: SqliteMessaging(
        place / "queues.db", lease_s=lease_s, synchronous="NORMAL"
    ),
    "memory-claim-check": lambda place: ClaimCheck(
        MemoryMessaging(lease_s=lease_s), MemoryStorage()
    ),
    "sqlite-claim-check": lambda place: ClaimCheck(
        SqliteMessaging(place / "queues.db", lease_s=lease_s), FolderStorage(place / "bodies")
    ),
}
STORAGE: dict[str, Callable[[Path], Storage]] = {
    "memory": lambda place: MemoryStorage(),
    "folder": lambda place: FolderStorage(place / "bodies"),
    "folder-normal": lambda place: FolderStorage(place / "bodies", synchronous="NORMAL"),
}
LEDGER: dict[str, Callable[[Path], Ledger]] = {
    "sqlite": sqlite_ledger,
}
SHARED_MESSAGING = ("sqlite",)
SHARED_STORAGE = ("folder",)
