"""The ledger port: what happened to every business unit, idempotency, outbox, control numbers,
correlation.

What every adapter keeps, proved by one contract suite (tests/contract/test_ledger.py): everything
done in one `begin()` is there after it or nothing of it is; writers take turns; a commit is
durable. Times are RFC 3339 in UTC (`ediport.messaging.headers.timestamp`). Errors: `Retryable` when
the database is away or busy too long, `Defect` when a rule of the ledger is broken (unknown unit,
illegal value).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from ediport.ledger.states import FILE_RECEIVED, RECEIVED
from ediport.messaging.port import Message

PARKED = "parked"
REPLAYED = "replayed"
DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Unit:
    """A business unit (claim, inquiry, member ...). `idempotency_key` is unique in the ledger, so
    whoever makes it puts the submitter into it. `patient_reference_hash` is a reference hash.
    `state_at`: since when it is in `state`.
    """

    transaction_id: str
    idempotency_key: str
    requester: str
    partner: str
    transaction_set: str
    guide: str
    source: str
    correlation_id: str
    received_at: str
    state: str = RECEIVED
    patient_reference_hash: str | None = None
    state_at: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a unit. The kind of a change of state is the name of the state."""

    transaction_id: str
    kind: str
    at: str
    detail: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A body of a unit in storage."""

    transaction_id: str
    kind: str
    reference: str
    media_type: str
    at: str


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message that waits for the relay."""

    id: int
    queue: str
    message: Message


@dataclass(frozen=True, slots=True)
class File:
    """Intake journal of one file. Everything before `position` (bytes or rows, as the intake
    counts) was journalled in the transaction that wrote it; `records` went on as units, `rejected`
    did not.
    """

    digest: str
    name: str
    source: str
    received_at: str
    state: str = FILE_RECEIVED
    records: int = 0
    rejected: int = 0
    position: int = 0
    state_at: str = ""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A parked message, known by the queue it was parked from and its idempotency key."""

    queue: str
    idempotency_key: str
    transaction_id: str | None
    cause: str
    attempts: int
    at: str
    state: str = PARKED


class Reader(Protocol):
    """What can be asked, of one consistent state of the ledger."""

    def unit(self, transaction_id: str) -> Unit | None: ...

    def units(
        self,
        *,
        state: str | None = None,
        partner: str | None = None,
        requester: str | None = None,
        source: str | None = None,
        after: str | None = None,
        limit: int = 100,
        newest_first: bool = False,
    ) -> list[Unit]:
        """A page of units in the order of their ids, which is the order of intake. `after`: the
        last id of the page before. `source` is a whole source, or the part before its `#` (all
        units of a file).
        """
        ...

    def events(self, transaction_id: str) -> list[Event]:
        """In the order in which they were recorded."""
        ...

    def documents(self, transaction_id: str) -> list[DocumentRow]:
        """In the order in which they were recorded."""
        ...

    def correlated(self, partner: str, kind: str, value: str) -> list[str]:
        """Transaction ids, in the order of intake."""
        ...

    def file(self, digest: str) -> File | None: ...

    def dead_letters(
        self, *, state: str = PARKED, queue: str | None = None, limit: int = 100
    ) -> list[DeadLetter]:
        """Oldest first."""
        ...

    def counts(self) -> dict[str, int]:
        """Units by state; states without units are left out."""
        ...


class Work(Reader, Protocol):
    """One database transaction. Reads see what was written before in it."""

    def seen(self, consumer: str, key: str) -> bool:
        """The inbox: True when `consumer` recorded `key` before; else records it in this
        transaction.
        """
        ...

    def seen_many(self, consumer: str, keys: Sequence[str]) -> list[bool]:
        """`seen` for a batch; a key that is twice in it is seen the second time."""
        ...

    def enqueue(self, queue: str, message: Message) -> None:
        """The outbox: the message leaves after the commit, at least once (see `relay`)."""
        ...

    def outbox(self, limit: int) -> list[OutboxRow]:
        """The oldest rows, which stay in the hands of this transaction until it ends."""
        ...

    def outbox_sent(self, ids: Sequence[int]) -> None:
        """These are with the broker; their rows go, as a body is not kept twice."""
        ...

    def add_unit(self, unit: Unit) -> bool:
        """Records a unit and its first event; False, and nothing changed, when its idempotency key
        is there already.
        """
        ...

    def add_units(self, units: Sequence[Unit]) -> list[bool]:
        """`add_unit` for a batch."""
        ...

    def set_state(
        self, transaction_id: str, state: str, *, detail: Mapping[str, str] | None = None
    ) -> None:
        """Records an event and moves the unit, if `states.may_follow` says so. `detail`: codes
        only, no PHI.
        """
        ...

    def add_event(self, transaction_id: str, kind: str, detail: Mapping[str, str]) -> None: ...

    def add_document(self, transaction_id: str, kind: str, reference: str, media_type: str) -> None:
        """`reference` as `Storage.put` gave it; put it there before, so that the ledger never
        points at nothing.
        """
        ...

    def next_numbers(self, scope: str, count: int = 1) -> Sequence[int]:
        """The next `count` control numbers of `scope`, 1 to 999999999 and round again: no gap, none
        twice. They are given back when the transaction rolls back, so `scope` is taken until the
        end of it.
        """
        ...

    def correlate(self, partner: str, kind: str, value: str, transaction_id: str) -> None:
        """Remembers what the partner's answers will name. A `kind` that ends in `_hash` takes a
        reference hash only.
        """
        ...

    def add_file(self, digest: str, name: str, source: str) -> bool:
        """False, and nothing changed, when the file is known; `file` then says how far it got."""
        ...

    def set_file_progress(
        self, digest: str, *, records: int, state: str, rejected: int = 0, position: int = 0
    ) -> None:
        """Totals so far, in the transaction that records those units."""
        ...

    def add_dead_letter(self, letter: DeadLetter) -> None:
        """Records a parked message; one that was parked before is parked again."""
        ...

    def set_dead_letter_state(self, queue: str, idempotency_key: str, state: str) -> None: ...


class Ledger(Protocol):
    """Safe to use from several threads; several processes each make their own."""

    def begin(self) -> AbstractContextManager[Work]:
        """One database transaction: commit at the end, roll back on an exception. Not to be nested
        in a thread.
        """
        ...

    def read(self) -> AbstractContextManager[Reader]:
        """A consistent look that waits for no writer and holds none up."""
        ...

    def close(self) -> None: ...
