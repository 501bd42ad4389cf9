"""Which units a verdict is about, by the numbers that were recorded when they left."""

from __future__ import annotations

from typing import Final

from ediport.ledger.port import Reader
from ediport.ledger.states import FINAL
from ediport.partners.correlation import Key, Verdict
from ediport.security.hashing import ReferenceHash

UNIT_LEVEL: Final = "unit"

_SHARED_KINDS: Final = frozenset({"interchange", "group", "transaction", "batch"})
"""Kinds of keys that many units have in common."""


class Matcher:
    """Looks up the units of one partner; PHI is looked up by its keyed hash."""

    def __init__(self, reader: Reader, partner: str, references: ReferenceHash) -> None:
        self._reader = reader
        self._partner = partner
        self._references = references

    def units(self, verdict: Verdict) -> list[str]:
        """Transaction ids that all known keys of the verdict agree on.

        A verdict about many (a batch, a provider) must have every key known, for one left out would
        widen it. A verdict about one unit needs a key of that unit's own, and gets one unit: where a
        number was used again, the newest that has no final state, else the newest.
        """
        known = [(key, set(found)) for key in verdict.keys if (found := self._with(key))]
        if verdict.level == UNIT_LEVEL and all(key.kind in _SHARED_KINDS for key, _ in known):
            return []
        if verdict.level != UNIT_LEVEL and len(known) < len(verdict.keys):
            return []
        agreed = sorted(set.intersection(*(found for _, found in known))) if known else []
        return [self._newest(agreed)] if agreed and verdict.level == UNIT_LEVEL else agreed

    def _with(self, key: Key) -> list[str]:
        return self._reader.correlated(
            self._partner, key.ledger_kind, recorded_value(key, self._references)
        )

    def _newest(self, found: list[str]) -> str:
        if len(found) > 1:
            units = (self._reader.unit(transaction_id) for transaction_id in found)
            waiting = [unit.transaction_id for unit in units if unit and unit.state not in FINAL]
            return (waiting or found)[-1]
        return found[-1]


def recorded_value(key: Key, references: ReferenceHash) -> str:
    """The value under which a key is in the ledger."""
    return references.of(key.kind, key.value) if key.phi else key.value
