"""Faults on demand: what real partners do wrong, seeded, so that the same run does the same again.

Whether a fault strikes depends on the seed and on what it strikes (the control number received and
the kind of answer), not on the order of events. Some faults change what the payer decides about an
interchange (`with_rejections`), the others what becomes of a finished answer (`apply`).
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from ediport.simulator.answers import Answer
from ediport.x12.delimiters import Delimiters
from ediport.x12.events import Event, InterchangeEnd, TransactionEnd
from ediport.x12.findings import Finding
from ediport.x12.rules import RULES

garbage_bytes_max: Final = 4_096
"""Length of an answer that is garbage."""


usual_late_s: Final = 3600.0
"""How much later a late answer comes, where nothing else is said."""


class Fault(StrEnum):
    """What can go wrong on the partner's side."""

    SILENCE = "silence"
    """The answer never comes."""
    LATE = "late"
    """The answer comes `late_s` later."""
    DUPLICATE = "duplicate"
    """The answer comes twice, under two names."""
    SWAPPED_IDS = "swapped_ids"
    """Sender and receiver of the ISA change places."""
    BAD_COUNTS = "bad_counts"
    """The last SE counts one segment too many; where there is no SE, the IEA one group."""
    TRUNCATED = "truncated"
    """The second half of the answer is missing."""
    GARBAGE = "garbage"
    """The answer is bytes at random."""
    REJECT_INTERCHANGE = "reject_interchange"
    """The TA1 rejects a good interchange."""
    REJECT_TRANSACTION = "reject_transaction"
    """The 999 rejects a good transaction set."""


@dataclass(frozen=True, slots=True)
class Faults:
    """Which faults happen: the share of answers (or of interchanges, transaction sets) that each
    strikes.

    1.0 is always. `kinds` restricts the faults of answers to those kinds; empty: all.
    """

    rates: Mapping[Fault, float] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()
    late_s: float = usual_late_s
    seed: int = 0

    def strikes(self, fault: Fault, *subject: str) -> bool:
        """Whether the fault strikes this subject: always the same for the same seed."""
        rate = self.rates.get(fault, 0.0)
        return rate > 0.0 and self._draw(fault, *subject) < rate

    def with_rejections(self, events: Iterable[Event]) -> Iterator[Event]:
        """The events of one interchange, with findings where the payer rejects without reason."""
        for event in events:
            subject = getattr(event, "control_number", "")
            if isinstance(event, TransactionEnd) and self.strikes(
                Fault.REJECT_TRANSACTION, subject
            ):
                yield Finding(RULES["transaction_segment_count"], "", transaction=event.ordinal)
                yield replace(event, accepted=False, errors=event.errors + 1)
                continue
            if isinstance(event, InterchangeEnd) and self.strikes(
                Fault.REJECT_INTERCHANGE, subject
            ):
                yield Finding(RULES["interchange_control_number_repeated"], "")
            yield event

    def apply(self, answer: Answer, delimiters: Delimiters, subject: str) -> list[Answer]:
        """What leaves instead of the answer to the interchange with control number `subject`."""
        if self.kinds and answer.kind not in self.kinds:
            return [answer]
        struck = [fault for fault in Fault if self.strikes(fault, subject, answer.kind)]
        if Fault.SILENCE in struck:
            return []
        if Fault.LATE in struck:
            answer = replace(answer, delay_s=answer.delay_s + self.late_s)
        answer = replace(answer, x12=self._spoiled(answer.x12, struck, delimiters, subject))
        copies = [replace(answer, name=f"again-{answer.name}")] if Fault.DUPLICATE in struck else []
        return [answer, *copies]

    def _spoiled(
        self, x12: bytes, struck: list[Fault], delimiters: Delimiters, subject: str
    ) -> bytes:
        if Fault.SWAPPED_IDS in struck:
            x12 = swapped_ids(x12)
        if Fault.BAD_COUNTS in struck:
            x12 = bad_counts(x12, delimiters)
        if Fault.TRUNCATED in struck:
            x12 = x12[: len(x12) // 2]
        if Fault.GARBAGE in struck:
            seed = f"{self.seed}:{subject}"
            x12 = random.Random(seed).randbytes(min(len(x12), garbage_bytes_max))  # noqa: S311
        return x12

    def _draw(self, *subject: str) -> float:
        text = "\x1f".join((str(self.seed), *subject))
        digest = hashlib.sha256(text.encode()).digest()
        return int.from_bytes(digest[:7], "big") / 2**56


_SENDER: Final = slice(32, 50)
"""ISA05, its separator and ISA06, by bytes of the segment."""
_RECEIVER: Final = slice(51, 69)
"""ISA07, its separator and ISA08."""


def swapped_ids(x12: bytes) -> bytes:
    """The interchange with sender and receiver of its ISA exchanged."""
    return x12[:32] + x12[_RECEIVER] + x12[50:51] + x12[_SENDER] + x12[69:]


def bad_counts(x12: bytes, delimiters: Delimiters) -> bytes:
    """The interchange with one too many in its last SE01; where it has no SE, in IEA01."""
    for trailer in (b"SE", b"IEA"):
        mark = delimiters.segment + delimiters.line_end + trailer + delimiters.element
        start = x12.rfind(mark)
        if start >= 0:
            start += len(mark)
            end = x12.index(delimiters.element, start)
            return x12[:start] + str(int(x12[start:end]) + 1).encode() + x12[end:]
    return x12
