"""Building interchanges, and finding out which documents can't be in one. Pure: no ledger, no broker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ediport.partners.agreement import Agreement
from ediport.partners.envelope import envelope
from ediport.x12.errors import Defect
from ediport.x12.findings import Finding
from ediport.x12.plan import Plans
from ediport.x12.reader import read
from ediport.x12.writer import ControlNumbers, CountedNumbers, Writer

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Interchange:
    """An interchange ready to leave.

    `number` is ISA13 and `group` GS06 without leading zeros; `transactions` has GS06/ST02 of each
    document's set, in the order of the documents.
    """

    x12: bytes = field(repr=False)
    number: str
    group: str
    transactions: tuple[str, ...]


def built(
    documents: Sequence[Document], agreement: Agreement, plans: Plans, numbers: ControlNumbers
) -> Interchange:
    """The interchange of documents that were found faultless before; draws its control numbers."""
    drawn = _Drawn(numbers)
    writer = Writer(
        plans, envelope=envelope(agreement, at=datetime.now(UTC), control_numbers=drawn)
    )
    pieces: list[bytes | Finding] = []
    transactions = []
    for document in documents:
        pieces += writer.add(document)
        transactions.append(f"{drawn.last['group']}/{drawn.last['transaction']}")
    pieces += writer.close()
    if drawn.interchanges != 1:
        raise Defect("documents of one lot did not fit into one interchange")
    x12 = b"".join(piece for piece in pieces if isinstance(piece, bytes))
    number, group = str(drawn.last["interchange"]), str(drawn.last["group"])
    return Interchange(x12, number, group, tuple(transactions))


def faults(
    documents: Sequence[Document], agreement: Agreement, plans: Plans
) -> list[tuple[Finding, ...]]:
    """For each document, why it can't be sent; empty for those that can, alone and together."""
    if not _errors(_trial(documents, agreement, plans), agreement):
        return [()] * len(documents)
    alone = [_errors(_trial([document], agreement, plans), agreement) for document in documents]
    good = [document for document, found in zip(documents, alone, strict=True) if not found]
    together = _errors(_trial(good, agreement, plans), agreement) if good else ()
    return [found or together for found in alone]


def _trial(documents: Sequence[Document], agreement: Agreement, plans: Plans) -> list[Finding]:
    """All findings of writing the documents, and of reading the result."""
    made = envelope(agreement, at=datetime.now(UTC), control_numbers=CountedNumbers())
    writer = Writer(plans, envelope=made)
    pieces: list[bytes | Finding] = []
    for document in documents:
        pieces += writer.add(document)
    pieces += writer.close()
    found = [piece for piece in pieces if isinstance(piece, Finding)]
    x12 = [piece for piece in pieces if isinstance(piece, bytes)]
    return found + [event for event in read(x12, plans) if isinstance(event, Finding)]


def _errors(findings: Iterable[Finding], agreement: Agreement) -> tuple[Finding, ...]:
    """Those findings that stop a document, by the partner's severities where it has its own."""
    severities = agreement.severities
    return tuple(
        finding
        for finding in findings
        if severities.get(finding.rule.id, finding.severity) == "error"
    )


class _Drawn:
    """Control numbers that remember what was drawn last at each level."""

    def __init__(self, numbers: ControlNumbers) -> None:
        self._numbers = numbers
        self.last = {"interchange": 0, "group": 0, "transaction": 0}
        self.interchanges = 0

    def interchange(self) -> int:
        self.interchanges += 1
        self.last["interchange"] = self._numbers.interchange()
        return self.last["interchange"]

    def group(self) -> int:
        self.last["group"] = self._numbers.group()
        return self.last["group"]

    def transaction(self) -> int:
        self.last["transaction"] = self._numbers.transaction()
        return self.last["transaction"]
