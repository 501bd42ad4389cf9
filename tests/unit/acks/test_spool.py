"""Memory: one set's notes and a piece of text; everything else waits in the caller's spool."""

from __future__ import annotations

import tempfile
import tracemalloc
from collections.abc import Iterator

import pytest

from ediport.x12.acks import Acknowledger, AckOptions, acknowledge
from ediport.x12.acks.envelope import AnswerWriter, answer_envelope, group_line
from ediport.x12.acks.text import line
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
from tests.unit.acks.ack_answers import NOW, Numbers, gs, isa, parse

sets_count = 10_000
memory_bytes_max = 300_000


def many_sets(count: int) -> Iterator[Event]:
    yield InterchangeBegin(1, isa(), Delimiters(), 1)
    yield GroupBegin(1, gs(), "g")
    for number in range(count):
        yield TransactionBegin(number, ("837", f"{number:09d}"), "g", "837")
        yield TransactionEnd(number, "", 10, 0, 0, True, 0)
    yield GroupEnd(1, "77", count, count, count, 0)
    yield InterchangeEnd(1, "", 1, 0)


def test_memory_does_not_grow_with_the_sets() -> None:
    with tempfile.TemporaryFile() as file:
        tracemalloc.start()
        try:
            pieces = acknowledge(
                many_sets(sets_count), control_numbers=Numbers(), now=NOW, spool=lambda: file
            )
            length = sum(len(piece) for piece in pieces)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert length > sets_count * 20
    assert peak < memory_bytes_max


def test_a_spooled_temporary_file_serves_and_is_closed() -> None:
    spools = []

    def spool() -> tempfile.SpooledTemporaryFile[bytes]:
        spools.append(tempfile.SpooledTemporaryFile(max_size=1_000))  # noqa: SIM115
        return spools[-1]

    options = AckOptions(functional="errors")
    events = list(many_sets(100))
    text = b"".join(
        acknowledge(events, control_numbers=Numbers(), now=NOW, options=options, spool=spool)
    )
    assert len(parse(text)) == 1
    text = b"".join(acknowledge(events, control_numbers=Numbers(), now=NOW, spool=spool))
    assert len(parse(text)) == 2
    assert all(s.closed for s in spools)


def test_the_answer_comes_with_the_end_of_the_interchange() -> None:
    acknowledger = Acknowledger(control_numbers=Numbers(), now=NOW)
    pieces = [b"".join(acknowledger.feed(event)) for event in many_sets(3)]
    assert not any(pieces[:-1])
    assert len(parse(pieces[-1])) == 2
    assert b"".join(acknowledger.finish()) == b""


def test_counts_with_too_many_digits_begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ediport.x12.acks.envelope.sets_per_group_max", 2)
    monkeypatch.setattr("ediport.x12.acks.envelope.groups_per_interchange_max", 3)
    envelope = answer_envelope(isa(), Delimiters(), "00501", AckOptions())
    writer = AnswerWriter(envelope, Numbers(), NOW)
    rows = [group_line("999", "005010X231A1", "AA", "BB")]
    rows += [line("AK1", "HC", 1, "V"), line("AK9", "A", 0, 0, 0)] * 9
    text = b"".join(piece for row in rows for piece in writer.put(row))
    text += b"".join(writer.close())
    assert [len(a.groups) for a in parse(text)] == [3, 2]
