"""The answer to one interchange: its groups' answers wait in a spool until its own verdict is
known.

Rules: the TA1 leaves first, in an interchange of its own or directly after ISA; a rejected
interchange gets no 999; control numbers are drawn only for what is really written.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from ediport.x12.acks import ta1
from ediport.x12.acks.envelope import (
    ANSWER_VERSION,
    AnswerWriter,
    answer_envelope,
    group_line,
    version_to_answer,
)
from ediport.x12.acks.group import GROUP_OF_ANSWERS, GroupAnswer
from ediport.x12.acks.options import AckOptions
from ediport.x12.acks.text import Spool, value_at
from ediport.x12.acks.verdict import (
    InterchangeVerdict,
    Judged,
    Judgment,
    Status,
    interchange_verdict,
)
from ediport.x12.events import GroupBegin, InterchangeBegin
from ediport.x12.writer import ControlNumbers

_START: Final = 0


class InterchangeAnswer:
    """Gathers what TA1 and the acknowledgments say of one interchange."""

    def __init__(
        self, begin: InterchangeBegin, spool: Spool, options: AckOptions, judged: Judged
    ) -> None:
        self.codes: dict[str, bool] = {}
        self.groups = 0
        self._begin = begin
        self._spool = spool
        self._options = options
        self._judged = judged
        self._group = 0
        self._taken = 0
        self._version = ""
        self._parties = b""
        self._mark = _START, b""

    def begin_group(self, begin: GroupBegin) -> GroupAnswer | None:
        """The answer to a group that begins; None when there is none to make."""
        self.groups += 1
        self._group = begin.ordinal
        if value_at(begin.header, 1) == GROUP_OF_ANSWERS:
            self._taken += 1
            return None
        group = GroupAnswer(begin, self._begin.header, self._options)
        if group.header is None:
            self.codes[ta1.INVALID_CONTENT] = True
            self._judge("R")
            return None
        self._mark = self._spool.tell(), self._parties
        self._open(group, begin)
        self._spool.write(group.header)
        return group

    def write(self, text: bytes) -> None:
        """Keep lines of the group that is open."""
        self._spool.write(text)

    def end_group(self, group: GroupAnswer, declared: int | None) -> None:
        """Keep the trailer of a group's answer, or forget it where the options want none."""
        verdict = group.verdict(declared)
        self._judge(verdict.status)
        self._taken += 1
        when = self._options.functional
        if when == "never" or (when == "errors" and verdict.status == "A"):
            self._forget_group()
            return
        self._spool.write(group.kind.group_trailer(verdict))
        old = version_to_answer(self._begin.header)
        self._version = max(self._version, ANSWER_VERSION if group.kind.implementation else old)

    def text(self, numbers: ControlNumbers, now: datetime) -> Iterator[bytes]:
        """Judge the interchange; the answer, in pieces."""
        rejecting = self._options.rejecting_interchange_codes
        verdict = interchange_verdict(self.codes, self._taken, rejecting)
        self._group = 0
        self._judge(verdict.status)
        return self._text(verdict, numbers, now)

    def _text(
        self, verdict: InterchangeVerdict, numbers: ControlNumbers, now: datetime
    ) -> Iterator[bytes]:
        header, options = self._begin.header, self._options
        first = verdict if ta1.is_wanted(header, verdict, self.groups, options) else None
        groups = bool(self._version) and verdict.status != "R"
        if first is not None and not (groups and options.one_interchange):
            yield from self._write(numbers, now, first, groups=False)
            first = None
        if first is not None or groups:
            yield from self._write(numbers, now, first, groups=groups)
        self._spool.close()

    def _judge(self, status: Status) -> None:
        self._judged(Judgment(self._begin.ordinal, self._group, status))

    def _open(self, group: GroupAnswer, begin: GroupBegin) -> None:
        """Write a GS line where this group's answer cannot share the GS of the one before."""
        isa = self._begin
        envelope = answer_envelope(isa.header, isa.delimiters, ANSWER_VERSION, self._options)
        codes = envelope.application_codes(begin.header)
        parties = group_line(group.kind.transaction_set, group.version, *codes)
        if parties != self._parties:
            self._spool.write(parties)
        self._parties = parties

    def _forget_group(self) -> None:
        position, self._parties = self._mark
        self._spool.seek(position)
        self._spool.truncate()

    def _write(
        self,
        numbers: ControlNumbers,
        now: datetime,
        verdict: InterchangeVerdict | None,
        *,
        groups: bool,
    ) -> Iterator[bytes]:
        """One interchange with a TA1, or groups, or both."""
        isa = self._begin
        version = self._version if groups else version_to_answer(isa.header)
        envelope = answer_envelope(isa.header, isa.delimiters, version, self._options)
        writer = AnswerWriter(envelope, numbers, now)
        if verdict is not None:
            yield from writer.put(ta1.ta1_line(isa.header, verdict, now))
        if groups:
            self._spool.seek(_START)
            while line := self._spool.readline():
                yield from writer.put(line)
        yield from writer.close()
