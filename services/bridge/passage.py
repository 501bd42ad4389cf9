"""One file of a submitter on its way through intake: journal, units, receipt, archive.

Its units go on in batches: units, documents, messages and how far the file is are one ledger
transaction. A file is read from its start again after a kill: what was journalled is skipped, and
since ids follow from the file's digest and the unit's number, the receipt and the reject report come
out the same. The same content dropped again is answered, not processed; unless it was refused, since
the reason may be gone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ediport import flow, logs
from ediport.documents.results import Reject
from ediport.flow import REJECTED_BY, compact
from ediport.flow.identifiers import unit_id
from ediport.ledger.port import File, Ledger, Unit, Work
from ediport.ledger.states import FILE_DONE, FILE_READING, FILE_REFUSED, RECEIVED, REJECTED
from ediport.messaging import headers
from ediport.messaging.port import Message
from ediport.messaging.queues import REQUESTS
from ediport.partners.registry import Registry
from ediport.partners.routing import route
from ediport.storage.port import Storage
from ediport.x12.errors import Retryable, Unreadable
from services.bridge.folders import digest, move
from services.bridge.receipts import FAILED, REFUSED, REPEATED, TAKEN, Receipt
from services.bridge.sources import FileIn, NoLayout, Sources, SourceUnit
from services.bridge.submitters import Submitter

units_per_commit: Final = 100

rules_kept_max: Final = 20
"""Rules that go into the event of a rejection."""

source_name_chars_max: Final = 200
"""Characters of a file's name that go into `source`."""

_log = logs.get("intake")


@dataclass(frozen=True, slots=True)
class Folders:
    """The intake's folders; below each, one folder a submitter."""

    inbox: Path
    work: Path
    archive: Path
    rejects: Path
    receipts: Path
    submitters: Path

    @classmethod
    def below(cls, home: Path) -> Folders:
        return cls(
            home / "inbox",
            home / "work" / "inbox",
            home / "archive",
            home / "rejects",
            home / "receipts",
            home / "submitters",
        )


@dataclass(frozen=True, slots=True)
class Ports:
    """What intake works with."""

    ledger: Ledger
    storage: Storage
    registry: Registry
    sources: Sources
    folders: Folders


class Passage:
    """One file on its way through intake."""

    def __init__(self, ports: Ports, path: Path, submitter: Submitter) -> None:
        self._ledger = ports.ledger
        self._storage = ports.storage
        self._registry = ports.registry
        self._sources = ports.sources
        self._folders = ports.folders
        self._path = path
        self._name = path.name.partition("_")[2]
        self._submitter = submitter
        self._key = _file_key(submitter.name, digest(path))

    def run(self) -> None:
        """From the journal to the archive."""
        journal = self._journal()
        is_same_drop = journal.name == self._path.name
        if journal.state == FILE_DONE and not is_same_drop:
            self._repeated(journal)
        elif journal.state not in (FILE_DONE, FILE_REFUSED) or not is_same_drop:
            self._read(journal)
        archive = self._folders.archive / self._submitter.name
        move(self._path, archive / self._path.name)

    def _journal(self) -> File:
        with self._ledger.begin() as work:
            work.add_file(self._key, self._path.name, self._submitter.name)
            journal = work.file(self._key)
        assert journal is not None
        return journal

    def _repeated(self, journal: File) -> None:
        with self._receipt() as receipt:
            receipt.publish(REPEATED, digest=self._key, first_received_at=journal.received_at)
        _log.info("file_repeated", submitter=self._submitter.name, digest=self._key)

    def _read(self, journal: File) -> None:
        file = FileIn(
            self._path, self._name, self._submitter, self._key, received_at=journal.received_at
        )
        with self._receipt() as receipt:
            try:
                outcome, cause = self._take(file, journal, receipt), ""
            except (Unreadable, NoLayout) as error:
                outcome, cause = REFUSED, error.code
            except (Retryable, OSError):
                raise
            except Exception as error:  # noqa: BLE001 - a file that breaks us must not stop those behind it
                outcome, cause = FAILED, type(error).__name__
                _log.exception("file_failed", submitter=self._submitter.name, digest=self._key)
            more = {"cause": cause} if cause else {}
            receipt.publish(outcome, digest=self._key, received_at=journal.received_at, **more)
            self._close(receipt, outcome)

    def _close(self, receipt: Receipt, outcome: str) -> None:
        counts = receipt.counts
        rejected = counts["rejected"] + counts["rows_rejected"]
        state = FILE_DONE if outcome == TAKEN else FILE_REFUSED
        with self._ledger.begin() as work:
            taken = counts["taken"]
            work.set_file_progress(self._key, records=taken, rejected=rejected, state=state)
        _log.info(
            "file_done",
            submitter=self._submitter.name,
            digest=self._key,
            outcome=outcome,
            units=taken,
            rejected=rejected,
        )

    def _take(self, file: FileIn, journal: File, receipt: Receipt) -> str:
        """Every item of the file; those after `journal.position` have their effect now."""
        outcome, waiting, position = TAKEN, list[_Ready](), 0
        for position, item in enumerate(self._sources.items(file), 1):
            if isinstance(item, Reject):
                outcome = REFUSED if item.whole_file and not receipt.counts["taken"] else outcome
                receipt.row(item)
                continue
            ready = self._ready(item, journal, position)
            receipt.unit(item.record, ready.unit.transaction_id, list(ready.rules))
            if ready.rules:
                receipt.findings(item.record, ready.unit.transaction_id, list(item.findings))
            if position > journal.position:
                waiting.append(ready)
            if len(waiting) >= units_per_commit:
                self._commit(waiting, receipt, position)
                waiting = []
        if waiting:
            self._commit(waiting, receipt, position)
        return outcome

    def _ready(self, item: SourceUnit, journal: File, position: int) -> _Ready:
        routed = route(item.document, self._registry) if not item.rules else None
        rules = item.rules or ((routed.fault,) if routed and routed.fault else ())
        agreement = routed.agreement if routed else None
        source = f"{_source_name(self._name)}#{item.record}"
        unit = Unit(
            transaction_id=unit_id(journal.received_at, self._key, position),
            idempotency_key=f"{self._submitter.name}:{self._key}#{position}",
            requester=self._submitter.requester,
            partner=agreement.partner if agreement else "",
            transaction_set=item.transaction_set,
            guide=item.guide,
            source=f"file:{source}",
            correlation_id=source,
            received_at=journal.received_at,
            state=REJECTED if rules else RECEIVED,
        )
        return _Ready(unit, item, tuple(str(rule) for rule in rules))

    def _commit(self, batch: Sequence[_Ready], receipt: Receipt, position: int) -> None:
        """One ledger transaction: units, their documents and messages, and how far the file is."""
        references = self._storage.put_many([compact(ready.item.document) for ready in batch])
        counts = receipt.counts
        with self._ledger.begin() as work:
            added = work.add_units([ready.unit for ready in batch])
            for ready, reference, is_new in zip(batch, references, added, strict=True):
                if is_new:
                    _record(work, ready, reference)
            work.set_file_progress(
                self._key,
                records=counts["taken"],
                rejected=counts["rejected"] + counts["rows_rejected"],
                position=position,
                state=FILE_READING,
            )
        _log.info("units_taken", digest=self._key, units=counts["taken"], position=position)

    def _receipt(self) -> Receipt:
        name = self._submitter.name
        return Receipt(
            self._name,
            self._path.parent,
            self._folders.receipts / name,
            self._folders.rejects / name,
        )


@dataclass(frozen=True, slots=True)
class _Ready:
    """A unit that is about to be journalled, with the rules that reject it, if any."""

    unit: Unit
    item: SourceUnit
    rules: tuple[str, ...]


def _record(work: Work, ready: _Ready, reference: str) -> None:
    unit = ready.unit
    work.add_document(unit.transaction_id, flow.REQUEST, reference, flow.JSON)
    if ready.rules:
        detail = {REJECTED_BY: "intake", "rules": " ".join(ready.rules[:rules_kept_max])}
        work.add_event(unit.transaction_id, flow.REASON, detail)
    else:
        work.enqueue(REQUESTS, _request(unit, compact(ready.item.document)))


def _request(unit: Unit, body: bytes) -> Message:
    return Message(
        body,
        {
            headers.MESSAGE_VERSION: headers.VERSION,
            headers.TRANSACTION_ID: unit.transaction_id,
            headers.IDEMPOTENCY_KEY: unit.idempotency_key,
            headers.CORRELATION_ID: unit.correlation_id,
            headers.REQUESTER: unit.requester,
            headers.PARTNER: unit.partner,
            headers.TRANSACTION_SET: unit.transaction_set,
            headers.GUIDE: unit.guide,
            headers.SOURCE: unit.source,
            headers.RECEIVED_AT: unit.received_at,
        },
    )


def _file_key(submitter: str, content: str) -> str:
    """The digest under which the ledger knows a file: of its content and its submitter."""
    return hashlib.sha256(f"{submitter}\0{content}".encode()).hexdigest()


def _source_name(name: str) -> str:
    """The file's name as it may stand in a header."""
    legible = "".join(c if c.isprintable() else "_" for c in name)
    return legible.encode("utf-8", "replace").decode()[:source_name_chars_max].replace("#", "_")
