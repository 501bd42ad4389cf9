"""Ties answers to what was asked, by the numbers that both name. Pure functions over canonical
documents.

What a partner repeats to us is little: TA1 our ISA13, a 999 our GS06 and ST02, a 277CA our BHT03
and each claim's CLM01 (and REF*D9), an 835 CLM01. Keys of a sent document are recorded with its
transaction id when it leaves; the keys of a verdict are looked up when the answer comes. Where the
paths are is data (`transactions`). Values of some kinds may be PHI: keep and compare keyed hashes
of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ediport.documents.paths import Document, find, first, narrow, nodes, within
from ediport.partners.transactions import (
    Codes,
    Keys,
    RequestRow,
    Transactions,
    VerdictRow,
    transactions,
)

OTHER: Final = "other"
"""The code of an outcome that stands for all codes that are not listed."""

_CONTROL_NUMBER_KINDS: Final = frozenset({"interchange", "group", "transaction"})


@dataclass(frozen=True, slots=True)
class Key:
    """A number that names something to both sides. Its value is never printed.

    Control numbers are without leading zeros (`transaction` is GS06/ST02), so that both sides'
    forms match.
    """

    kind: str
    value: str = field(repr=False)
    phi: bool = False

    @property
    def ledger_kind(self) -> str:
        """The kind under which it is recorded: one that may be PHI is recorded as a keyed hash."""
        return f"{self.kind}_hash" if self.phi else self.kind


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer says about one thing.

    `source` is TA1 or the transaction set (`999`, `277`, `835`), `level` is interchange, group,
    transaction, batch, provider or unit, `outcome` accepted, rejected, partial, paid, denied,
    reversed, forwarded or estimated; `codes` are status and reason codes as `A7:164:IL` or `CO:45`.
    """

    source: str
    level: str
    outcome: str
    code: str
    keys: tuple[Key, ...]
    codes: tuple[str, ...] = ()

    def key(self, kind: str) -> Key | None:
        """The key of a kind, or None."""
        return next((key for key in self.keys if key.kind == kind), None)


def request_keys(document: Document, *, table: Transactions | None = None) -> tuple[Key, ...]:
    """What names a document that we send: its envelope as far as it has one, and its units.

    Given a document as read from the built X12 (`split="unit"`), the control numbers are among
    them.
    """
    rows = table or transactions()
    row = rows.request(document)
    return _keys(document, {**rows.envelope, **(row.keys if row else {})}, rows)


def request_units(document: Document, *, table: Transactions | None = None) -> list[Document]:
    """The units of a document, each with its ancestors; the document itself where it is one."""
    row: RequestRow | None = (table or transactions()).request(document)
    units = list(narrow(document, row.units)) if row and row.units else []
    return [*units] or [document]


def verdicts(document: Document, *, table: Transactions | None = None) -> Iterator[Verdict]:
    """What an answer says, from the widest level to the narrowest; nothing for what is none."""
    rows = table or transactions()
    for source, row in rows.verdict_rows(document):
        parts = narrow(document, row.at) if row.at else iter([dict(document)])
        for part in parts:
            verdict = _verdict(part, source, row, rows)
            if verdict is not None:
                yield verdict


def _verdict(part: Document, source: str, row: VerdictRow, rows: Transactions) -> Verdict | None:
    code = first(part, row.value)
    outcome = row.outcomes.get(code) or row.outcomes.get(OTHER)
    if not code or outcome is None or (row.only and outcome not in row.only):
        return None
    codes = tuple(dict.fromkeys(text for spec in row.codes for text in _codes(part, spec)))
    return Verdict(source, row.level, outcome, code, _keys(part, row.keys, rows), codes)


def _codes(part: Document, spec: Codes) -> Iterator[str]:
    for segment in nodes(part, spec.each):
        for row in spec.parts:
            values = [next(within(segment, path), "") for path in row]
            # STC01-3 may be missing; a group code without its reason says nothing.
            if all(values[:2]):
                yield ":".join(value for value in values if value)


def _keys(document: Document, keys: Keys, rows: Transactions) -> tuple[Key, ...]:
    found: dict[Key, None] = {}
    for kind, alternatives in keys.items():
        for paths in alternatives:
            for value in _values(document, paths):
                found[Key(kind, _normal(kind, value), kind in rows.phi)] = None
    return tuple(found)


def _values(document: Document, paths: tuple[str, ...]) -> Iterator[str]:
    if len(paths) == 1:
        yield from find(document, paths[0])
        return
    values = [first(document, path) for path in paths]
    if all(values):
        yield "/".join(values)


def _normal(kind: str, value: str) -> str:
    """Control numbers without leading zeros, others without blanks at their ends."""
    parts = value.strip().split("/") if kind in _CONTROL_NUMBER_KINDS else []
    return "/".join(part.lstrip("0") or "0" for part in parts) or value.strip()
