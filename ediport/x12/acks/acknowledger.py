"""Answers interchanges while they are read: TA1, and 999 or 997 for every group that is no answer
itself.

Rules: takes the reader's events and nothing else; memory is that of one transaction set's notes,
the rest waits in the caller's spool until the interchange ends, because a TA1 stands before the
groups and is known last. No fault of the input raises, and no order of events. Groups with GS01 =
FA are never answered, so that two systems never acknowledge each other for ever.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final

from ediport.x12.acks import ta1
from ediport.x12.acks.context import ContextOf, no_context
from ediport.x12.acks.group import TRAILER_MISSING, GroupAnswer
from ediport.x12.acks.interchange import InterchangeAnswer
from ediport.x12.acks.notes import SetNotes
from ediport.x12.acks.options import AckOptions
from ediport.x12.acks.text import Spool
from ediport.x12.acks.verdict import Judged, unheard
from ediport.x12.events import (
    Event,
    GroupBegin,
    GroupEnd,
    InterchangeBegin,
    InterchangeEnd,
    TransactionBegin,
    TransactionEnd,
)
from ediport.x12.findings import Finding
from ediport.x12.writer import ControlNumbers

SET_TRAILER_MISSING: Final = "2"


class Acknowledger:
    """Makes the answers to a stream of events.

    `judged` hears whether a group or interchange is rejected, so that callers decide as they answer.
    `control_numbers` is asked once for every header written, `now` stands in every header of the
    answers, `context` gives the context of a finding (CTX), `spool` makes the place where one
    interchange's answer waits.
    """

    def __init__(
        self,
        *,
        control_numbers: ControlNumbers,
        now: datetime,
        options: AckOptions | None = None,
        context: ContextOf = no_context,
        spool: Callable[[], Spool] = io.BytesIO,
        judged: Judged = unheard,
    ) -> None:
        self._numbers = control_numbers
        self._now = now
        self._options = options or AckOptions()
        self._context = context
        self._make_spool = spool
        self._judged = judged
        self._interchange: InterchangeAnswer | None = None
        self._group: GroupAnswer | None = None
        self._in_group = False
        self._set: TransactionBegin | None = None
        self._notes = self._new_notes()
        self._early: dict[tuple[int, str], bool] = {}

    def feed(self, event: Event) -> Iterable[bytes]:
        """Take one event. What is returned is text of the answer, to be consumed before the next
        call.
        """
        match event:
            case Finding():
                self._find(event)
            case TransactionBegin():
                self._close_set()
                self._set = event
            case TransactionEnd():
                self._end_set(accepted=event.accepted)
            case GroupBegin():
                self._begin_group(event)
            case GroupEnd():
                self._end_group(event.declared)
            case InterchangeBegin():
                return self._begin_interchange(event)
            case InterchangeEnd():
                return self._end_interchange()
            case _:
                pass
        return ()

    def finish(self) -> Iterable[bytes]:
        """The answer to an interchange whose end did not come; nothing when none is open."""
        if self._interchange is None:
            return ()
        self._interchange.codes.setdefault(ta1.END_OF_FILE, True)
        return self._end_interchange()

    def _find(self, finding: Finding) -> None:
        if finding.level == "interchange":
            self._find_interchange(finding)
        elif finding.level == "group" and self._in_group:
            if self._group is not None:
                self._group.find(finding)
        elif finding.level != "group" and (finding.transaction or self._set is not None):
            self._notes.add(finding, self._context(finding))
        elif self._interchange is not None and finding.is_error:
            _note(self._interchange.codes, ta1.INVALID_CONTENT, True)

    def _find_interchange(self, finding: Finding) -> None:
        code = ta1.note_code(finding)
        if self._interchange is not None:
            _note(self._interchange.codes, code, finding.is_error)
        elif code is not None:
            self._early[finding.interchange, code] = finding.is_error

    def _begin_interchange(self, event: InterchangeBegin) -> Iterable[bytes]:
        before = self.finish()
        self._interchange = InterchangeAnswer(
            event, self._make_spool(), self._options, self._judged
        )
        for (ordinal, code), is_error in self._early.items():
            if ordinal == event.ordinal:
                _note(self._interchange.codes, code, is_error)
        self._early.clear()
        self._notes = self._new_notes()
        return before

    def _begin_group(self, event: GroupBegin) -> None:
        self._close_group()
        if self._interchange is not None:
            self._in_group = True
            self._group = self._interchange.begin_group(event)

    def _end_set(self, *, accepted: bool) -> None:
        begin, notes = self._set, self._notes
        self._set, self._notes = None, self._new_notes()
        if begin is None or self._interchange is None:
            return
        if self._group is not None:
            self._interchange.write(self._group.add_set(begin, notes, accepted=accepted))
        elif not self._in_group:
            _note(self._interchange.codes, ta1.INVALID_CONTENT, True)

    def _end_group(self, declared: int | None) -> None:
        self._close_set()
        group = self._group
        self._group, self._in_group = None, False
        if group is not None and self._interchange is not None:
            self._interchange.end_group(group, declared)

    def _close_set(self) -> None:
        """End a set whose end did not come."""
        if self._set is not None:
            self._notes.set_codes.setdefault(SET_TRAILER_MISSING)
            self._end_set(accepted=False)

    def _close_group(self) -> None:
        """End a group whose end did not come."""
        if self._group is not None:
            self._group.codes.setdefault(TRAILER_MISSING, True)
        self._end_group(None)

    def _end_interchange(self) -> Iterable[bytes]:
        self._close_group()
        interchange = self._interchange
        self._interchange = None
        return interchange.text(self._numbers, self._now) if interchange is not None else ()

    def _new_notes(self) -> SetNotes:
        return SetNotes(self._options.loop_id_characters_max)


def acknowledge(
    events: Iterable[Event],
    *,
    control_numbers: ControlNumbers,
    now: datetime,
    options: AckOptions | None = None,
    context: ContextOf = no_context,
    spool: Callable[[], Spool] = io.BytesIO,
    judged: Judged = unheard,
) -> Iterator[bytes]:
    """The answers to all interchanges of a stream, as X12 text in pieces. See `Acknowledger`."""
    acknowledger = Acknowledger(
        control_numbers=control_numbers,
        now=now,
        options=options,
        context=context,
        spool=spool,
        judged=judged,
    )
    for event in events:
        yield from acknowledger.feed(event)
    yield from acknowledger.finish()


def _note(codes: dict[str, bool], code: str | None, is_error: bool) -> None:
    if code is not None:
        codes[code] = codes.get(code, False) or is_error
