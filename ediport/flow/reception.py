"""What comes in as X12, read twice: to decide and acknowledge, then to take what was accepted.

A transaction set that the 999 rejects must have no effect, for its sender will send it again; and
that is known only at its end (SE, GE and IEA count). So the first reading makes the acknowledgments
and notes which sets are taken; the second gives their units. Memory does not grow with the file but
for the ordinals of the sets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from ediport.partners.agreement import Agreement
from ediport.x12.acks import Acknowledger, AckOptions, ControlNumbers, Judgment
from ediport.x12.events import (
    DocumentText,
    Event,
    GroupBegin,
    InterchangeBegin,
    InterchangeEnd,
    TransactionBegin,
    TransactionEnd,
)
from ediport.x12.findings import Finding

SetOrdinals = tuple[int, int, int]
"""Interchange, group and transaction set, each from 1 within the one around it."""

bare_kept_max: Final = 1_000
"""Envelopes without transaction sets that are looked at in one file."""


@dataclass(slots=True)
class Survey:
    """Which transaction sets are taken, decided while events pass by.

    `bare` holds the documents of interchanges and groups without transaction sets, by interchange:
    a TA1 may stand in one.
    """

    options: AckOptions = field(default_factory=AckOptions)
    bare: list[tuple[int, bytes]] = field(default_factory=list)
    _pieces: list[bytes] = field(default_factory=list)
    _is_bare: bool = True
    _at: list[int] = field(default_factory=lambda: [0, 0, 0])
    _accepted: set[SetOrdinals] = field(default_factory=set)
    _refused: set[tuple[int, ...]] = field(default_factory=set)

    def feed(self, event: Event) -> None:
        """Take one event of the first reading."""
        match event:
            case InterchangeBegin(ordinal=ordinal):
                self._at = [ordinal, 0, 0]
            case GroupBegin(ordinal=ordinal):
                self._at = [self._at[0], ordinal, 0]
            case TransactionBegin():
                self._is_bare = False
            case DocumentText():
                self._gather(event)
            case TransactionEnd(ordinal=ordinal, accepted=True):
                self._accepted.add((self._at[0], self._at[1], ordinal))
            case Finding():
                self._find(event)
            case _:
                pass

    def hear(self, judgment: Judgment) -> None:
        """Take what the acknowledgment says: nothing of a rejected group or interchange has an effect."""
        if judgment.status == "R":
            group = (judgment.group,) if judgment.group else ()
            self._refused.add((judgment.interchange, *group))

    def takes(self, at: SetOrdinals) -> bool:
        """Whether the units of this set have an effect."""
        if at[:1] in self._refused or at[:2] in self._refused:
            return False
        return at in self._accepted

    def takes_interchange(self, ordinal: int) -> bool:
        """Whether an interchange as such is taken (for a TA1 in it, which is in no set)."""
        return (ordinal,) not in self._refused

    def _gather(self, piece: DocumentText) -> None:
        """Keep the text of a document only where it is an envelope alone."""
        if self._is_bare:
            self._pieces.append(piece.text)
        if piece.end:
            if self._is_bare and len(self.bare) < bare_kept_max:
                self.bare.append((self._at[0], b"".join(self._pieces)))
            self._pieces.clear()
            self._is_bare = True

    def _find(self, finding: Finding) -> None:
        if not finding.is_error:
            return
        code = finding.ack_code
        if finding.level == "interchange" and code in self.options.rejecting_interchange_codes:
            self._refused.add((finding.interchange,))
        elif finding.level == "group" and code in self.options.rejecting_group_codes:
            self._refused.add((finding.interchange, finding.group))


@dataclass(frozen=True, slots=True)
class ReceivedUnit:
    """One document of the second reading; `number` counts from 1 over the whole file."""

    number: int
    at: SetOrdinals
    guide: str | None
    taken: bool
    text: bytes
    findings: tuple[Finding, ...]


Numbers = Callable[[str], AbstractContextManager[ControlNumbers | None]]
"""For the control number of an interchange received: where its answer's numbers come from, for as
long as the answer is written; None when it was answered before."""


def acknowledged(
    events: Iterable[Event],
    survey: Survey,
    numbers: Numbers,
    deliver: Callable[[bytes, int], None],
) -> None:
    """The first reading (`split="none"`): decide, and hand each interchange's answer to `deliver`.

    `deliver` gets the X12 and its first ISA13. It is called within the context that `numbers` gave, so
    that numbers and message stand or fall together.
    """
    lazy = _LazyNumbers()

    def fresh() -> Acknowledger:
        now = datetime.now(UTC)
        return Acknowledger(
            control_numbers=lazy, now=now, options=survey.options, judged=survey.hear
        )

    answers = fresh()
    for event in events:
        survey.feed(event)
        if not isinstance(event, InterchangeEnd):
            for _ in answers.feed(event):
                continue
            continue
        with numbers(f"{event.ordinal}:{event.control_number}") as source:
            if source is None:
                answers = fresh()
                continue
            lazy.use(source)
            text = b"".join(answers.feed(event))
            if text:
                deliver(text, lazy.first_interchange)


def received(events: Iterable[Event], survey: Survey) -> Iterator[ReceivedUnit]:
    """The second reading, one document a business unit: each with what was decided about its set."""
    number, group = 0, 0
    header: InterchangeBegin | None = None
    begun: TransactionBegin | None = None
    for event in events:
        match event:
            case InterchangeBegin():
                header = event
            case GroupBegin(ordinal=ordinal):
                group = ordinal
            case TransactionBegin():
                begun = event
            case DocumentText() if header is not None and begun is not None:
                number += 1
                at = (header.ordinal, group, begun.ordinal)
                yield ReceivedUnit(
                    number, at, begun.guide, survey.takes(at), event.text, event.findings
                )
            case _:
                pass


def options_of(agreement: Agreement | None) -> AckOptions:
    """How a partner's interchanges are acknowledged; without an agreement: always both."""
    if agreement is None:
        return AckOptions()
    sent = agreement.acknowledgments.sent
    return AckOptions(
        ta1=sent.ta1,
        functional=sent.implementation_999,
        delimiters=agreement.delimiters,
        usage="P" if agreement.usage == "production" else "T",
    )


class _LazyNumbers:
    """Control numbers whose source is known only when an interchange is answered."""

    source: ControlNumbers
    first_interchange: int = 0

    def use(self, source: ControlNumbers) -> None:
        """Draw from `source` from now on."""
        self.source, self.first_interchange = source, 0

    def interchange(self) -> int:
        number = self.source.interchange()
        self.first_interchange = self.first_interchange or number
        return number

    def group(self) -> int:
        return self.source.group()

    def transaction(self) -> int:
        return self.source.transaction()
