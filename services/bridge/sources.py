"""What is in a submitter's file: units and rejects, the same whenever the same bytes are read.

The kind is told by content: an ISA segment makes it X12, everything else is a flat file, read by
the layout that is agreed with the submitter.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from ediport import flow
from ediport.documents.flat_file import FileFacts, read_flat_file
from ediport.documents.layout import Layout, ready_layout
from ediport.documents.results import Reject
from ediport.flow.reception import ReceivedUnit, Survey, acknowledged, received
from ediport.ledger.port import Ledger
from ediport.messaging import headers
from ediport.messaging.port import Message
from ediport.partners.control_numbers import LedgerControlNumbers
from ediport.storage.port import Storage
from ediport.x12.errors import Defect
from ediport.x12.plan import Plan, Plans
from ediport.x12.reader import read
from services.bridge.folders import chunks
from services.bridge.submitters import Submitter

sniffed_bytes: Final = 4_096
"""How far into a file an ISA segment is looked for."""

batch_characters: Final = 20
"""Characters of the digest that name a flat file's units as a batch (BHT03 and the like)."""

findings_per_unit_max: Final = 100

NOT_TAKEN: Final = "transaction_set_rejected"
"""Why a faultless unit is rejected: its transaction set was, by the 999."""

GUIDE_UNKNOWN: Final = "guide_unknown"


class NoLayout(Defect):
    """No layout is agreed for a flat file of this name."""

    code: Final = "no_layout"


@dataclass(frozen=True, slots=True)
class SourceUnit:
    """A unit as it stands in a file; with `rules` where it can't be taken, and its findings."""

    record: str
    document: dict[str, Any] = field(repr=False)
    guide: str
    transaction_set: str
    rules: tuple[str, ...] = ()
    findings: tuple[dict[str, Any], ...] = ()


Item = SourceUnit | Reject


@dataclass(frozen=True, slots=True)
class FileIn:
    """A file in hand: where it is, who sent it, its digest, when it came (these never change)."""

    path: Path
    name: str
    submitter: Submitter
    digest: str
    received_at: str


class Sources:
    """Opens files; knows guides and layouts."""

    def __init__(self, ledger: Ledger, storage: Storage, plans: Plans) -> None:
        self._ledger = ledger
        self._storage = storage
        self._plans = plans
        self._layouts: dict[str, Layout] = {}

    def items(self, file: FileIn) -> Iterator[Item]:
        """Units and rejects in the order of the file.

        Raises `Unreadable` for X12 without an interchange, and `NoLayout`.
        X12 is acknowledged before its first unit comes.
        """
        if _is_x12(file.path):
            return self._x12(file)
        layout = self._layout(file)
        facts = FileFacts(
            batch=file.digest[:batch_characters].upper(),
            received_at=datetime.fromisoformat(file.received_at),
        )
        return _flat(read_flat_file(chunks(file.path), layout, facts), layout, self._plan(layout))

    def _layout(self, file: FileIn) -> Layout:
        name = file.submitter.layout_for(file.name)
        if name is None:
            raise NoLayout("no layout is agreed for a file of this name")
        if name not in self._layouts:
            self._layouts[name] = ready_layout(name, self._plans)
        return self._layouts[name]

    def _plan(self, layout: Layout) -> Plan:
        plan = self._plans.get(layout.guide, layout.transaction_set)
        assert plan is not None
        return plan

    def _x12(self, file: FileIn) -> Iterator[Item]:
        survey = Survey()
        desk = _Desk(self._ledger, self._storage, file)
        acknowledged(read(chunks(file.path), self._plans), survey, desk.numbers, desk.send_back)
        units = received(read(chunks(file.path), self._plans, split="unit"), survey)
        return (self._x12_unit(unit) for unit in units)

    def _x12_unit(self, unit: ReceivedUnit) -> SourceUnit:
        errors = [finding for finding in unit.findings if finding.is_error]
        rules = list(dict.fromkeys(finding.rule.id for finding in errors))
        document = json.loads(unit.text)
        plan = self._plans.get(unit.guide) if unit.guide else None
        if plan is None:
            rules.append(GUIDE_UNKNOWN)
        elif not unit.taken and not rules:
            rules.append(NOT_TAKEN)
        return SourceUnit(
            record=str(unit.number),
            document=document,
            guide=unit.guide or "",
            transaction_set=plan.abbreviation if plan else "",
            rules=tuple(rules),
            findings=tuple(finding.to_dict() for finding in errors[:findings_per_unit_max]),
        )


class _Desk:
    """Writes acknowledgments to a submitter: each interchange's in one ledger transaction."""

    def __init__(self, ledger: Ledger, storage: Storage, file: FileIn) -> None:
        self._ledger = ledger
        self._storage = storage
        self._file = file

    @contextmanager
    def numbers(self, interchange: str) -> Iterator[LedgerControlNumbers | None]:
        """The submitter's control numbers; None when the interchange was acknowledged before."""
        file = self._file
        with self._ledger.begin() as self._work:
            if self._work.seen(flow.INTAKE_ACKNOWLEDGMENTS, f"{file.digest}:{interchange}"):
                yield None
            else:
                yield LedgerControlNumbers(self._work, f"submitter.{file.submitter.name}")

    def send_back(self, x12: bytes, number: int) -> None:
        """Enqueue the acknowledgments, in the transaction that gave their control numbers."""
        file, reference = self._file, self._storage.put(x12)
        names = {
            headers.MESSAGE_VERSION: headers.VERSION,
            headers.IDEMPOTENCY_KEY: f"{file.submitter.name}:{reference}",
            headers.SOURCE: "intake",
            headers.RECEIVED_AT: headers.timestamp(),
            flow.ADDRESS: file.submitter.name,
            flow.CONTROL_NUMBER: str(number),
        }
        self._work.enqueue(flow.SUBMITTERS, Message(x12, names))


def _is_x12(path: Path) -> bool:
    head = b"".join(islice(chunks(path), 1))[:sniffed_bytes]
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"ISA")


def _flat(items: Iterator[Any], layout: Layout, plan: Plan) -> Iterator[Item]:
    for item in items:
        if isinstance(item, Reject):
            yield item
        else:
            yield SourceUnit(item.record, item.document, layout.guide, plan.abbreviation)
