"""Every file of the shared corpus gets an answer that reads back clean, here and in pyx12."""

from __future__ import annotations

import io
import logging
from pathlib import Path

import pytest
import pyx12.params
import pyx12.x12n_document

from ediport.guides import library
from ediport.x12.errors import Unreadable
from ediport.x12.events import DocumentText, Event, GroupEnd
from ediport.x12.findings import Finding
from ediport.x12.reader import read
from tests.unit.acks.ack_answers import Answer, Numbers, answer, parse

GROUPS = {"BE", "HB", "HC", "HI", "HN", "HP", "HR", "HS", "RA"}
SETS = {"270", "271", "276", "277", "278", "820", "834", "835", "837"}
"""AK101 and AK201 as pyx12's maps of 999 and 997 have them; others exist and are acknowledged too."""
QUALIFIERS = {"01", "14", "20", "27", "28", "29", "30", "33", "ZZ"}
"""ISA05 and ISA07 as pyx12's map of control segments has them."""

least_answers = 400
least_acknowledgments = 250
least_old_acknowledgments = 10


def _events(data: bytes) -> list[Event]:
    try:
        return [e for e in read([data], library()) if not isinstance(e, DocumentText)]
    except Unreadable:
        return []


@pytest.fixture(scope="module")
def answers(corpus: Path) -> dict[str, tuple[list[Event], bytes]]:
    found, numbers = {}, Numbers()
    for path in sorted(p for p in corpus.rglob("*") if p.is_file()):
        events = _events(path.read_bytes())
        if events:
            found[str(path.relative_to(corpus))] = events, answer(events, numbers=numbers)
    return found


def _is_known(found: Answer) -> bool:
    """Whether pyx12's maps have the group, sets and qualifiers of an answer."""
    segments = [segment for group in found.groups for segment in group]
    return (
        {s[1] for s in segments if s[0] == "AK1"} <= GROUPS
        and {s[1] for s in segments if s[0] == "AK2"} <= SETS
        and {found.isa[5], found.isa[7]} <= QUALIFIERS
    )


def _interchanges(text: bytes) -> list[bytes]:
    """The interchanges of an answer, one by one."""
    head, found = b"ISA" + text[3:4] + b"00" + text[3:4], []
    while text:
        next_one = text.find(head, 3)
        found.append(text if next_one < 0 else text[:next_one])
        text = b"" if next_one < 0 else text[next_one:]
    return found


def test_every_file_is_answered(answers: dict[str, tuple[list[Event], bytes]]) -> None:
    assert len(answers) >= least_answers
    for name, (events, text) in answers.items():
        has_groups = any(isinstance(event, GroupEnd) for event in events)
        assert parse(text) or not has_groups, name


def test_the_counts_are_those_of_the_reader(
    answers: dict[str, tuple[list[Event], bytes]],
) -> None:
    for name, (events, text) in answers.items():
        accepted = sum(event.accepted for event in events if isinstance(event, GroupEnd))
        rows = [s for a in parse(text) for g in a.groups for s in g if s[0] == "AK9"]
        assert sum(int(row[4]) for row in rows) <= accepted, name
        good = [e for e in events if isinstance(e, GroupEnd) and e.errors == 0 and e.accepted]
        assert sum(row[1] in "AEP" for row in rows) <= len(good), name


def test_the_engine_reads_every_999_without_a_finding(
    answers: dict[str, tuple[list[Event], bytes]],
) -> None:
    count = 0
    for name, (_, text) in answers.items():
        for raw in _interchanges(text):
            found = parse(raw)[0]
            if any(g[0][8] != "005010X231A1" for g in found.groups) or not _is_known(found):
                continue
            events = list(read([raw], library()))
            assert [e.rule.id for e in events if isinstance(e, Finding)] == [], name
            count += bool(found.groups)
    assert count >= least_acknowledgments


def _is_valid_for_pyx12(text: bytes) -> bool:
    logging.getLogger("pyx12").setLevel(logging.CRITICAL)
    params = pyx12.params.ParamsBase()
    source = io.StringIO(text.decode("latin-1"))
    return bool(pyx12.x12n_document.x12n_document(params, source, None, None))


def _assert_valid_for_pyx12(named: list[tuple[str, bytes]]) -> None:
    """Many at once, since pyx12 loads its maps for every call; it cannot mix maps or separators."""
    bundles: dict[tuple[bytes, bool], list[tuple[str, bytes]]] = {}
    for name, raw in named:
        key = raw[3:4] + raw[104:106], bool(parse(raw)[0].groups)
        bundles.setdefault(key, []).append((name, raw))
    for rows in bundles.values():
        if not _is_valid_for_pyx12(b"".join(raw for _, raw in rows)):
            faulty = [name for name, raw in rows if not _is_valid_for_pyx12(raw)]
            pytest.fail(f"pyx12 rejects the answers to {faulty}")


def test_pyx12_accepts_every_999_and_every_ta1(
    answers: dict[str, tuple[list[Event], bytes]],
) -> None:
    named, count = [], 0
    for name, (_, text) in answers.items():
        for raw in _interchanges(text):
            found = parse(raw)[0]
            versions = {g[0][8] for g in found.groups}
            if found.isa[12] == "00501" and versions <= {"005010X231A1"} and _is_known(found):
                named.append((name, raw))
                count += bool(versions)
    assert count >= least_acknowledgments
    _assert_valid_for_pyx12(named)


def test_pyx12_accepts_every_997_that_it_has_a_map_for(
    answers: dict[str, tuple[list[Event], bytes]],
) -> None:
    named = []
    for name, (_, text) in answers.items():
        for raw in _interchanges(text):
            found = parse(raw)[0]
            is_old = found.isa[12] == "00401" and found.isa[16] != "^"
            versions = {g[0][8] for g in found.groups}
            if is_old and versions == {"004010"} and _is_known(found):
                named.append((name, raw))
    assert len(named) >= least_old_acknowledgments
    _assert_valid_for_pyx12(named)
