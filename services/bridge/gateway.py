"""The partner gateway: X12 from a partner's queue into the partner's folder, the partner's files to `edi.inbound`.

Out: an interchange is staged beside the outbox and the ledger records that it is; then one rename delivers it, and
the ledger records its units as sent. After a kill anywhere, what is staged and recorded is renamed if it is still
there; if it is not, the rename was done before. So no interchange is delivered twice, even when the partner has
taken the first copy away already.
In: a file is taken, stored, and enqueued in the transaction that records its digest; then it is archived.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ediport import flow, logs
from ediport.flow import header
from ediport.ledger.identifiers import new_transaction_id
from ediport.ledger.port import Ledger, Work
from ediport.ledger.states import SENT
from ediport.messaging import headers
from ediport.messaging.claim_check import by_reference, open_body
from ediport.messaging.port import Delivery, Message
from ediport.messaging.queues import INBOUND
from ediport.partners.agreement import Agreement
from ediport.storage.port import Storage
from ediport.x12.errors import Defect
from services.bridge.folders import Settling, chunks, digest, move, stage, sweep, sync_folder, take

look_s: Final = 0.1
"""How often the partners' folders are looked at."""

settle_s: Final = 0.25
"""A partner's file is taken when it has stood still this long; a cut one would be refused by its trailers."""

control_number_digits: Final = 9

_log = logs.get("gateway")


@dataclass(frozen=True, slots=True)
class PartnerFolders:
    """Where a partner's files are; relative folders of an agreement are below the home folder."""

    outbox: Path
    inbox: Path
    work: Path
    archive: Path

    @classmethod
    def of(cls, agreement: Agreement, home: Path) -> PartnerFolders:
        """The folders of an agreement with folder transport."""
        partner = agreement.partner
        return cls(
            outbox=home / agreement.transport.outbox,
            inbox=home / agreement.transport.inbox,
            work=home / "work" / "partners" / partner,
            archive=home / "archive" / "partners" / partner,
        )

    def create(self) -> None:
        """Make the folders that are not there yet, and clear what a killed process left half written."""
        for folder in (self.outbox, self.inbox, self.work, self.archive):
            folder.mkdir(parents=True, exist_ok=True)
        sweep(staging_folder(self.outbox))


OutboxOf = Callable[[Message], Path]
"""The folder that a message is delivered to; it must be there."""


class Deliverer:
    """Handles a batch of X12 that leaves through folders."""

    def __init__(self, ledger: Ledger, storage: Storage, outbox_of: OutboxOf) -> None:
        self._ledger = ledger
        self._storage = storage
        self._outbox_of = outbox_of

    def __call__(self, deliveries: Sequence[Delivery]) -> Sequence[Exception | None]:
        """Deliver all of them; an error of a folder or the ledger holds the whole batch back."""
        parcels = {
            parcel.key: parcel for parcel in (self._parcel(each.message) for each in deliveries)
        }
        self._stage(list(parcels.values()))
        for parcel in parcels.values():
            move(parcel.staged, parcel.outbox / parcel.name)
        self._record(list(parcels.values()))
        return [None] * len(deliveries)

    def _parcel(self, message: Message) -> Parcel:
        number = header(message, flow.CONTROL_NUMBER)
        if not number.isdigit():
            raise Defect("X12 on its way out names its interchange control number")
        return Parcel(message, self._outbox_of(message), number)

    def _stage(self, parcels: Sequence[Parcel]) -> None:
        """Bring every interchange that was never staged to disk beside its outbox; record that."""
        for parcel in parcels:
            stage(parcel.temporary, open_body(parcel.message, self._storage))
        with self._ledger.begin() as work:
            seen = work.seen_many(flow.GATEWAY_STAGED, [parcel.key for parcel in parcels])
            for parcel, known in zip(parcels, seen, strict=True):
                if known:
                    parcel.temporary.unlink()
                else:
                    parcel.temporary.rename(parcel.staged)
            for folder in {parcel.staged.parent for parcel in parcels}:
                sync_folder(folder)

    def _record(self, parcels: Sequence[Parcel]) -> None:
        with self._ledger.begin() as work:
            seen = work.seen_many(flow.GATEWAY_SENT, [parcel.key for parcel in parcels])
            for parcel, known in zip(parcels, seen, strict=True):
                if not known:
                    _record_sent(work, parcel)


@dataclass(frozen=True, slots=True)
class Parcel:
    """An interchange on its way to a folder; its name follows from its control number."""

    message: Message
    outbox: Path
    number: str

    @property
    def key(self) -> str:
        return header(self.message, headers.IDEMPOTENCY_KEY)

    @property
    def name(self) -> str:
        return f"{self.number.zfill(control_number_digits)}.x12"

    @property
    def staged(self) -> Path:
        return staging_folder(self.outbox) / self.name

    @property
    def temporary(self) -> Path:
        own = f"{os.getpid()}.{threading.get_ident()}"
        return staging_folder(self.outbox) / f".{self.name}.{own}.tmp"


def staging_folder(outbox: Path) -> Path:
    """Where files wait for their rename into `outbox`: on its file system, and out of sight."""
    return outbox.parent / f".{outbox.name}.staging"


def units_of_message(work: Work, message: Message) -> list[str]:
    """The units of an interchange on its way to a partner."""
    partner, number = header(message, headers.PARTNER), header(message, flow.CONTROL_NUMBER)
    return flow.units_of_interchange(work, partner, number) if partner else []


def _record_sent(work: Work, parcel: Parcel) -> None:
    units = units_of_message(work, parcel.message)
    for transaction_id in units:
        work.set_state(transaction_id, SENT, detail={"interchange": parcel.number})
    _log.info(
        "interchange_delivered",
        partner=header(parcel.message, headers.PARTNER),
        control_number=parcel.number,
        units=len(units),
    )


class PickUp:
    """Brings one partner's files to `edi.inbound`."""

    def __init__(
        self, ledger: Ledger, storage: Storage, partner: str, folders: PartnerFolders
    ) -> None:
        self._ledger = ledger
        self._storage = storage
        self._partner = partner
        self._folders = folders
        self.settling = Settling(settle_s)

    def resume(self) -> None:
        """Finish files that were taken by a process that died; call it once before the first look."""
        for path in sorted(self._folders.work.iterdir()):
            self._bring(path)

    def look(self) -> int:
        """Bring every file that is complete; how many there were."""
        taken = list(self._taken())
        for path in taken:
            self._bring(path)
        return len(taken)

    def _taken(self) -> Iterator[Path]:
        for path in self.settling.ready(self._folders.inbox):
            own = take(path, self._folders.work, new_transaction_id())
            if own is not None:
                yield own

    def _bring(self, path: Path) -> None:
        key = f"{self._partner}:{digest(path)}"
        reference = self._storage.put(chunks(path))
        message = by_reference(reference, path.stat().st_size, self._headers(key))
        with self._ledger.begin() as work:
            repeated = work.seen(flow.GATEWAY_INBOUND, key)
            if not repeated:
                work.enqueue(INBOUND, message)
        move(path, self._folders.archive / path.name)
        outcome = "repeated" if repeated else "enqueued"
        _log.info("partner_file_taken", partner=self._partner, digest=key[-64:], outcome=outcome)

    def _headers(self, key: str) -> dict[str, str]:
        return {
            headers.MESSAGE_VERSION: headers.VERSION,
            headers.IDEMPOTENCY_KEY: key,
            headers.PARTNER: self._partner,
            headers.SOURCE: f"partner:{self._partner}",
            headers.RECEIVED_AT: headers.timestamp(),
        }
