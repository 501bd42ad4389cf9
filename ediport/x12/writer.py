"""Writes X12 from canonical JSON documents.

Documents that follow one another with the same `interchange` share it, likewise `group`; documents of business
units with the same ancestors share their transaction set. Numbers and counts that are left out are computed.
Faults in the JSON are findings with a JSON pointer into the document; `build_validated` adds what reading the
result finds, so that nothing leaves unchecked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Protocol

from ediport.x12.delimiters import Delimiters
from ediport.x12.document_views import (
    control_number_of,
    encode_segment,
    generic_element,
    separators_of,
    string_members,
    trailer_elements,
    trailer_rows,
    trailer_text,
    transaction_set_of,
    without_control_number,
)
from ediport.x12.envelope import (
    ACKNOWLEDGMENT_KEY,
    ACKNOWLEDGMENT_KEYS,
    GROUP_KEYS,
    INTERCHANGE_KEYS,
    INTERCHANGE_LENGTHS,
    SEGMENTS_KEY,
    SEPARATORS_KEY,
    TRAILERS_KEY,
)
from ediport.x12.findings import Finding
from ediport.x12.plan import Plan, Plans
from ediport.x12.reader import Reader
from ediport.x12.rules import RULES
from ediport.x12.segment_writer import SegmentWriter
from ediport.x12.tree_writer import TreeWriter

_VERSION_WITH_REPETITION = "00402"
_DEFAULT_VERSION = "00501"


class ControlNumbers(Protocol):
    """Gives the next control number of each level; see `ediport.partners` for numbers kept in the ledger."""

    def interchange(self) -> int:
        """ISA13, 1 to 999999999."""

    def group(self) -> int:
        """GS06, 1 to 999999999."""

    def transaction(self) -> int:
        """ST02, 1 to 999999999."""


class CountedNumbers:
    """Control numbers from 1 on at each level, for output that no ledger stands behind."""

    def __init__(self) -> None:
        self._counts = (count(1), count(1), count(1))

    def interchange(self) -> int:
        return next(self._counts[0])

    def group(self) -> int:
        return next(self._counts[1])

    def transaction(self) -> int:
        return next(self._counts[2])


@dataclass(frozen=True, slots=True)
class Envelope:
    """The outer values to write: members of `interchange` and `group` by canonical key, over the document's own.

    With `control_numbers`, ISA13, GS06 and ST02 always come from there.
    """

    interchange: Mapping[str, str] = field(default_factory=dict)
    group: Mapping[str, str] = field(default_factory=dict)
    delimiters: Delimiters | None = None
    control_numbers: ControlNumbers | None = None


@dataclass(frozen=True, slots=True)
class Built:
    """A whole result in memory: X12 and all findings, those of the JSON and those of reading it back."""

    x12: bytes
    findings: tuple[Finding, ...]

    @property
    def is_accepted(self) -> bool:
        return not any(finding.is_error for finding in self.findings)


@dataclass(slots=True)
class _Open:
    """What is being written of the interchange and group that are open."""

    source: Any
    delimiters: Delimiters
    control_number: str
    line_end: bytes
    groups: int = 0
    group_source: Any = None
    group_number: str = ""
    transactions: int = 0
    group_trailer: Any = None
    trailer: Any = None
    has_group: bool = False
    elements: list[str] = field(default_factory=list)


class Writer:
    """Incremental writer: `add` documents, then `close`; both return the bytes and findings made by then."""

    def __init__(self, plans: Plans, *, envelope: Envelope | None = None) -> None:
        self._plans = plans
        self._envelope = envelope or Envelope()
        numbers = self._envelope.control_numbers
        self._numbers: ControlNumbers = numbers or CountedNumbers()
        self._is_numbered = numbers is not None
        self._out: list[bytes] = []
        self._findings: list[Finding] = []
        self._open: _Open | None = None
        self._tree: TreeWriter | None = None
        self._plan: Plan | None = None
        self._segments = SegmentWriter(Delimiters(), self._report)
        self._document = 0

    def add(self, document: Any) -> list[bytes | Finding]:
        """Writes one document as far as it can be known that it is complete."""
        self._document += 1
        if not isinstance(document, Mapping):
            self._report("json_shape", "a document must be an object", "")
            return self._take()
        try:
            self._add(document)
        except RecursionError:
            self._report("json_shape", "the document is nested too deeply", "")
        return self._take()

    def _add(self, document: Mapping[str, Any]) -> None:
        self._match_interchange(document)
        if "group" in document or "transaction" in document:
            self._match_group(document)
        if "transaction" in document:
            self._add_transaction(document)
        self._remember_trailers(document)

    def close(self) -> list[bytes | Finding]:
        """Ends everything that is open."""
        self._end_interchange()
        return self._take()

    def _take(self) -> list[bytes | Finding]:
        text = b"".join(self._out)
        made: list[bytes | Finding] = [*self._findings, *([text] if text else [])]
        self._out.clear()
        self._findings.clear()
        return made

    def _report(self, rule: str, reason: str, pointer: str) -> None:
        finding = Finding(RULES[rule], reason, transaction=self._document, pointer=pointer)
        self._findings.append(finding)

    def _emit(self, text: str) -> None:
        delimiters = self._open.delimiters if self._open else Delimiters()
        data, is_whole = encode_segment(text, delimiters)
        if not is_whole:
            self._report("json_shape", "a value has characters that X12 text cannot hold", "")
        self._out.append(data + delimiters.segment + delimiters.line_end)

    # Interchange

    def _match_interchange(self, document: Mapping[str, Any]) -> None:
        source = document.get("interchange")
        if not isinstance(source, Mapping):
            if source is not None:
                self._report("json_shape", "an object is wanted here", "/interchange")
            source = {}
        is_same = self._open is not None and (
            self._is_numbered or (self._open.source == source and self._open.trailer is None)
        )
        if not is_same:
            self._end_interchange()
            self._begin_interchange(source, document)

    def _begin_interchange(self, source: Mapping[str, Any], document: Mapping[str, Any]) -> None:
        values = {**string_members(source, INTERCHANGE_KEYS), **self._envelope.interchange}
        version = values.get("control_version_number_12") or self._version(document)
        delimiters = self._delimiters(source, values, version)
        number = values.get("control_number_13", "")
        if self._is_numbered or not number:
            number = f"{self._numbers.interchange():09d}"
        self._segments = SegmentWriter(delimiters, self._report)
        self._open = _Open(source, delimiters, number, delimiters.line_end)
        self._open.elements = self._isa_elements(values, version, number, delimiters)
        self._emit(self._segments.raw("ISA", self._open.elements, "/interchange"))
        self._acknowledgments(source.get(ACKNOWLEDGMENT_KEY))

    def _acknowledgments(self, rows: Any) -> None:
        """TA1 segments before the first group."""
        pointer = f"/interchange/{ACKNOWLEDGMENT_KEY}"
        if rows is not None and not isinstance(rows, list):
            self._report("json_shape", "a list of objects is wanted here", pointer)
        for index, row in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(row, Mapping):
                texts = [str(row.get(key, "")) for key in ACKNOWLEDGMENT_KEYS]
                self._emit(self._segments.raw("TA1", texts, f"{pointer}/{index}"))
            else:
                self._report("json_shape", "an object is wanted here", f"{pointer}/{index}")

    def _version(self, document: Mapping[str, Any]) -> str:
        plan = self._plans.get(str(document.get("guide", "")))
        return plan.interchange_version if plan else _DEFAULT_VERSION

    def _delimiters(
        self, source: Mapping[str, Any], values: Mapping[str, str], version: str
    ) -> Delimiters:
        given = self._envelope.delimiters
        if given is None:
            kept = source.get(SEPARATORS_KEY)
            given = separators_of(kept if isinstance(kept, Mapping) else {}, values)
        if given is None:
            reason = "separators must be single characters that are no letters or digits"
            self._report("json_shape", reason, f"/interchange/{SEPARATORS_KEY}")
            given = Delimiters()
        return replace(given, repetition=b"") if version < _VERSION_WITH_REPETITION else given

    def _isa_elements(
        self, values: Mapping[str, str], version: str, number: str, delimiters: Delimiters
    ) -> list[str]:
        defaults = {
            "authorization_information_qualifier_01": "00",
            "security_information_qualifier_03": "00",
            "repetition_separator_11": delimiters.repetition.decode("latin-1") or "U",
            "control_version_number_12": version,
            "acknowledgment_requested_14": "0",
        }
        elements = []
        for key, length in zip(INTERCHANGE_KEYS, INTERCHANGE_LENGTHS, strict=True):
            text = values.get(key) or defaults.get(key, "")
            if not text.strip() and key not in _MAY_BE_BLANK:
                reason = "this interchange value is missing"
                self._report("json_envelope_incomplete", reason, f"/interchange/{key}")
            if len(text) > _HEADER_VALUE_CHARACTERS_MAX:
                self._report("json_shape", "this value is too long", f"/interchange/{key}")
            elements.append(text[:_HEADER_VALUE_CHARACTERS_MAX].ljust(length))
        elements[12] = number
        if delimiters.repetition:
            elements[10] = delimiters.repetition.decode("latin-1")
        elements[15] = delimiters.component.decode("latin-1")
        return elements

    def _end_interchange(self) -> None:
        current = self._open
        if current is None:
            return
        self._end_group()
        for row in trailer_rows(current.trailer, "acknowledgments"):
            texts = [str(text) for text in row]
            self._emit(self._segments.raw("TA1", texts, f"/{TRAILERS_KEY}/acknowledgments"))
        trailer = trailer_elements(current.trailer, "interchange") or [
            str(current.groups),
            current.control_number,
        ]
        self._emit(self._segments.raw("IEA", trailer, f"/{TRAILERS_KEY}/interchange"))
        line_end = trailer_text(current.trailer, "line_end")
        if line_end is not None:
            last = self._out[-1]
            self._out[-1] = last[: len(last) - len(current.line_end)] + line_end.encode("latin-1")
        self._open = None

    # Functional group

    def _match_group(self, document: Mapping[str, Any]) -> None:
        current = self._open
        assert current is not None
        source = document.get("group")
        if not isinstance(source, Mapping):
            if source is not None:
                self._report("json_shape", "an object is wanted here", "/group")
            source = {}
        source = source or self._default_group(document)
        is_same = current.group_source == source and current.group_trailer is None
        if not (current.has_group and is_same):
            self._end_group()
            self._begin_group(source)

    def _default_group(self, document: Mapping[str, Any]) -> dict[str, str]:
        plan = self._plans.get(str(document.get("guide", "")))
        return {GROUP_KEYS[0]: plan.functional_id, GROUP_KEYS[7]: plan.guide} if plan else {}

    def _begin_group(self, source: Mapping[str, Any]) -> None:
        current = self._open
        assert current is not None
        values = {**string_members(source, GROUP_KEYS), **self._envelope.group}
        for position in (1, 8):
            key = GROUP_KEYS[position - 1]
            own = source.get(key)
            if isinstance(own, str) and own:
                values[key] = own
        number = values.get(GROUP_KEYS[5], "")
        if self._is_numbered or not number:
            number = str(self._numbers.group())
        values[GROUP_KEYS[5]] = number
        values.setdefault(GROUP_KEYS[6], "X")
        for key in GROUP_KEYS:
            if not values.get(key):
                reason = "this group value is missing"
                self._report("json_envelope_incomplete", reason, f"/group/{key}")
        current.has_group = True
        current.group_source, current.group_number = source, number
        current.transactions, current.group_trailer = 0, None
        current.groups += 1
        self._emit(self._segments.raw("GS", [values.get(key, "") for key in GROUP_KEYS], "/group"))

    def _end_group(self) -> None:
        current = self._open
        assert current is not None
        self._end_transaction()
        if not current.has_group:
            return
        trailer = trailer_elements(current.group_trailer, "group") or [
            str(current.transactions),
            current.group_number,
        ]
        self._emit(self._segments.raw("GE", trailer, f"/{TRAILERS_KEY}/group"))
        current.has_group = False
        current.group_source, current.group_trailer = None, None

    def _remember_trailers(self, document: Mapping[str, Any]) -> None:
        trailers = document.get(TRAILERS_KEY)
        current = self._open
        if not isinstance(trailers, Mapping) or current is None or self._is_numbered:
            return
        if "group" in trailers:
            current.group_trailer = trailers
        if trailers.keys() & {"interchange", "line_end", "acknowledgments"}:
            current.trailer = trailers

    # Transaction sets

    def _add_transaction(self, document: Mapping[str, Any]) -> None:
        data = document["transaction"]
        if isinstance(data, Mapping) and SEGMENTS_KEY in data:
            self._end_transaction()
            self._add_generic(data[SEGMENTS_KEY])
            return
        plan = self._find_plan(document, data)
        if plan is None:
            reason = "there is no such guide; `ediport guides` lists those that are there"
            self._report("json_guide_unknown", reason, "/guide")
            return
        if self._is_numbered and isinstance(data, Mapping):
            data = without_control_number(plan, data)
        if self._tree is None or plan is not self._plan or not self._tree.can_join(data):
            self._begin_transaction(plan, data)
        assert self._tree is not None
        self._tree.add(data, "/transaction")

    def _find_plan(self, document: Mapping[str, Any], data: Any) -> Plan | None:
        guide = document.get("guide")
        if not isinstance(guide, str):
            return None
        return self._plans.get(guide, transaction_set_of(data)) or self._plans.get(guide)

    def _begin_transaction(self, plan: Plan, data: Any) -> None:
        self._end_transaction()
        current = self._open
        assert current is not None
        current.transactions += 1
        number = "" if self._is_numbered else control_number_of(data)
        if not number:
            number = f"{self._numbers.transaction():04d}"
        self._plan = plan
        self._tree = TreeWriter(plan, self._segments, self._emit, self._report, number)

    def _end_transaction(self) -> None:
        if self._tree is not None:
            self._tree.end()
        self._tree = None
        self._plan = None

    def _add_generic(self, rows: Any) -> None:
        current = self._open
        assert current is not None
        current.transactions += 1
        for index, row in enumerate(rows if isinstance(rows, list) else [rows]):
            pointer = f"/transaction/{SEGMENTS_KEY}/{index}"
            elements = row if isinstance(row, list) else []
            made = [generic_element(element, current.delimiters) for element in elements]
            texts = [text for text in made if text is not None]
            if not texts or len(texts) < len(made):
                self._report("json_shape", "a list of elements is wanted here", pointer)
                continue
            self._emit(self._segments.plain(texts, pointer))


_HEADER_VALUE_CHARACTERS_MAX = 30
"""A value of ISA is never written longer: it would hide the separators behind it."""

_MAY_BE_BLANK = frozenset(
    {
        "authorization_information_02",
        "security_information_04",
        "repetition_separator_11",
        "control_number_13",
        "component_element_separator_16",
    }
)


def build(
    documents: Iterable[Mapping[str, Any]], plans: Plans, *, envelope: Envelope | None = None
) -> Iterator[bytes | Finding]:
    """X12 in pieces, with findings about the JSON before the piece that they belong to."""
    writer = Writer(plans, envelope=envelope)
    for document in documents:
        yield from writer.add(document)
    yield from writer.close()


def build_validated(
    documents: Iterable[Mapping[str, Any]], plans: Plans, *, envelope: Envelope | None = None
) -> Iterator[bytes | Finding]:
    """As `build`, and the result is read again: its findings come too."""
    reader = Reader(plans)
    has_text = False
    for item in build(documents, plans, envelope=envelope):
        yield item
        if isinstance(item, bytes):
            has_text = True
            yield from (e for e in reader.feed(item) if isinstance(e, Finding))
    if has_text:
        yield from (e for e in reader.close() if isinstance(e, Finding))


def build_bytes(
    documents: Iterable[Mapping[str, Any]], plans: Plans, envelope: Envelope | None = None
) -> Built:
    """The whole result in memory, validated; for documents that are known to be small."""
    pieces: list[bytes] = []
    findings: list[Finding] = []
    for item in build_validated(documents, plans, envelope=envelope):
        if isinstance(item, bytes):
            pieces.append(item)
        else:
            findings.append(item)
    return Built(b"".join(pieces), tuple(findings))
