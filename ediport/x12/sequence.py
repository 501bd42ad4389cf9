"""Numbers within a transaction set that must go up one by one or name one another (HL01, HL02)."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from ediport.x12 import limits


class HierarchyCheck:
    """Follows the HL segments of one transaction set (X12 005010, HL01 and HL02)."""

    def __init__(self) -> None:
        self._count = 0
        self._open: deque[bytes] = deque(maxlen=limits.hierarchy_levels_max)

    def faults(self, elements: Sequence[bytes]) -> list[tuple[str, str]]:
        """Rule ids and reasons for one HL segment, given with its id as element 0."""
        faults = []
        self._count += 1
        number = elements[1] if len(elements) > 1 else b""
        parent = elements[2] if len(elements) > 2 else b""
        expected = b"%d" % self._count
        if number != expected:
            faults.append(("hl_sequence", f"HL01 should be {self._count}"))
        if parent and parent not in self._open:
            faults.append(("hl_parent", "HL02 names no open hierarchical level"))
        while self._open and self._open[-1] != parent:
            self._open.pop()
        self._open.append(expected)
        return faults
