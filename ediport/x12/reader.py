"""Reads interchanges: bytes in; headers, documents, findings and totals out, as they come.

`Reader` has no I/O: feed it bytes, take events. `read` does so for a stream. What it yields does not depend on
how the bytes were cut. The levels (interchange, group, transaction set) each end where their trailer is, or
where something comes that cannot be in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final, Literal

from ediport.x12 import envelope, limits
from ediport.x12.errors import Unreadable
from ediport.x12.events import (
    DocumentText,
    Event,
    GroupBegin,
    GroupEnd,
    InterchangeBegin,
    InterchangeEnd,
    TransactionBegin,
    TransactionEnd,
)
from ediport.x12.generic import GenericReader, decode
from ediport.x12.levels import Group, Interchange, TransactionHeader
from ediport.x12.lexer import Lexer
from ediport.x12.machine import machine_for
from ediport.x12.places import Place
from ediport.x12.plan import Plan, Plans
from ediport.x12.trailers import Trailers
from ediport.x12.transaction import TransactionReader
from ediport.x12.units import Assembler

Split = Literal["none", "unit"]

Transaction = TransactionReader | GenericReader

_FEED_BYTES_MAX: Final = 65_536
"""How much is taken in at once: what waits behind many small interchanges is moved for each of them."""

_NOTES = {
    "leading_bytes": "bytes outside of any interchange were skipped",
    "byte_order_mark": "the UTF-8 byte order mark was skipped",
    "utf16_text": "the text was taken from UTF-16",
}
"""Why something is told that the lexer noted."""

_CLOSING: Final = b"}\n"
"""What ends a document."""


class Reader:
    """Incremental reader of one file. `feed` and `close` return the events that are known by then."""

    def __init__(self, plans: Plans, *, split: Split = "none") -> None:
        self._plans = plans
        self._by_unit = split == "unit"
        self._lexer = Lexer()
        self._place = Place()
        self._events: list[Event] = []
        self._interchange: Interchange | None = None
        self._group: Group | None = None
        self._header = TransactionHeader(())
        self._transaction: Transaction | None = None
        self._interchange_numbers: set[str] = set()
        self._trailers = Trailers()
        self._is_text_open = False
        self._held: DocumentText | None = None
        self._waiting: list[Event] = []
        self._waits = False
        self._last_header: tuple[str, ...] = ()
        self._is_stopped = False

    def feed(self, data: bytes) -> list[Event]:
        """Takes the next bytes. Raises Unreadable when there is no interchange in them and none can come."""
        for start in range(0, len(data), _FEED_BYTES_MAX):
            if not self._is_stopped:
                self._lexer.feed(data[start : start + _FEED_BYTES_MAX])
                self._pump()
        return self._take_events()

    def close(self) -> list[Event]:
        """Says that the input ends here; raises Unreadable when it held no interchange."""
        if not self._is_stopped:
            self._lexer.close()
            self._pump()
            self._end_interchange(None)
            self._know_tail()
        if self._place.interchange == 0:
            raise _nothing_there(self._lexer)
        self._note("trailing_bytes")
        self._close_text()
        return self._take_events()

    def _take_events(self) -> list[Event]:
        self._collect_findings()
        events = self._events
        self._events = []
        return events

    # Interchanges

    def _pump(self) -> None:
        try:
            while self._interchange is not None or self._begin_interchange():
                has_ended = self._take_segments(self._lexer.segments())
                if not has_ended and not self._lexer.has_more:
                    return
        except Unreadable as fault:
            if self._place.interchange == 0:
                raise
            self._stop(fault)

    def _stop(self, fault: Unreadable) -> None:
        """Ends everything where the input turned unreadable; what came before stands."""
        self._is_stopped = True
        if fault.code == "segment_too_long":
            self._place.find(fault.code, f"more than {limits.segment_bytes_max} bytes")
        else:
            self._place.find("interchange_content_invalid", str(fault))
        self._end_interchange(None)

    def _begin_interchange(self) -> bool:
        if not self._know_tail():
            return False
        header = self._lexer.header()
        if header is None:
            return False
        elements = tuple(decode(e) for e in header.elements)
        if elements == self._last_header:
            self._trailers.mark_end("interchange")
        self._last_header = elements
        self._close_text()
        place = self._place
        place.interchange += 1
        place.group = place.transaction = place.segment_ordinal = 0
        place.segment_in_file += 1
        place.begin_counts()
        self._interchange = Interchange(header, elements)
        self._note("leading_bytes")
        self._interchange.check_header(place, self._interchange_numbers)
        event = InterchangeBegin(
            place.interchange, elements, header.delimiters, place.segment_in_file
        )
        self._collect_findings(before=event)
        return True

    def _note(self, default: str) -> None:
        for rule in self._lexer.notes:
            rule_id = default if rule == "leading_bytes" else rule
            self._place.find(rule_id, _NOTES[rule])
        self._lexer.notes.clear()

    def _know_tail(self) -> bool:
        """True once it is known how the last interchange's text ends."""
        if not self._trailers.waits_for_tail:
            return True
        tail = self._lexer.blank_tail()
        if tail is not None:
            self._trailers.add_tail(tail)
        return tail is not None

    def _take_segments(self, segments: list[bytes]) -> bool:
        """Reads a batch; true when the interchange ended in it and there may be more."""
        index, count = 0, len(segments)
        while index < count:
            if self._transaction is not None:
                index = self._read_transaction(self._transaction, segments, index)
                continue
            segment = segments[index]
            if self._ends_interchange(segment):
                unused = count - index - 1
                if self._name(segment) != "IEA":
                    unused += 1
                self._finish_interchange(segment, unused)
                return True
            index += 1
            self._control(segment)
        if self._transaction is not None:
            self._flush(self._transaction)
        if self._lexer.is_closed and not self._lexer.has_more:
            self._end_interchange(None)
        return False

    def _name(self, segment: bytes) -> str:
        assert self._interchange is not None
        return decode(segment.split(self._interchange.delimiters.element, 1)[0])

    def _split(self, segment: bytes) -> tuple[str, ...]:
        assert self._interchange is not None
        separator = self._interchange.delimiters.element.decode("latin-1")
        return tuple(decode(segment).split(separator)[1:])

    def _ends_interchange(self, segment: bytes) -> bool:
        return self._name(segment) in ("IEA", "ISA")

    def _finish_interchange(self, segment: bytes, unused: int) -> None:
        is_trailer = self._name(segment) == "IEA"
        if is_trailer:
            self._place.segment_in_file += 1
        line_end = self._lexer.finish(unused)
        self._end_interchange(segment if is_trailer else None, line_end)

    def _end_interchange(self, trailer: bytes | None, line_end: bytes = b"") -> None:
        interchange = self._interchange
        if interchange is None:
            return
        self._end_group(None)
        place = self._place
        place.group = place.transaction = place.segment_ordinal = 0
        place.begin_counts()
        if not interchange.has_document:
            self._open_text(envelope.envelope_head(self._interchange_text()))
        if trailer is None:
            place.find("interchange_trailer_missing", "the interchange has no IEA segment", "IEA")
        else:
            elements = self._split(trailer)
            interchange.check_trailer(place, elements)
            computed, usual = interchange.computed_trailer, interchange.delimiters.line_end
            self._trailers.interchange(elements, computed, usual, line_end)
        if self._lexer.line_end_varied:
            place.find("line_end_varies", "line ends differ; the first one is written back")
        if self._lexer.has_blanks:
            place.find("leading_blank", "blanks before segments are not written back")
        if self._lexer.is_unterminated:
            place.find("segment_unterminated", "the last segment has no terminator")
        self._collect_findings()
        number, groups = interchange.control_number, interchange.groups
        self._emit(InterchangeEnd(place.interchange, number, groups, interchange.errors))
        self._interchange = None

    # Groups

    def _control(self, segment: bytes) -> None:
        """A segment outside of transaction sets."""
        self._place.segment_in_file += 1
        name = self._name(segment)
        if name == "GS":
            self._begin_group(self._split(segment), is_implied=False)
        elif name == "GE" and self._group is not None:
            self._end_group(self._split(segment))
        elif name == "ST":
            self._begin_transaction(segment)
        elif name == "TA1" and self._group is None:
            self._acknowledgment(self._split(segment))
        else:
            self._stray(name)

    def _stray(self, name: str) -> None:
        known = name if name.isalnum() and len(name) <= 3 else ""
        if self._group is None:
            reason = "this segment may not stand between functional groups"
            self._place.find("interchange_content_invalid", reason, known)
        else:
            reason = "this segment may not stand between transaction sets"
            self._place.find("group_content_invalid", reason, known)

    def _acknowledgment(self, elements: tuple[str, ...]) -> None:
        interchange = self._interchange
        assert interchange is not None
        if interchange.groups:
            reason = "TA1 belongs before the first functional group"
            self._place.find("acknowledgment_misplaced", reason, "TA1")
            self._trailers.acknowledgment(elements)
        elif len(interchange.acknowledgments) < limits.control_numbers_kept_max:
            interchange.acknowledgments.append(elements)

    def _begin_group(self, elements: tuple[str, ...], *, is_implied: bool) -> Group:
        interchange, place = self._interchange, self._place
        assert interchange is not None
        self._end_group(None)
        self._collect_findings()
        if elements == interchange.last_group_header:
            self._trailers.mark_end("group")
        interchange.last_group_header = elements
        self._close_text()
        place.group += 1
        place.transaction = place.segment_ordinal = 0
        place.begin_counts()
        interchange.groups += 0 if is_implied else 1
        group = self._group = Group(elements, is_implied=is_implied)
        group.check_header(place, interchange.group_numbers)
        plan = self._plans.find(group.version, group.functional_id, "")
        event = GroupBegin(place.group, elements, plan.guide if plan else None)
        self._collect_findings(before=event)
        return group

    def _end_group(self, trailer: tuple[str, ...] | None) -> None:
        group, interchange, place = self._group, self._interchange, self._place
        if group is None or interchange is None:
            return
        self._break_transaction()
        place.transaction = place.segment_ordinal = 0
        place.begin_counts()
        if not group.has_document:
            self._open_text(envelope.envelope_head(self._interchange_text(), group.elements))
            interchange.has_document = True
        group.check_trailer(place, trailer)
        if trailer is not None:
            self._trailers.group(trailer, group.computed_trailer)
        self._collect_findings()
        declared = envelope.number(trailer[0]) if trailer else None
        counts = (group.transactions, declared, group.accepted, group.errors)
        self._emit(GroupEnd(place.group, group.control_number, *counts))
        self._group = None

    # Transaction sets

    def _begin_transaction(self, segment: bytes) -> None:
        interchange, place = self._interchange, self._place
        assert interchange is not None
        group = self._group or self._begin_group((), is_implied=True)
        group.transactions += 1
        self._collect_findings()
        place.begin_counts()
        place.transaction += 1
        place.segment_ordinal = 1
        header = self._header = TransactionHeader(self._split(segment))
        header.check(place, group.transaction_numbers)
        header.plan = self._find_plan(group, header)
        self._close_text()
        self._transaction = self._transaction_reader(interchange, group, header)
        interchange.has_document = group.has_document = True
        guide = header.plan.guide if header.plan else None
        event = TransactionBegin(place.transaction, header.elements, guide, header.code)
        self._collect_findings(before=event)
        self._transaction.start(segment)

    def _find_plan(self, group: Group, header: TransactionHeader) -> Plan | None:
        find, place = self._plans.find, self._place
        plan = find(group.version, group.functional_id, header.code, header.convention)
        if plan is not None:
            return plan
        if find(group.version, group.functional_id, "", header.convention) is not None:
            reason = "the guide of GS08 has no such transaction set"
            place.find("transaction_set_unknown", reason, "ST")
        elif not group.is_unknown:
            group.is_unknown = True
            place.find("group_guide_unknown", "there is no guide for GS08 and GS01", "GS")
        return None

    def _transaction_reader(
        self, interchange: Interchange, group: Group, header: TransactionHeader
    ) -> Transaction:
        plan, delimiters = header.plan, interchange.delimiters
        guide = plan.guide if plan else group.version or header.convention
        head = envelope.document_head(guide, self._interchange_text(), group.elements)
        if not self._by_unit:
            self._open_text(head)
        if plan is None:
            return GenericReader(delimiters, self._place, head, by_unit=self._by_unit)
        machine = machine_for(plan, delimiters, by_unit=self._by_unit)
        assembler = Assembler(head, _CLOSING) if self._by_unit else None
        return TransactionReader(machine, self._place, assembler)

    def _interchange_text(self) -> str:
        interchange = self._interchange
        assert interchange is not None
        return envelope.interchange_text(
            interchange.elements, interchange.delimiters, interchange.acknowledgments
        )

    def _read_transaction(self, transaction: Transaction, segments: list[bytes], index: int) -> int:
        index = transaction.read(segments, index)
        if transaction.is_done:
            self._header.check_trailer(self._place, transaction.trailer)
            self._end_transaction(transaction)
        elif index < len(segments):
            self._break_transaction()
        return index

    def _break_transaction(self) -> None:
        """Ends a transaction set that has no SE."""
        transaction = self._transaction
        if transaction is None:
            return
        transaction.finish()
        reason = "the transaction set has no SE segment"
        self._place.find("transaction_trailer_missing", reason, "SE")
        self._end_transaction(transaction)

    def _end_transaction(self, transaction: Transaction) -> None:
        place, group, header = self._place, self._group, self._header
        assert group is not None
        suppressed = place.suppressed
        if suppressed:
            place.kept = 0
            place.find("findings_suppressed", f"{suppressed} more findings are not shown")
        self._flush(transaction)
        self._collect_findings()
        is_accepted = place.errors == 0 and header.plan is not None
        group.accepted += is_accepted
        counts = (place.segment_ordinal, place.errors, place.warnings, is_accepted, suppressed)
        number = header.control_number
        self._wait_for_text()
        self._emit(TransactionEnd(place.transaction, number, *counts))
        place.begin_counts()
        place.segment_ordinal = 0
        self._transaction = None

    def _flush(self, transaction: Transaction) -> None:
        text = transaction.take_text()
        if text:
            self._events.append(DocumentText(text, False))

    # Text and findings on their way out

    def _open_text(self, text: bytes) -> None:
        """Begins a line; it stays open until what follows it is known."""
        self._close_text()
        if self._by_unit:
            return
        self._is_text_open = True
        self._events.append(DocumentText(text, False))

    def _close_text(self) -> None:
        """Ends the line or the unit that waits for its trailers; then comes what waited for it."""
        trailers = self._trailers.text()
        if self._is_text_open:
            self._is_text_open = False
            self._events.append(DocumentText(trailers + _CLOSING, True))
        if self._held is not None:
            text = self._held.text.removesuffix(_CLOSING) + trailers + _CLOSING
            self._events.append(replace(self._held, text=text))
            self._held = None
        self._trailers.clear()
        self._waits = False
        self._events.extend(self._waiting)
        self._waiting.clear()

    def _wait_for_text(self) -> None:
        """Keeps what comes next behind the text that is still open: ends of levels follow their documents."""
        self._waits = self._is_text_open or self._held is not None

    def _emit(self, event: Event) -> None:
        (self._waiting if self._waits else self._events).append(event)

    def _hold(self, document: DocumentText) -> None:
        """Lets the unit before go; this one waits, for trailers may belong to it."""
        if self._held is not None:
            self._events.append(self._held)
        self._held = document

    def _collect_findings(self, before: Event | None = None) -> None:
        """Moves findings and units to the events, behind `before` if that is given."""
        if before is not None:
            self._emit(before)
        for finding in self._place.take():
            if isinstance(finding, DocumentText):
                self._hold(finding)
                continue
            self._emit(finding)
            if finding.is_error and finding.level == "group" and self._group is not None:
                self._group.errors += 1
            elif finding.is_error and finding.level == "interchange" and self._interchange:
                self._interchange.errors += 1


def read(chunks: Iterable[bytes], plans: Plans, *, split: Split = "none") -> Iterator[Event]:
    """Events of a whole stream, in the order of the file.

    Raises Unreadable when there is no interchange in it; no other exception for any bytes whatever. The ends of
    levels come behind their last document, which in turn waits for the trailers that belong to it.
    """
    reader = Reader(plans, split=split)
    for chunk in chunks:
        yield from reader.feed(chunk)
    yield from reader.close()


def _nothing_there(lexer: Lexer) -> Unreadable:
    if lexer.is_empty:
        return Unreadable("empty", "the input is empty")
    return Unreadable("no_interchange_header", "there is no ISA segment in the input")
