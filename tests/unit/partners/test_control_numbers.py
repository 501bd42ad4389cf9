"""Control numbers: a sequence for each partner and level."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ediport.partners.control_numbers import (
    CountingNumbers,
    LedgerControlNumbers,
    control_number_max,
    scope_of,
)


class Source:
    """A ledger's sequences, in memory."""

    def __init__(self) -> None:
        self.last: dict[str, int] = defaultdict(int)

    def next_numbers(self, scope: str, count: int = 1) -> Sequence[int]:
        start = self.last[scope] + 1
        self.last[scope] += count
        return range(start, start + count)


def test_each_level_of_each_partner_has_its_own_sequence() -> None:
    source = Source()
    one, other = LedgerControlNumbers(source, "one"), LedgerControlNumbers(source, "other")
    assert [one.interchange(), one.interchange(), other.interchange()] == [1, 2, 1]
    assert [one.group(), one.transaction(), one.transaction()] == [1, 1, 2]
    assert source.last == {"one:ISA13": 2, "other:ISA13": 1, "one:GS06": 1, "one:ST02": 2}
    assert scope_of("one", "ISA13") == "one:ISA13"


def test_counting_goes_on_where_it_was_left() -> None:
    numbers = CountingNumbers(7, 8, 9)
    assert (numbers.interchange(), numbers.group(), numbers.transaction()) == (8, 9, 10)
    assert numbers.last == (8, 9, 10)


def test_after_the_last_number_comes_one() -> None:
    assert CountingNumbers(control_number_max).interchange() == 1
