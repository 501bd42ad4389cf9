"""The table of transaction sets: where each names its payer, its units, their keys and its
verdicts.

Data, not code: `schemas/partners/transactions.yaml`, which describes its own members. A transaction
set that is not in it can still be sent and received; it is routed and correlated by its envelope
only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import yaml

from ediport.documents.paths import Document, first, parse
from ediport.resources import schemas_folder
from ediport.x12.errors import Defect

Keys = Mapping[str, Sequence[tuple[str, ...]]]
"""By kind, the alternatives; each a row of paths whose values are joined."""

INTERCHANGE_ACKNOWLEDGMENT: Final = "TA1"

_GUIDE_NUMBER_LENGTH = len("005010X214")


@dataclass(frozen=True, slots=True)
class Codes:
    """Of each segment at `each`, the values at each row of `parts`, joined by a colon."""

    each: str
    parts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """One level at which an answer decides."""

    level: str
    at: tuple[str, ...]
    value: str
    outcomes: Mapping[str, str]
    only: frozenset[str]
    codes: tuple[Codes, ...]
    keys: Keys


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A transaction set that we send. `guides` are guide numbers without errata (`005010X222`)."""

    transaction_set: str
    guides: tuple[str, ...]
    units: tuple[str, ...]
    payer: tuple[str, ...]
    keys: Keys


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A transaction set that partners send; `guides` as above."""

    transaction_set: str
    guides: tuple[str, ...]
    verdicts: tuple[VerdictRow, ...]


@dataclass(frozen=True, slots=True)
class Transactions:
    """The whole table; `ta1` is for interchanges, the others are for transaction sets."""

    phi: frozenset[str]
    envelope: Keys
    requests: tuple[RequestRow, ...]
    ta1: tuple[VerdictRow, ...]
    answers: tuple[AnswerRow, ...]

    def request(self, document: Document) -> RequestRow | None:
        """The row of the document's transaction set, or None."""
        return next((row for row in self.requests if _is_for(row, document)), None)

    def verdict_rows(self, document: Document) -> Iterator[tuple[str, VerdictRow]]:
        """The verdict rows for a document, each with its source: TA1, then the transaction set."""
        for row in self.ta1:
            yield INTERCHANGE_ACKNOWLEDGMENT, row
        for answer in self.answers:
            if _is_for(answer, document):
                for row in answer.verdicts:
                    yield answer.transaction_set, row


@cache
def transactions() -> Transactions:
    """The table of this installation."""
    path = schemas_folder() / "partners" / "transactions.yaml"
    return from_data(yaml.safe_load(path.read_text(encoding="utf-8")))


def from_data(data: Mapping[str, Any]) -> Transactions:
    """The table of parsed data; raises Defect when a member is missing or a path is none."""
    try:
        return Transactions(
            phi=frozenset(data["phi"]),
            envelope=_keys(data["envelope"]),
            requests=tuple(_request(row) for row in data["requests"]),
            ta1=tuple(_verdict(row) for row in data["TA1"]["verdicts"]),
            answers=tuple(_answer(row) for row in data["answers"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise Defect("transactions.yaml does not have the form it must have") from error


def _is_for(row: RequestRow | AnswerRow, document: Document) -> bool:
    """True when the guide is the row's, and ST01 too where it is given: some guides have two."""
    guide = str(document.get("guide", ""))[:_GUIDE_NUMBER_LENGTH]
    return guide in row.guides and first(document, "ST/01") in ("", row.transaction_set)


def _request(row: Mapping[str, Any]) -> RequestRow:
    return RequestRow(
        transaction_set=row["transaction_set"],
        guides=tuple(row["guides"]),
        units=_paths(row.get("units", [])),
        payer=_paths(row["payer"]),
        keys=_keys(row["keys"]),
    )


def _answer(row: Mapping[str, Any]) -> AnswerRow:
    verdicts = tuple(_verdict(verdict) for verdict in row["verdicts"])
    return AnswerRow(row["transaction_set"], tuple(row["guides"]), verdicts)


def _verdict(row: Mapping[str, Any]) -> VerdictRow:
    return VerdictRow(
        level=row["level"],
        at=_paths(row.get("at", [])),
        value=_paths([row["value"]])[0],
        outcomes=dict(row["outcomes"]),
        only=frozenset(row.get("only", [])),
        codes=tuple(_codes(codes) for codes in row["codes"]),
        keys=_keys(row["keys"]),
    )


def _codes(row: Mapping[str, Any]) -> Codes:
    return Codes(_paths([row["each"]])[0], tuple(_paths(parts) for parts in row["parts"]))


def _keys(rows: Mapping[str, Sequence[str]]) -> Keys:
    return {
        kind: tuple(_paths(alternative.split(" + ")) for alternative in alternatives)
        for kind, alternatives in rows.items()
    }


def _paths(paths: Sequence[str]) -> tuple[str, ...]:
    for path in paths:
        parse(path)
    return tuple(paths)
