"""Remembers which keys were there before, in eight bytes a key."""

from __future__ import annotations

from array import array
from typing import Final

_FIRST_SIZE: Final = 1024
_MASK: Final = (1 << 64) - 1


class SeenKeys:
    """A hash table of 64-bit hashes with open addressing, never more than half full.

    Two keys of the same hash are taken for one: with four million keys the odds are below one in a
    million, and the row is then rejected with a reason, never lost. The hash is salted for each
    process, so that nobody can prepare a file that makes it slow.
    """

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * _FIRST_SIZE))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, key: tuple[str, ...]) -> bool:
        """True when the key is new."""
        if 2 * (self._count + 1) > len(self._slots):
            self._grow()
        new = self._put(self._slots, (hash(key) & _MASK) or 1)
        self._count += new
        return new

    def _put(self, slots: array[int], code: int) -> bool:
        last = len(slots) - 1
        place = code & last
        while slots[place]:
            if slots[place] == code:
                return False
            place = (place + 1) & last
        slots[place] = code
        return True

    def _grow(self) -> None:
        larger = array("Q", bytes(8 * 2 * len(self._slots)))
        for code in self._slots:
            if code:
                self._put(larger, code)
        self._slots = larger
