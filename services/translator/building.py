"""Building interchanges, and finding out which documents can't be in one. Pure: no ledger, no broker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from ediport.guides.second_opinion import differences, second_opinion
from ediport.partners.agreement import Agreement
from ediport.partners.envelope import envelope
from ediport.x12.errors import Defect
from ediport.x12.findings import Finding
from ediport.x12.plan import Plans
from ediport.x12.reader import read
from ediport.x12.writer import ControlNumbers, CountedNumbers, Writer

Document = Mapping[str, Any]

DIFFERS: Final = "second_opinion_differs"


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


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found about documents before they leave: the reasons why each can't, and doubts about the rest.

    `doubts` are findings that stop nothing, such as a second validator's other verdict.
    """

    faults: list[tuple[Finding, ...]]
    doubts: tuple[Finding, ...] = ()


def check(documents: Sequence[Document], agreement: Agreement, plans: Plans) -> Checked:
    """Whether documents can be sent, alone and together; those that can't are found one by one."""
    found = _trial(documents, agreement, plans)
    if not _errors(found, agreement):
        return Checked([()] * len(documents), tuple(f for f in found if f.rule.id == DIFFERS))
    alone = [_errors(_trial([document], agreement, plans), agreement) for document in documents]
    good = [document for document, bad in zip(documents, alone, strict=True) if not bad]
    together = _trial(good, agreement, plans) if good else []
    errors = _errors(together, agreement)
    return Checked(
        [bad or errors for bad in alone], tuple(f for f in together if f.rule.id == DIFFERS)
    )


def _trial(documents: Sequence[Document], agreement: Agreement, plans: Plans) -> list[Finding]:
    """All findings of writing the documents, of reading the result, and of a second validator if agreed."""
    made = envelope(agreement, at=datetime.now(UTC), control_numbers=CountedNumbers())
    writer = Writer(plans, envelope=made)
    pieces: list[bytes | Finding] = []
    for document in documents:
        pieces += writer.add(document)
    pieces += writer.close()
    found = [piece for piece in pieces if isinstance(piece, Finding)]
    x12 = b"".join(piece for piece in pieces if isinstance(piece, bytes))
    found += [event for event in read([x12], plans) if isinstance(event, Finding)]
    if agreement.second_opinion and not _errors(found, agreement):
        opinion = second_opinion(x12)
        ours = {(each.interchange, each.group, each.transaction): True for each in opinion.sets}
        found += differences(opinion, ours)
    return found


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
