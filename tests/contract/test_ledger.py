"""Contract of `ediport.ledger.port`: every adapter keeps it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from ediport.ledger import states
from ediport.ledger.identifiers import new_transaction_id
from ediport.ledger.limits import control_number_max, detail_bytes_max, numbers_at_once_max
from ediport.ledger.port import (
    DROPPED,
    REPLAYED,
    DeadLetter,
    Ledger,
    OutboxRow,
    Unit,
    Work,
)
from ediport.ledger.relay import relay_once
from ediport.messaging.headers import timestamp
from ediport.messaging.memory import MemoryMessaging
from ediport.messaging.port import Message
from ediport.x12.errors import Defect, Retryable
from tests.contract.adapters import LEDGER
from tests.contract.children import SCOPE
from tests.contract.processes import Child, children, run_and_kill

QUEUE = "edi.requests"
kills = 5
HASH = "0123456789abcdef" * 4


@pytest.fixture(params=LEDGER)
def adapter(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def ledger(adapter: str, tmp_path: Path) -> Iterator[Ledger]:
    opened = LEDGER[adapter](tmp_path)
    yield opened
    opened.close()


def a_unit(key: str = "key", **values: str) -> Unit:
    unit = Unit(
        transaction_id=new_transaction_id(),
        idempotency_key=key,
        requester="clinic",
        partner="one",
        transaction_set="837P",
        guide="005010X222A1",
        source="file:claims.csv#1",
        correlation_id="c-1",
        received_at=timestamp(),
    )
    return replace(unit, **values)


@contextmanager
def interrupted(ledger: Ledger) -> Iterator[Work]:
    """A transaction that ends in an exception."""
    with suppress(InterruptedError), ledger.begin() as work:
        yield work
        raise InterruptedError


def add(ledger: Ledger, *units: Unit) -> list[bool]:
    with ledger.begin() as work:
        return work.add_units(units)


def kinds(ledger: Ledger, unit: Unit) -> list[str]:
    with ledger.read() as reader:
        return [event.kind for event in reader.events(unit.transaction_id)]


def state_of(ledger: Ledger, unit: Unit) -> str:
    with ledger.read() as reader:
        found = reader.unit(unit.transaction_id)
    assert found is not None
    return found.state


def test_what_is_committed_is_there(ledger: Ledger) -> None:
    unit = a_unit(patient_reference_hash=HASH)
    assert add(ledger, unit) == [True]
    with ledger.read() as reader:
        assert reader.unit(unit.transaction_id) == replace(unit, state_at=unit.received_at)
        assert reader.unit("none") is None
        assert reader.counts() == {states.RECEIVED: 1}


def test_what_is_rolled_back_is_not(ledger: Ledger) -> None:
    unit = a_unit()
    with interrupted(ledger) as work:
        work.add_unit(unit)
        work.seen("consumer", "key")
        work.enqueue(QUEUE, Message(b"x", {}))
    with ledger.begin() as work:
        assert work.unit(unit.transaction_id) is None
        assert not work.seen("consumer", "key")
        assert work.outbox(10) == []


def test_work_sees_what_it_wrote(ledger: Ledger) -> None:
    unit = a_unit()
    with ledger.begin() as work:
        work.add_unit(unit)
        work.set_state(unit.transaction_id, states.TRANSLATED, detail={"worker": "3"})
        work.add_document(unit.transaction_id, "x12", f"sha256/{HASH}", "application/edi-x12")
        work.correlate("one", "interchange", "7", unit.transaction_id)
        work.enqueue(QUEUE, Message(b"x", {"guide": "größe"}))
        assert [event.detail for event in work.events(unit.transaction_id)] == [{}, {"worker": "3"}]
        assert [document.kind for document in work.documents(unit.transaction_id)] == ["x12"]
        assert work.correlated("one", "interchange", "7") == [unit.transaction_id]
        assert [row.message for row in work.outbox(10)] == [Message(b"x", {"guide": "größe"})]
        assert work.counts() == {states.TRANSLATED: 1}


def test_readers_see_the_last_commit_and_wait_for_no_writer(ledger: Ledger) -> None:
    unit = a_unit()
    with ledger.begin() as work:
        work.add_unit(unit)
        with ledger.read() as reader:
            assert reader.unit(unit.transaction_id) is None
    assert state_of(ledger, unit) == states.RECEIVED


def test_begin_is_not_nested(ledger: Ledger) -> None:
    with pytest.raises(Defect), ledger.begin(), ledger.begin():
        raise AssertionError("must not get here")
    with ledger.begin() as work:
        assert work.counts() == {}


def test_the_inbox_remembers_by_consumer(ledger: Ledger) -> None:
    with ledger.begin() as work:
        assert not work.seen("a", "key")
        assert work.seen("a", "key")
        assert not work.seen("b", "key")
    with ledger.begin() as work:
        assert work.seen("a", "key")
        assert work.seen_many("a", ["new", "key", "new", "other"]) == [False, True, True, False]
        assert work.seen_many("a", []) == []


def test_the_inbox_takes_large_batches(ledger: Ledger) -> None:
    keys = [str(number) for number in range(3000)]
    with ledger.begin() as work:
        assert not any(work.seen_many("a", keys))
        assert all(work.seen_many("a", keys))


def test_a_unit_is_added_once(ledger: Ledger) -> None:
    first, repeat, second = a_unit("1"), a_unit("1"), a_unit("2")
    assert add(ledger, first, repeat, second, first) == [True, False, True, False]
    assert add(ledger, repeat, second) == [False, False]
    assert kinds(ledger, first) == [states.RECEIVED]
    assert kinds(ledger, repeat) == []


def test_a_transaction_id_names_one_unit(ledger: Ledger) -> None:
    unit = a_unit("1")
    add(ledger, unit)
    with pytest.raises(Defect):
        add(ledger, replace(unit, idempotency_key="2"))


def test_units_by_filter_and_page(ledger: Ledger) -> None:
    mine = [a_unit(f"m{number}", source=f"file:a.csv#{number}") for number in range(5)]
    others = [
        a_unit("o1", partner="two", requester="lab", source="file:a.csv.old#1"),
        a_unit("o2", state=states.SENT, source="api:lab"),
    ]
    add(ledger, *mine, *others)
    ids = sorted(unit.transaction_id for unit in mine)

    def found(reader: Work, **wanted: object) -> list[str]:
        return [unit.transaction_id for unit in reader.units(**wanted)]  # type: ignore[arg-type]

    with ledger.begin() as work:
        assert found(work, source="file:a.csv") == ids
        assert found(work, source="file:a.csv#3") == [mine[3].transaction_id]
        assert found(work, source="file:a.csv", limit=2) == ids[:2]
        assert found(work, source="file:a.csv", after=ids[1], limit=2) == ids[2:4]
        assert found(work, source="file:a.csv", newest_first=True, limit=2) == ids[:2:-1]
        assert found(work, source="file:a.csv", newest_first=True, after=ids[3]) == ids[2::-1]
        assert (
            found(work, partner="two") == found(work, requester="lab") == [others[0].transaction_id]
        )
        assert (
            found(work, state=states.SENT)
            == found(work, source="api:lab")
            == [others[1].transaction_id]
        )
        assert len(found(work)) == 7


def test_states_move_forward_only_and_every_step_is_an_event(ledger: Ledger) -> None:
    unit = a_unit()
    add(ledger, unit)
    steps = [states.TRANSLATED, states.SENT, states.ACCEPTED, states.ACKNOWLEDGED]
    for step in steps:
        with ledger.begin() as work:
            work.set_state(unit.transaction_id, step)
    assert state_of(ledger, unit) == states.ACCEPTED
    assert kinds(ledger, unit) == [states.RECEIVED, *steps]


def test_states_of_one_transaction_keep_their_order(ledger: Ledger) -> None:
    unit = a_unit()
    add(ledger, unit)
    with ledger.begin() as work:
        work.set_state(unit.transaction_id, states.DEAD)
        work.set_state(unit.transaction_id, states.TRANSLATED)
        work.set_state(unit.transaction_id, states.REJECTED, detail={"by": "999"})
        work.set_state(unit.transaction_id, states.FINALIZED)
    assert state_of(ledger, unit) == states.REJECTED


def test_the_time_of_a_state_is_kept(ledger: Ledger) -> None:
    unit = a_unit(received_at="2026-01-01T00:00:00.000000Z")
    add(ledger, unit)
    with ledger.begin() as work:
        work.set_state(unit.transaction_id, states.SENT)
        found = work.unit(unit.transaction_id)
    assert found is not None
    with ledger.read() as reader:
        assert found.state_at == reader.events(unit.transaction_id)[-1].at > unit.received_at


def test_an_event_changes_no_state(ledger: Ledger) -> None:
    unit = a_unit()
    add(ledger, unit)
    with ledger.begin() as work:
        work.add_event(unit.transaction_id, states.ANSWER_DELIVERED, {"kind": "277CA"})
    assert kinds(ledger, unit) == [states.RECEIVED, states.ANSWER_DELIVERED]
    assert state_of(ledger, unit) == states.RECEIVED


def test_rules_of_values(ledger: Ledger) -> None:
    unit = a_unit()
    add(ledger, unit)
    name = unit.transaction_id
    with ledger.begin() as work:
        for broken in (
            lambda: work.set_state(name, "gone"),
            lambda: work.add_unit(a_unit("2", state="gone")),
            lambda: work.add_unit(a_unit("2", patient_reference_hash="SMITH")),
            lambda: work.add_unit(a_unit("2", partner="x" * 65)),
            lambda: work.seen("consumer", "x" * 513),
            lambda: work.add_event(name, "kind", {"key": "x" * detail_bytes_max}),
            lambda: work.correlate("one", "patient_control_number_hash", "SMITH-1", name),
            lambda: work.enqueue(QUEUE, Message(b"", {"not-legal": "x"})),
            lambda: work.enqueue("no queue", Message(b"", {})),
            lambda: work.next_numbers(SCOPE, 0),
            lambda: work.next_numbers(SCOPE, numbers_at_once_max + 1),
            lambda: work.set_file_progress("none", records=1, state=states.FILE_DONE),
            lambda: work.set_file_progress("none", records=1, state="gone"),
            lambda: work.set_dead_letter_state(QUEUE, "none", DROPPED),
            lambda: work.set_dead_letter_state(QUEUE, "none", "gone"),
        ):
            with pytest.raises(Defect):
                broken()
    assert kinds(ledger, unit) == [states.RECEIVED]


@pytest.mark.parametrize("change", ["state", "event", "document", "correlation"])
def test_nothing_is_recorded_of_a_unit_that_is_unknown(ledger: Ledger, change: str) -> None:
    name = new_transaction_id()
    with pytest.raises(Defect), ledger.begin() as work:
        {
            "state": lambda: work.set_state(name, states.SENT),
            "event": lambda: work.add_event(name, "kind", {}),
            "document": lambda: work.add_document(name, "x12", f"sha256/{HASH}", "text/plain"),
            "correlation": lambda: work.correlate("one", "group", "1", name),
        }[change]()


def test_errors_tell_no_values(ledger: Ledger) -> None:
    unit = a_unit("SECRET")
    add(ledger, unit)
    with pytest.raises(Defect) as error:
        add(ledger, replace(unit, idempotency_key="SECRET-2"))
    chain: BaseException | None = error.value
    while chain is not None:
        assert "SECRET" not in f"{chain} {chain!r}"
        chain = chain.__cause__


def test_correlations(ledger: Ledger) -> None:
    first, second = a_unit("1"), a_unit("2")
    add(ledger, first, second)
    with ledger.begin() as work:
        for unit in (second, first, first):
            work.correlate("one", "group", "7", unit.transaction_id)
        work.correlate("one", "patient_control_number_hash", HASH, first.transaction_id)
    with ledger.read() as reader:
        both = sorted([first.transaction_id, second.transaction_id])
        assert reader.correlated("one", "group", "7") == both
        assert reader.correlated("one", "group", "8") == []
        assert reader.correlated("two", "group", "7") == []
        assert reader.correlated("one", "patient_control_number_hash", HASH) == [
            first.transaction_id
        ]


def test_the_outbox_is_first_in_first_out(ledger: Ledger) -> None:
    messages = [Message(str(number).encode(), {}) for number in range(1200)]
    with ledger.begin() as work:
        for message in messages:
            work.enqueue(QUEUE, message)
    with ledger.begin() as work:
        rows = work.outbox(700)
        assert [row.message for row in rows] == messages[:700]
        work.outbox_sent([row.id for row in rows])
        assert [row.message for row in work.outbox(700)] == messages[700:]


def test_an_outbox_of_large_bodies_comes_in_parts(ledger: Ledger) -> None:
    with ledger.begin() as work:
        for number in range(5):
            work.enqueue(QUEUE, Message(bytes([number]) * 12_000_000, {}))
    with ledger.begin() as work:
        assert [row.message.body[0] for row in work.outbox(10)] == [0, 1]


def test_the_relay_moves_the_outbox(ledger: Ledger) -> None:
    messaging = MemoryMessaging()
    with ledger.begin() as work:
        for number in range(5):
            work.enqueue(f"edi.{number % 2}", Message(str(number).encode(), {"guide": "x"}))
    assert [relay_once(ledger, messaging, limit=3) for _ in range(3)] == [3, 2, 0]
    taken = messaging.receive("edi.0", limit=10, wait_s=0.0)
    assert [delivery.message.body for delivery in taken] == [b"0", b"2", b"4"]


def test_a_relay_that_fails_between_send_and_commit_sends_again(ledger: Ledger) -> None:
    class Failing(MemoryMessaging):
        def send(self, queue: str, messages: object) -> None:
            super().send(queue, messages)  # type: ignore[arg-type]
            raise Retryable("connection lost")

    messaging = Failing()
    with ledger.begin() as work:
        work.enqueue(QUEUE, Message(b"x", {"idempotency_key": "1"}))
    with pytest.raises(Retryable):
        relay_once(ledger, messaging)
    with ledger.begin() as work:
        (row,) = work.outbox(10)
    assert row == OutboxRow(row.id, QUEUE, Message(b"x", {"idempotency_key": "1"}))
    assert messaging.depth(QUEUE).ready == 1


def test_control_numbers(ledger: Ledger) -> None:
    with ledger.begin() as work:
        assert list(work.next_numbers("a")) == [1]
        assert list(work.next_numbers("a", 3)) == [2, 3, 4]
        assert list(work.next_numbers("b", 2)) == [1, 2]
    with interrupted(ledger) as work:
        work.next_numbers("a", 100)
    with ledger.begin() as work:
        assert list(work.next_numbers("a")) == [5]


def test_control_numbers_go_round(ledger: Ledger) -> None:
    with ledger.begin() as work:
        for _ in range(control_number_max // numbers_at_once_max):
            work.next_numbers(SCOPE, numbers_at_once_max)
        work.next_numbers(SCOPE, control_number_max % numbers_at_once_max - 2)
        assert list(work.next_numbers(SCOPE, 4)) == [
            control_number_max - 1,
            control_number_max,
            1,
            2,
        ]
        assert list(work.next_numbers(SCOPE)) == [3]


def test_files(ledger: Ledger) -> None:
    with ledger.begin() as work:
        assert work.add_file("d1", "claims.csv", "sftp:clinic")
        assert not work.add_file("d1", "again.csv", "sftp:other")
        work.set_file_progress("d1", records=5, rejected=1, position=900, state=states.FILE_READING)
    with ledger.read() as reader:
        file = reader.file("d1")
        assert reader.file("d2") is None
    assert file is not None
    assert (file.name, file.source, file.state) == ("claims.csv", "sftp:clinic", "reading")
    assert (file.records, file.rejected, file.position) == (5, 1, 900)
    assert file.received_at <= file.state_at


def test_dead_letters(ledger: Ledger) -> None:
    first = DeadLetter(QUEUE, "1", "t-1", "Defect", 1, "2026-01-01T00:00:00Z")
    second = DeadLetter(QUEUE, "2", None, "attempts_exceeded", 10, "2026-01-02T00:00:00Z")
    other = DeadLetter("edi.inbound", "1", None, "Defect", 1, "2026-01-03T00:00:00Z")
    with ledger.begin() as work:
        for letter in (second, first, other, first):
            work.add_dead_letter(letter)
    with ledger.begin() as work:
        assert work.dead_letters() == [first, second, other]
        assert work.dead_letters(queue=QUEUE, limit=1) == [first]
        work.set_dead_letter_state(QUEUE, "1", REPLAYED)
        assert work.dead_letters(state=REPLAYED) == [replace(first, state=REPLAYED)]
        work.add_dead_letter(replace(first, attempts=3))
        assert work.dead_letters(queue=QUEUE) == [replace(first, attempts=3), second]


def test_a_ledger_that_is_opened_again_has_everything(adapter: str, tmp_path: Path) -> None:
    unit = a_unit()
    for _ in range(2):
        ledger = LEDGER[adapter](tmp_path)
        add(ledger, unit)
        ledger.close()
    ledger = LEDGER[adapter](tmp_path)
    assert kinds(ledger, unit) == [states.RECEIVED]
    ledger.close()


def test_processes_that_open_a_new_ledger_together(adapter: str, tmp_path: Path) -> None:
    with children(*(Child("open_ledger", adapter, tmp_path) for _ in range(4))) as started:
        assert [child.join() for child in started] == [0, 0, 0, 0]


def test_control_numbers_of_parallel_processes_have_no_gap(adapter: str, tmp_path: Path) -> None:
    with children(*(Child("number", adapter, tmp_path, 40) for _ in range(3))) as started:
        assert [child.join() for child in started] == [0, 0, 0]
        numbers = [int(line) for child in started for line in child.lines]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_a_killed_process_leaves_whole_transactions_and_all_that_it_confirmed(
    adapter: str, tmp_path: Path
) -> None:
    chance = random.Random(adapter)
    confirmed = {
        line
        for turn in range(kills)
        for line in run_and_kill(chance, "record", adapter, tmp_path, turn)
    }
    recorded: list[str] = []
    ledger = LEDGER[adapter](tmp_path)
    with ledger.begin() as work:
        while rows := work.outbox(1000):
            recorded += [row.message.body.decode() for row in rows]
            work.outbox_sent([row.id for row in rows])
        assert confirmed <= set(recorded)
        assert len(set(recorded)) == len(recorded)
        assert all(work.seen_many("a", recorded))
        assert list(work.next_numbers(SCOPE)) == [len(recorded) + 1]
    ledger.close()
