"""Reading acknowledgments back without the engine, and events made by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ediport.x12.acks import AckOptions, ContextOf, acknowledge
from ediport.x12.acks.context import no_context
from ediport.x12.delimiters import Delimiters
from ediport.x12.events import (
    Event,
    GroupBegin,
    GroupEnd,
    InterchangeBegin,
    InterchangeEnd,
    TransactionBegin,
    TransactionEnd,
)
from ediport.x12.findings import Finding, Guarded
from ediport.x12.rules import RULES

NOW = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
GUIDE = "005010X222A1"
Received = list[Event]


class Numbers:
    """Control numbers from 1, counted apart."""

    def __init__(self) -> None:
        self.drawn = {"interchange": 0, "group": 0, "transaction": 0}

    def _next(self, name: str) -> int:
        self.drawn[name] += 1
        return self.drawn[name]

    def interchange(self) -> int:
        return self._next("interchange")

    def group(self) -> int:
        return self._next("group")

    def transaction(self) -> int:
        return self._next("transaction")


def isa(**changes: str) -> tuple[str, ...]:
    """ISA01 to ISA16 of a received interchange; change elements by `isa13="..."`."""
    blank = " " * 10
    elements = ["00", blank, "00", blank, "ZZ", "SUBMITTER".ljust(15), "30", "PAYER".ljust(15)]
    elements += ["261122", "1010", "^", "00501", "000000905", "0", "T", ":"]
    for name, value in changes.items():
        elements[int(name[3:]) - 1] = value
    return tuple(elements)


def gs(
    functional_id: str = "HC", number: str = "77", version: str = GUIDE, **codes: str
) -> tuple[str, ...]:
    sender, receiver = codes.get("sender", "SUBAPP"), codes.get("receiver", "PAYAPP")
    return (functional_id, sender, receiver, "20261122", "1010", number, "X", version)


def finding(rule: str, ordinal: int = 0, segment_id: str = "", **more: object) -> Finding:
    value = more.pop("value", None)
    guarded = Guarded(value) if isinstance(value, str) else None
    transaction = int(ordinal > 0)
    fields = {"transaction": transaction, "interchange": 1, **more}
    return Finding(
        RULES[rule],
        "words",
        segment_ordinal=ordinal,
        segment_id=segment_id,
        value=guarded,
        **fields,  # type: ignore[arg-type]
    )


def transaction(
    number: str = "0001",
    *findings: Finding,
    header: Sequence[str] | None = None,
    guide: str | None = GUIDE,
) -> list[Event]:
    errors = sum(f.is_error for f in findings)
    begin = TransactionBegin(1, tuple(header or ("837", number, GUIDE)), guide, "837")
    end = TransactionEnd(1, number, 30, errors, len(findings) - errors, not errors, 0)
    return [begin, *findings, end]


def group(
    *sets: Iterable[Event],
    header: tuple[str, ...] | None = None,
    declared: int | None = -1,
    findings: Iterable[Finding] = (),
    guide: str | None = GUIDE,
) -> list[Event]:
    events: list[Event] = [GroupBegin(1, header or gs(), guide)]
    for events_of_set in sets:
        events += events_of_set
    events += findings
    count = len(sets)
    events.append(GroupEnd(1, "77", count, count if declared == -1 else declared, count, 0))
    return events


def interchange(
    *groups: Iterable[Event],
    header: tuple[str, ...] | None = None,
    delimiters: Delimiters | None = None,
    findings: Iterable[Finding] = (),
) -> list[Event]:
    events: list[Event] = [InterchangeBegin(1, header or isa(), delimiters or Delimiters(), 1)]
    for events_of_group in groups:
        events += events_of_group
    events += findings
    events.append(InterchangeEnd(1, "000000905", len(groups), 0))
    return events


def answer(
    events: Iterable[Event],
    options: AckOptions | None = None,
    *,
    context: ContextOf = no_context,
    numbers: Numbers | None = None,
) -> bytes:
    numbers = numbers or Numbers()
    pieces = acknowledge(events, control_numbers=numbers, now=NOW, options=options, context=context)
    return b"".join(pieces)


def lines(
    events: Iterable[Event],
    options: AckOptions | None = None,
    *,
    context: ContextOf = no_context,
) -> list[str]:
    """The segments of the answer, without their terminator."""
    text = answer(events, options, context=context).decode("latin-1")
    return text.replace("\n", "").split("~")[:-1]


def body(
    events: Iterable[Event],
    options: AckOptions | None = None,
    *,
    context: ContextOf = no_context,
) -> list[str]:
    """The segments from AK1 to AK9."""
    kept = ("AK", "IK", "CTX")
    return [text for text in lines(events, options, context=context) if text.startswith(kept)]


@dataclass
class Answer:
    """One interchange of an answer, checked: segments as lists of elements."""

    isa: list[str]
    ta1: list[list[str]] = field(default_factory=list)
    groups: list[list[list[str]]] = field(default_factory=list)


def parse(text: bytes) -> list[Answer]:
    """Split an answer and check all that any acknowledgment must fulfil."""
    found = []
    while text:
        separators = text[3:4], text[104:105], text[105:106]
        assert text.startswith(b"ISA"), text[:20]
        assert text[103:104] == separators[0], text[:106]
        segments, text = _segments(text, separators)
        found.append(_checked(segments, separators[1].decode("latin-1")))
    return found


def _segments(text: bytes, separators: tuple[bytes, bytes, bytes]) -> tuple[list[list[str]], bytes]:
    element, _, terminator = separators
    segments: list[list[str]] = []
    while True:
        raw, mark, text = text.partition(terminator)
        assert mark, "an interchange without its end"
        elements = raw.lstrip(b"\r\n" if element not in b"\r\n" else b"").split(element)
        segments.append([part.decode("latin-1") for part in elements])
        if elements[0] == b"IEA":
            line_end = b"\r\n".replace(terminator, b"")
            return segments, text.lstrip(line_end) if line_end else text


def _checked(segments: list[list[str]], component: str) -> Answer:
    first, last = segments[0], segments[-1]
    assert len(first) == 17
    assert [len(e) for e in first[1:]] == [2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1]
    found = Answer(first)
    for segment in segments[1:-1]:
        if segment[0] == "TA1":
            assert not found.groups, "TA1 stands before the groups"
            found.ta1.append(segment)
        elif segment[0] == "GS":
            found.groups.append([segment])
        else:
            found.groups[-1].append(segment)
    assert len(found.ta1) <= 1
    assert found.ta1 or found.groups
    assert last == ["IEA", str(len(found.groups)), first[13]]
    for group_segments in found.groups:
        _check_group(group_segments, component)
    for segment in found.ta1:
        _check(segment, component)
    return found


def _check_group(segments: list[list[str]], component: str) -> None:
    head, tail = segments[0], segments[-1]
    assert head[1] == "FA"
    assert re.fullmatch("[0-9]{1,9}", head[6])
    starts = [i for i, s in enumerate(segments) if s[0] == "ST"]
    assert tail == ["GE", str(len(starts)), head[6]]
    assert starts[0] == 1
    assert len({segments[i][2] for i in starts}) == len(starts)
    for start, stop in zip(starts, [*starts[1:], len(segments) - 1], strict=True):
        part = segments[start:stop]
        assert part[-1] == ["SE", str(len(part)), part[0][2]]
        names = " ".join(s[0] for s in part)
        assert re.fullmatch(_GRAMMAR[part[0][1]], names), names
        for segment in part:
            _check(segment, component)
        _check_counts(part)


_GRAMMAR = {
    "999": "ST AK1( AK2( IK3( CTX){0,10}( IK4( CTX){0,10}){0,99}){0,1000} IK5)* AK9 SE",
    "997": "ST AK1( AK2( AK3( AK4){0,99}){0,1000} AK5)* AK9 SE",
}
_DATA = "[\x20-\x7e]*[\x21-\x7e]"
_SET_STATUS = "A|E|R"
_CODES = "([1-6]|1[0-9]|23|24|25|26)"
_SET_CODE = "([1-9]|1[0-35-9]|2[3-7]|I5|I6)"
_ELEMENT_CODE = {"IK4": "[1-9]|10|12|13|I6|I9|I1[0-3]", "AK4": "[1-9]|10"}
_FORMS = {
    "ST": ("99[79]", "[0-9]{4,9}", "005010X231A1"),
    "TA1": ("[0-9]{9}", "[0-9]{6}", "[0-9]{4}", "A|E|R", "0[0-3][0-9]"),
    "AK1": ("[A-Z0-9]{2}", "[0-9]{1,9}", f"(?=.{{1,12}}$){_DATA}"),
    "AK2": ("[A-Z0-9]{3}", f"(?=.{{4,9}}$){_DATA}", f"(?=.{{1,35}}$){_DATA}"),
    "IK3": ("[A-Z0-9]{2,3}", "[1-9][0-9]{0,9}", f"((?=.{{1,4}}$){_DATA})?", "[1-8]|I[46789]"),
    "AK3": ("[A-Z0-9]{2,3}", "[1-9][0-9]{0,9}", f"((?=.{{1,4}}$){_DATA})?", "[1-8]"),
    "IK5": (_SET_STATUS, *[_SET_CODE] * 5),
    "AK5": (_SET_STATUS, *[_SET_CODE] * 5),
    "AK9": ("A|E|P|R", *["[0-9]{1,6}"] * 3, *[_CODES] * 5),
}
_LEAST = {"IK5": 1, "AK5": 1, "AK9": 4, "AK1": 2, "AK2": 2, "ST": 2}


def _check(segment: list[str], component: str) -> None:
    name, elements = segment[0], segment[1:]
    assert elements[-1] != "", "no separators without data at the end"
    if name in _ELEMENT_CODE:
        _check_element_note(name, elements, component)
    if name not in _FORMS:
        return
    forms = _FORMS[name]
    assert _LEAST.get(name, len(forms)) <= len(elements) <= len(forms), segment
    for form, element in zip(forms, elements, strict=False):
        assert re.fullmatch(form, element), segment
        assert component not in element, segment


def _check_element_note(name: str, elements: list[str], component: str) -> None:
    position = elements[0].split(component)
    assert 1 <= len(position) <= 3
    assert re.fullmatch("[1-9][0-9]?", position[0])
    assert position[-1] != ""
    assert re.fullmatch("([0-9]{1,4})?", elements[1])
    assert re.fullmatch(_ELEMENT_CODE[name], elements[2])
    if len(elements) > 3:
        assert re.fullmatch(f"(?=.{{1,99}}$){_DATA}", elements[3]), elements
        assert component not in elements[3]


def _check_counts(part: list[list[str]]) -> None:
    """AK9 counts what stands above it, and AK901 follows from that."""
    status, _, received, accepted = next(s for s in part if s[0] == "AK9")[1:5]
    sets = [s[1] for s in part if s[0] in ("IK5", "AK5")]
    assert int(received) >= len(sets)
    if status == "R":
        assert accepted == "0"
    else:
        assert int(accepted) == sum(s in "AE" for s in sets)
        assert (status == "P") == (int(accepted) < int(received))
