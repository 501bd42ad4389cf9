"""Control numbers of what we send: one gap-free sequence a partner for each of ISA13, GS06 and
ST02.

The sequences live in the ledger, in the same database transaction as the interchange they number: a
rollback gives them back, so none is skipped and none is used twice, whatever dies when.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

control_number_max: Final = 999_999_999
"""Nine digits (ISA13, GS06, ST02); the next after it is 1."""

INTERCHANGE_ELEMENT: Final = "ISA13"
GROUP_ELEMENT: Final = "GS06"
TRANSACTION_ELEMENT: Final = "ST02"


class NumberSource(Protocol):
    """What gives the next numbers of a scope; `ediport.ledger.port.Work` is one."""

    def next_numbers(self, scope: str, count: int = 1) -> Sequence[int]:
        """The next `count` numbers, 1 to `control_number_max` and round again."""


def scope_of(partner: str, element: str) -> str:
    """The ledger's name for a sequence: `evergreen-health:ISA13`."""
    return f"{partner}:{element}"


class LedgerControlNumbers:
    """The partner's sequences, as the writer asks for them, within one database transaction."""

    def __init__(self, source: NumberSource, partner: str) -> None:
        self._source = source
        self._partner = partner

    def interchange(self) -> int:
        """The next ISA13."""
        return self._next(INTERCHANGE_ELEMENT)

    def group(self) -> int:
        """The next GS06."""
        return self._next(GROUP_ELEMENT)

    def transaction(self) -> int:
        """The next ST02."""
        return self._next(TRANSACTION_ELEMENT)

    def _next(self, element: str) -> int:
        return self._source.next_numbers(scope_of(self._partner, element), 1)[0]


class CountingNumbers:
    """Numbers counted in memory, for tests and the simulator; made with those given last."""

    def __init__(self, interchange: int = 0, group: int = 0, transaction: int = 0) -> None:
        self._last = {
            INTERCHANGE_ELEMENT: interchange,
            GROUP_ELEMENT: group,
            TRANSACTION_ELEMENT: transaction,
        }

    def interchange(self) -> int:
        """The next ISA13."""
        return self._next(INTERCHANGE_ELEMENT)

    def group(self) -> int:
        """The next GS06."""
        return self._next(GROUP_ELEMENT)

    def transaction(self) -> int:
        """The next ST02."""
        return self._next(TRANSACTION_ELEMENT)

    @property
    def last(self) -> tuple[int, int, int]:
        """The ISA13, GS06 and ST02 given last."""
        return (
            self._last[INTERCHANGE_ELEMENT],
            self._last[GROUP_ELEMENT],
            self._last[TRANSACTION_ELEMENT],
        )

    def _next(self, element: str) -> int:
        self._last[element] = self._last[element] % control_number_max + 1
        return self._last[element]
