"""The payer as a library: X12 in, its answers out.

An 837P gets TA1, 999, 277CA and 835, anything else TA1 and 999, as far as the agreement says that
the partner sends them. What the 999 rejects goes no further; what the 277CA rejects is not paid.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from ediport.partners.agreement import Agreement
from ediport.partners.control_numbers import CountingNumbers
from ediport.partners.correlation import request_keys, request_units, verdicts
from ediport.partners.guides import AgreedPlans
from ediport.simulator.adjudicate import Decision, adjudicate
from ediport.simulator.answers import (
    CLAIM_ACKNOWLEDGMENT,
    IMPLEMENTATION_ACKNOWLEDGMENT,
    KINDS,
    REMITTANCE,
    TA1,
    Answer,
    Desk,
)
from ediport.simulator.claims import read_claim
from ediport.simulator.conduct import Conduct
from ediport.simulator.identity import identity_of
from ediport.x12.errors import Unreadable
from ediport.x12.events import DocumentText, Event, GroupBegin, InterchangeBegin, InterchangeEnd
from ediport.x12.findings import Finding
from ediport.x12.plan import Plans
from ediport.x12.reader import read
from ediport.x12.rules import RULES

Clock = Callable[[], datetime]

PROFESSIONAL_CLAIMS: Final = "005010X222"
"""Guide of the claims that are adjudicated, without its errata."""

_ACKNOWLEDGMENTS: Final = ("FA",)
"""GS01 of groups that ask for no answer."""

_SENDER: Final = (5, 6)
_RECEIVER: Final = (7, 8)


def utc_now() -> datetime:
    """The time of day, in UTC."""
    return datetime.now(UTC)


class Memory:
    """What the payer remembers from one file to the next: control numbers, its own and ours."""

    def __init__(self, numbers: CountingNumbers | None = None) -> None:
        self.numbers = numbers or CountingNumbers()
        self._interchanges: set[str] = set()
        self._learned: list[str] = []

    def knows(self, interchange: str) -> bool:
        """Whether an interchange with this ISA13 was answered before."""
        return interchange in self._interchanges

    def learn(self, interchange: str) -> None:
        """An interchange with this ISA13 is answered."""
        self._interchanges.add(interchange)
        self._learned.append(interchange)

    def take_learned(self) -> list[str]:
        """The ISA13 learned since this was asked before."""
        learned, self._learned = self._learned, []
        return learned


class Payer:
    """Answers the interchanges of one partner. Not safe to share between threads.

    `agreement` is ours with the partner that the payer plays. The answers depend on the bytes, the
    conduct, the clock and the memory only.
    """

    def __init__(
        self,
        agreement: Agreement,
        plans: Plans,
        *,
        conduct: Conduct | None = None,
        memory: Memory | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self.agreement = agreement
        self.conduct = conduct or Conduct()
        self.memory = memory or Memory()
        self._mirror = agreement.mirrored()
        self._plans = AgreedPlans(plans, agreement)
        self._clock = clock
        self._kinds = agreement.acknowledgments.expected or KINDS

    def answer(self, x12: bytes) -> list[Answer]:
        """The answers to all interchanges of a file, in order; none to what is unreadable."""
        try:
            events = list(read([x12], self._plans, split="unit"))
        except Unreadable:
            return []
        at = self._clock()
        return [answer for part in _interchanges(events) for answer in self._answer(part, at)]

    def _answer(self, events: Sequence[Event], at: datetime) -> Iterator[Answer]:
        begin = events[0]
        assert isinstance(begin, InterchangeBegin)
        subject = begin.header[12]
        judged = list(self.conduct.faults.with_rejections(self._judged(events, begin)))
        self.memory.learn(subject)
        desk = Desk(self._mirror, identity_of(self.agreement), self._plans, self.memory.numbers, at)
        for kind, x12 in self._written(judged, desk, subject):
            if x12 and kind in self._kinds:
                number = self.memory.numbers.last[0]
                yield from self._sent(Answer(self._name(number, kind), kind, x12), subject)

    def _written(
        self, events: Sequence[Event], desk: Desk, subject: str
    ) -> Iterator[tuple[str, bytes]]:
        asks = any(isinstance(e, GroupBegin) and e.header[:1] != _ACKNOWLEDGMENTS for e in events)
        yield TA1, desk.interchange_acknowledgment(events, wanted=asks)
        functional = desk.implementation_acknowledgment(events)
        yield IMPLEMENTATION_ACKNOWLEDGMENT, functional
        sets = list(self._decided(events, self._taken(functional)))
        yield CLAIM_ACKNOWLEDGMENT, desk.claim_acknowledgment(sets, subject)
        yield REMITTANCE, desk.remittance([d for decisions in sets for d in decisions], subject)

    def _judged(self, events: Sequence[Event], begin: InterchangeBegin) -> Iterator[Event]:
        """The events, and what a payer finds beyond the file: is it for him, did it come before."""
        for event in events:
            if isinstance(event, InterchangeEnd):
                yield from self._addressing(begin.header)
                if self.memory.knows(begin.header[12]):
                    yield Finding(RULES["interchange_control_number_repeated"], "")
            yield event

    def _addressing(self, header: tuple[str, ...]) -> Iterator[Finding]:
        ours, theirs = self.agreement.ours, self.agreement.theirs
        for (qualifier, identifier), party in ((_SENDER, ours), (_RECEIVER, theirs)):
            if header[qualifier - 1].strip() != party.qualifier:
                yield Finding(RULES["isa_element_invalid"], "", element=qualifier)
            if header[identifier - 1].strip() != party.interchange_id:
                yield Finding(RULES["isa_element_invalid"], "", element=identifier)

    def _taken(self, functional: bytes) -> set[str]:
        """Group and set numbers (`12/1`) of the transaction sets that the 999 takes."""
        taken: set[str] = set()
        refused_groups: set[str] = set()
        for document in _documents(read([functional], self._plans) if functional else ()):
            for verdict in verdicts(document):
                key = verdict.key(verdict.level)
                if key and verdict.level == "transaction" and verdict.outcome == "accepted":
                    taken.add(key.value)
                if key and verdict.level == "group" and verdict.outcome == "rejected":
                    refused_groups.add(key.value)
        return {key for key in taken if key.split("/")[0] not in refused_groups}

    def _decided(self, events: Sequence[Event], taken: set[str]) -> Iterable[list[Decision]]:
        """The decisions on the claims of each transaction set taken, in the order of the file."""
        sets: dict[str, list[Decision]] = {}
        for document in _documents(events):
            keys = [key.value for key in request_keys(document) if key.kind == "transaction"]
            is_claim = str(document.get("guide", "")).startswith(PROFESSIONAL_CLAIMS)
            if is_claim and keys and keys[0] in taken:
                decisions = sets.setdefault(keys[0], [])
                for unit in request_units(document):
                    decisions.append(adjudicate(read_claim(unit), seed=self.conduct.seed))
        return sets.values()

    def _sent(self, answer: Answer, subject: str) -> list[Answer]:
        delay_s = self.conduct.delays_s.get(answer.kind, 0.0)
        timed = Answer(answer.name, answer.kind, answer.x12, delay_s)
        return self.conduct.faults.apply(timed, self.agreement.delimiters, subject)

    def _name(self, number: int, kind: str) -> str:
        return f"{self.agreement.partner}-{number:09d}-{kind}.x12"


def _interchanges(events: Sequence[Event]) -> Iterator[list[Event]]:
    """The events of each interchange; what stands outside of any is left out."""
    part: list[Event] = []
    for event in events:
        if isinstance(event, InterchangeBegin):
            part = [event]
        elif part:
            part.append(event)
            if isinstance(event, InterchangeEnd):
                yield part
                part = []


def _documents(events: Iterable[Event]) -> Iterator[Mapping[str, object]]:
    """The documents of a stream, whole; pieces of one line are put together."""
    text = b""
    for event in events:
        if isinstance(event, DocumentText):
            text += event.text
            if event.end:
                yield json.loads(text)
                text = b""
