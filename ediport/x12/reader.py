"""Reads interchanges: bytes in; headers, documents, findings and totals out, as they come.

`Reader` has no I/O: feed it bytes, take events. `read` does so for a stream. What it yields does not depend on
how the bytes were cut. The levels (interchange, group, transaction set) each end where their trailer is, or
where something comes that cannot be in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from ediport.x12 import envelope, limits
from ediport.x12.delimiters import Delimiters
from ediport.x12.envelope import number
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
from ediport.x12.lexer import Header, Lexer
from ediport.x12.machine import machine_for
from ediport.x12.places import Place
from ediport.x12.plan import Plan, Plans
from ediport.x12.trailers import Trailers
from ediport.x12.transaction import TransactionReader
from ediport.x12.units import Assembler

Split = Literal["none", "unit"]

_SEGMENT_COUNT_BASE: Final = 2


@dataclass(slots=True)
class _Interchange:
    header: Header
    elements: tuple[str, ...]
    acknowledgments: list[tuple[str, ...]] = field(default_factory=list)
    group_numbers: set[str] = field(default_factory=set)
    groups: int = 0
    errors: int = 0
    has_document: bool = False

    @property
    def delimiters(self) -> Delimiters:
        return self.header.delimiters


@dataclass(slots=True)
class _Group:
    elements: tuple[str, ...]
    transaction_numbers: set[str] = field(default_factory=set)
    transactions: int = 0
    accepted: int = 0
    errors: int = 0
    is_implied: bool = False
    is_unknown: bool = False
    has_document: bool = False

    def element(self, position: int) -> str:
        return self.elements[position - 1] if position <= len(self.elements) else ""


@dataclass(slots=True)
class _Transaction:
    reader: TransactionReader | GenericReader
    elements: tuple[str, ...]
    plan: Plan | None

    @property
    def control_number(self) -> str:
        return self.elements[1] if len(self.elements) > 1 else ""


class Reader:
    """Incremental reader of one file. `feed` and `close` return the events that are known by then."""

    def __init__(self, plans: Plans, *, split: Split = "none") -> None:
        self._plans = plans
        self._by_unit = split == "unit"
        self._lexer = Lexer()
        self._place = Place()
        self._events: list[Event] = []
        self._interchange: _Interchange | None = None
        self._group: _Group | None = None
        self._transaction: _Transaction | None = None
        self._interchange_numbers: set[str] = set()
        self._trailers = Trailers()
        self._is_text_open = False
        self._is_stopped = False

    def feed(self, data: bytes) -> list[Event]:
        """Takes the next bytes. Raises Unreadable when there is no interchange in them and none can come."""
        if data and not self._is_stopped:
            self._lexer.feed(data)
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
                segments = self._lexer.segments()
                if not self._take_segments(segments):
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
        self._close_text()
        place = self._place
        place.interchange += 1
        place.group = place.transaction = place.segment_ordinal = 0
        place.segment_in_file += 1
        place.begin_counts()
        elements = tuple(decode(e) for e in header.elements)
        self._interchange = _Interchange(header, elements)
        self._note("leading_bytes")
        self._check_header(header, elements)
        event = InterchangeBegin(
            place.interchange, elements, header.delimiters, place.segment_in_file
        )
        self._collect_findings(before=event)
        return True

    def _check_header(self, header: Header, elements: tuple[str, ...]) -> None:
        place = self._place
        for rule, reason in envelope.interchange_faults(elements):
            place.find(rule, reason, "ISA")
        if not header.delimiters.is_usable():
            place.find("delimiters_unusable", "separators are equal, letters or digits", "ISA")
        if elements[12] in self._interchange_numbers:
            place.find("interchange_control_number_repeated", "ISA13 was used before", "ISA")
        _remember(self._interchange_numbers, elements[12])

    def _note(self, default: str) -> None:
        for rule in self._lexer.notes:
            rule_id = default if rule == "leading_bytes" else rule
            self._place.find(rule_id, "bytes were skipped" if rule_id == default else "read on")
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
        if self._lexer.is_closed:
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
        if trailer is None:
            place.find("interchange_trailer_missing", "the interchange has no IEA segment", "IEA")
        else:
            self._check_interchange_trailer(interchange, self._split(trailer), line_end)
        if self._lexer.line_end_varied:
            place.find("line_end_varies", "line ends differ; the first one is written back")
        if self._lexer.is_unterminated:
            place.find("segment_unterminated", "the last segment has no terminator")
        if not interchange.has_document:
            self._open_text(envelope_only(self._interchange_text()))
            interchange.has_document = True
        self._collect_findings()
        number_text = interchange.elements[12]
        self._events.append(
            InterchangeEnd(place.interchange, number_text, interchange.groups, interchange.errors)
        )
        self._interchange = None

    def _check_interchange_trailer(
        self, interchange: _Interchange, elements: tuple[str, ...], line_end: bytes
    ) -> None:
        place = self._place
        declared = number(elements[0]) if elements else None
        control = elements[1] if len(elements) > 1 else ""
        if declared != interchange.groups:
            reason = f"IEA01 should be {interchange.groups}"
            place.find("interchange_group_count", reason, "IEA")
        if control != interchange.elements[12]:
            reason = "IEA02 differs from ISA13"
            place.find("interchange_control_number_mismatch", reason, "IEA")
        computed = (str(interchange.groups), interchange.elements[12])
        self._trailers.interchange(elements, computed, interchange.delimiters.line_end, line_end)

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

    def _begin_group(self, elements: tuple[str, ...], *, is_implied: bool) -> None:
        interchange, place = self._interchange, self._place
        assert interchange is not None
        self._end_group(None)
        place.group += 1
        place.transaction = place.segment_ordinal = 0
        place.begin_counts()
        interchange.groups += 0 if is_implied else 1
        self._group = _Group(elements, is_implied=is_implied)
        if is_implied:
            place.find("group_header_missing", "the transaction set has no GS before it", "ST")
        else:
            self._check_group_header(interchange, elements)
        version, functional = self._group.element(8), self._group.element(1)
        plan = self._plans.find(version, functional, "")
        event = GroupBegin(place.group, elements, plan.guide if plan else None)
        self._collect_findings(before=event)

    def _check_group_header(self, interchange: _Interchange, elements: tuple[str, ...]) -> None:
        place = self._place
        for rule, reason, _ in envelope.group_faults(elements):
            place.find(rule, reason, "GS")
        control = elements[5] if len(elements) > 5 else ""
        if control in interchange.group_numbers:
            place.find("group_control_number_repeated", "GS06 was used before", "GS")
        _remember(interchange.group_numbers, control)

    def _end_group(self, trailer: tuple[str, ...] | None) -> None:
        group, interchange, place = self._group, self._interchange, self._place
        if group is None or interchange is None:
            return
        self._break_transaction()
        place.transaction = place.segment_ordinal = 0
        place.begin_counts()
        if trailer is not None:
            self._check_group_trailer(group, trailer)
        elif not group.is_implied:
            place.find("group_trailer_missing", "the functional group has no GE segment", "GE")
        if not group.has_document:
            self._open_text(envelope_only(self._interchange_text(), group.elements))
            interchange.has_document = True
        self._collect_findings()
        declared = number(trailer[0]) if trailer else None
        self._events.append(
            GroupEnd(
                place.group,
                group.element(6),
                group.transactions,
                declared,
                group.accepted,
                group.errors,
            )
        )
        self._group = None

    def _check_group_trailer(self, group: _Group, elements: tuple[str, ...]) -> None:
        declared = number(elements[0]) if elements else None
        control = elements[1] if len(elements) > 1 else ""
        if declared != group.transactions:
            reason = f"GE01 should be {group.transactions}"
            self._place.find("group_transaction_count", reason, "GE")
        if control != group.element(6):
            self._place.find("group_control_number_mismatch", "GE02 differs from GS06", "GE")
        self._trailers.group(elements, (str(group.transactions), group.element(6)))

    # Transaction sets

    def _begin_transaction(self, segment: bytes) -> None:
        interchange = self._interchange
        assert interchange is not None
        if self._group is None:
            self._begin_group((), is_implied=True)
        group = self._group
        assert group is not None
        group.transactions += 1
        place = self._place
        self._collect_findings()
        place.begin_counts()
        place.transaction += 1
        place.segment_ordinal = 1
        elements = self._split(segment)
        self._check_transaction_header(group, elements)
        plan = self._find_plan(group, elements)
        self._close_text()
        reader = self._transaction_reader(interchange, group, elements, plan)
        self._transaction = _Transaction(reader, elements, plan)
        interchange.has_document = group.has_document = True
        guide = plan.guide if plan else None
        code = elements[0] if elements else ""
        event = TransactionBegin(place.transaction, elements, guide, code)
        self._collect_findings(before=event)
        reader.start(segment)

    def _check_transaction_header(self, group: _Group, elements: tuple[str, ...]) -> None:
        place = self._place
        code = elements[0] if elements else ""
        control = elements[1] if len(elements) > 1 else ""
        if len(code) != 3:
            place.find("transaction_set_missing", "ST01 has not its 3 characters", "ST")
        if not 4 <= len(control) <= 9:
            reason = "ST02 has not 4 to 9 characters"
            place.find("transaction_control_number_missing", reason, "ST")
        elif control in group.transaction_numbers:
            place.find("transaction_control_number_repeated", "ST02 was used before", "ST")
        _remember(group.transaction_numbers, control)

    def _find_plan(self, group: _Group, elements: tuple[str, ...]) -> Plan | None:
        version, functional = group.element(8), group.element(1)
        code = elements[0] if elements else ""
        convention = elements[2] if len(elements) > 2 else ""
        plan = self._plans.find(version, functional, code, convention)
        if plan is not None:
            return plan
        if self._plans.find(version, functional, "", convention) is not None:
            reason = "the guide of GS08 has no such transaction set"
            self._place.find("transaction_set_unknown", reason, "ST")
        elif not group.is_unknown:
            group.is_unknown = True
            self._place.find("group_guide_unknown", "there is no guide for GS08 and GS01", "GS")
        return None

    def _transaction_reader(
        self,
        interchange: _Interchange,
        group: _Group,
        elements: tuple[str, ...],
        plan: Plan | None,
    ) -> TransactionReader | GenericReader:
        convention = elements[2] if len(elements) > 2 else ""
        guide = plan.guide if plan else group.element(8) or convention
        head = envelope.document_head(guide, self._interchange_text(), group.elements)
        if not self._by_unit:
            self._open_text(head)
        if plan is None:
            delimiters = interchange.delimiters
            return GenericReader(delimiters, self._place, head, by_unit=self._by_unit)
        machine = machine_for(plan, interchange.delimiters, by_unit=self._by_unit)
        assembler = Assembler(head, b"}\n") if self._by_unit else None
        return TransactionReader(machine, self._place, assembler)

    def _interchange_text(self) -> str:
        interchange = self._interchange
        assert interchange is not None
        return envelope.interchange_text(
            interchange.elements, interchange.delimiters, interchange.acknowledgments
        )

    def _read_transaction(
        self, transaction: _Transaction, segments: list[bytes], index: int
    ) -> int:
        reader = transaction.reader
        index = reader.read(segments, index)
        if reader.is_done:
            self._check_transaction_trailer(transaction, reader.trailer)
            self._end_transaction(transaction)
        elif index < len(segments):
            self._break_transaction()
        return index

    def _break_transaction(self) -> None:
        """Ends a transaction set that has no SE."""
        transaction = self._transaction
        if transaction is None:
            return
        transaction.reader.finish()
        reason = "the transaction set has no SE segment"
        self._place.find("transaction_trailer_missing", reason, "SE")
        self._end_transaction(transaction)

    def _check_transaction_trailer(
        self, transaction: _Transaction, trailer: tuple[str, ...]
    ) -> None:
        place = self._place
        declared = number(trailer[0]) if trailer else None
        if declared != place.segment_ordinal:
            reason = f"SE01 should be {place.segment_ordinal}"
            place.find("transaction_segment_count", reason, "SE")
        if (trailer[1] if len(trailer) > 1 else "") != transaction.control_number:
            reason = "SE02 differs from ST02"
            place.find("transaction_control_number_mismatch", reason, "SE")

    def _end_transaction(self, transaction: _Transaction) -> None:
        place, group = self._place, self._group
        assert group is not None
        if place.suppressed:
            reason = f"{place.suppressed} more findings are not shown"
            suppressed = place.suppressed
            place.kept = 0
            place.find("findings_suppressed", reason)
        else:
            suppressed = 0
        self._flush(transaction)
        self._collect_findings()
        is_accepted = place.errors == 0 and transaction.plan is not None
        group.accepted += is_accepted
        self._events.append(
            TransactionEnd(
                place.transaction,
                transaction.control_number,
                place.segment_ordinal,
                place.errors,
                place.warnings,
                is_accepted,
                suppressed,
            )
        )
        place.begin_counts()
        place.segment_ordinal = 0
        self._transaction = None

    def _flush(self, transaction: _Transaction) -> None:
        reader = transaction.reader
        text = reader.take_text()
        if text:
            self._events.append(DocumentText(text, False))
        self._events.extend(reader.take_documents())

    # Text and findings on their way out

    def _open_text(self, text: bytes) -> None:
        """Begins a line; it stays open until what follows it is known."""
        if self._by_unit:
            return
        self._close_text()
        self._is_text_open = True
        self._events.append(DocumentText(text, False))

    def _close_text(self) -> None:
        if self._is_text_open:
            self._is_text_open = False
            self._events.append(DocumentText(self._trailers.text() + b"}\n", True))
        self._trailers.clear()

    def _collect_findings(self, before: Event | None = None) -> None:
        """Moves findings to the events, behind `before` if that is given."""
        if before is not None:
            self._events.append(before)
        for finding in self._place.take():
            self._events.append(finding)
            if finding.is_error and finding.level == "group" and self._group is not None:
                self._group.errors += 1
            elif finding.is_error and finding.level == "interchange" and self._interchange:
                self._interchange.errors += 1


def read(chunks: Iterable[bytes], plans: Plans, *, split: Split = "none") -> Iterator[Event]:
    """Events of a whole stream, in the order of the file.

    Raises Unreadable when there is no interchange in it; no other exception for any bytes whatever. The last
    piece of a line of JSON may follow the End events of its levels, since their trailers belong to it.
    """
    reader = Reader(plans, split=split)
    for chunk in chunks:
        yield from reader.feed(chunk)
    yield from reader.close()


def envelope_only(interchange: str, group: tuple[str, ...] | None = None) -> bytes:
    """A document without transaction set, not closed yet."""
    text = f'{{"interchange":{interchange}'
    if group is not None:
        text += f',"group":{envelope.group_text(group)}'
    return text.encode()


def _remember(numbers: set[str], value: str) -> None:
    if len(numbers) < limits.control_numbers_kept_max:
        numbers.add(value)


def _nothing_there(lexer: Lexer) -> Unreadable:
    if lexer.is_empty:
        return Unreadable("empty", "the input is empty")
    return Unreadable("no_interchange_header", "there is no ISA segment in the input")
