"""The composition root: which adapter stands behind each port, by the settings. The only importer of adapters.

Embedded profile, all below the home folder: `queues.db` (messaging), `ledger.db`, `storage/`. Every
process makes its own; they meet in the files.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

from ediport.guides import library
from ediport.ledger.port import Ledger
from ediport.ledger.sqlite import SqliteLedger
from ediport.messaging.claim_check import ClaimCheck
from ediport.messaging.port import Messaging
from ediport.messaging.sqlite import SqliteMessaging
from ediport.partners.registry import Registry, load_folder
from ediport.security.hashing import ReferenceHash, key_from_file
from ediport.settings import Settings
from ediport.storage.folder import FolderStorage
from ediport.storage.port import Storage
from ediport.x12.errors import Defect
from ediport.x12.plan import Plans

EMBEDDED: Final = "embedded"


@dataclass(frozen=True, slots=True)
class Platform:
    """The ports of one process, and what all of its use cases share."""

    settings: Settings
    messaging: Messaging
    ledger: Ledger
    storage: Storage
    registry: Registry
    references: ReferenceHash
    plans: Plans


@contextmanager
def platform(settings: Settings) -> Iterator[Platform]:
    """Everything that a service works with; closed at the end.

    Raises `Defect` for an unknown profile and `AgreementError` for agreements that can't be used.
    """
    if settings.profile != EMBEDDED:
        raise Defect(f"there is no profile of this name; there is: {EMBEDDED}")
    home = settings.home
    registry = load_folder(settings.agreements_folder)
    with ExitStack() as stack:
        storage = FolderStorage(home / "storage")
        stack.callback(storage.close)
        ledger = SqliteLedger(home / "ledger.db")
        stack.callback(ledger.close)
        messaging = ClaimCheck(SqliteMessaging(home / "queues.db"), storage)
        stack.callback(messaging.close)
        references = ReferenceHash(key_from_file(home / "keys" / "references.key"))
        yield Platform(settings, messaging, ledger, storage, registry, references, library())
