"""Writes one transaction set from canonical JSON, document by document.

Documents of business units that have the same ancestors share their loops again: the loops around the unit
loop stay open from one document to the next, and a loop whose own members are equal is not begun anew. What
stands behind the units in a loop (a trailer, provider adjustments) is written when the loop ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ediport.x12.envelope import ORDER_KEY, UNPLACED_KEY
from ediport.x12.machine import Member, Spine
from ediport.x12.plan import LoopPlan, Plan, SegmentPlan
from ediport.x12.segment_writer import Report, SegmentWriter, escape


@dataclass(frozen=True, slots=True)
class Entry:
    """One occurrence of a member of a loop: its plan, its JSON value and the pointer to it."""

    member: Member
    value: Any
    pointer: str


@dataclass(slots=True)
class _Level:
    """An open loop of the spine: its own members, what comes behind its units, its numbers."""

    loop: LoopPlan
    own: list[tuple[Member, Any]]
    hierarchy_number: int
    tail: list[Entry] = field(default_factory=list)
    counters: dict[int, int] = field(default_factory=dict)


class TreeWriter:
    """Writes the segments between (and with) ST and SE. `emit` takes each segment's text."""

    def __init__(
        self,
        plan: Plan,
        segments: SegmentWriter,
        emit: Callable[[str], None],
        report: Report,
        control_number: str,
    ) -> None:
        self._plan = plan
        self._segments = segments
        self._emit = emit
        self._report = report
        self._control_number = control_number
        self._spine = Spine(plan, True)
        self._levels: list[_Level] = []
        self._hierarchy_count = 0
        self._ordinal = 0
        self._unplaced: dict[int, str] = {}
        self._is_complete = False

    def can_join(self, transaction: Any) -> bool:
        """Whether a document belongs to the transaction set that is open: its own members are the same.

        A document with a trailer (SE) is the last of its transaction set.
        """
        if not self._levels or not isinstance(transaction, Mapping) or not self._spine.units:
            return False
        if self._is_complete:
            return False
        own, children, _ = self._parts(self._plan.root, transaction, "", quiet=True)
        return bool(children) and _content(own) == self._levels[0].own

    def add(self, transaction: Any, pointer: str) -> None:
        """Writes one document; its loops on the spine stay open."""
        if not isinstance(transaction, Mapping):
            self._report("json_shape", "an object is wanted here", pointer)
            return
        self._level(0, self._plan.root, transaction, pointer, may_share=True)

    def end(self) -> None:
        """Writes what is still to come, and SE."""
        self._close_levels(1)
        if not self._levels:
            return
        root = self._levels.pop()
        trailer = [e for e in root.tail if e.member.id == "SE"]
        for entry in root.tail:
            if entry.member.id != "SE":
                self._entry(entry, root)
        for position in sorted(self._unplaced):
            self._ordinal += 1
            self._emit(self._unplaced[position])
        self._trailer(trailer[-1] if trailer else None)

    def _trailer(self, entry: Entry | None) -> None:
        plan = next((s for s in self._plan.root.segments() if s.id == "SE"), None)
        computed = {1: str(self._ordinal + 1), 2: self._control_number}
        if plan is None:
            self._write(self._segments.raw("SE", list(computed.values()), ""))
        else:
            value, pointer = (entry.value, entry.pointer) if entry else ({}, "")
            self._write(self._segments.write(plan, value, pointer, computed))

    # Levels of the spine

    def _level(
        self, depth: int, loop: LoopPlan, data: Any, pointer: str, *, may_share: bool
    ) -> None:
        own, children, tail = self._parts(loop, data, pointer)
        is_open = may_share and depth < len(self._levels)
        if not (
            is_open
            and self._levels[depth].loop is loop
            and self._levels[depth].own == _content(own)
        ):
            self._close_levels(depth)
            self._open_level(loop, own, has_children=_opens_hierarchy(children))
            may_share = False
        level = self._levels[depth]
        for child in children:
            inner = child.member
            assert isinstance(inner, LoopPlan)
            if id(inner) in self._spine.units:
                self._close_levels(depth + 1)
                self._entry(child, level)
            else:
                self._level(depth + 1, inner, child.value, child.pointer, may_share=may_share)
            may_share = False
        level.tail.extend(tail)

    def _open_level(self, loop: LoopPlan, own: list[Entry], *, has_children: bool) -> None:
        level = _Level(loop, _content(own), 0)
        parent = self._levels[-1] if self._levels else None
        self._levels.append(level)
        level.hierarchy_number = self._opener(loop, own, parent, has_children=has_children)
        for entry in own:
            if entry.member is not loop.opener:
                self._entry(entry, level)

    def _close_levels(self, depth: int) -> None:
        while len(self._levels) > max(depth, 1):
            level = self._levels.pop()
            for entry in level.tail:
                self._entry(entry, level)

    def _parts(
        self, loop: LoopPlan, data: Any, pointer: str, *, quiet: bool = False
    ) -> tuple[list[Entry], list[Entry], list[Entry]]:
        """Entries of a spine loop before its children on the spine, the children, and those behind."""
        own: list[Entry] = []
        children: list[Entry] = []
        tail: list[Entry] = []
        for entry in self._entries(loop, data, pointer, quiet=quiet):
            if id(entry.member) in self._spine.units or id(entry.member) in self._spine.loops:
                children.append(entry)
            elif entry.member.id == "SE" or self._is_behind(loop, entry.member):
                self._is_complete |= entry.member.id == "SE" and not quiet
                tail.append(entry)
            else:
                own.append(entry)
        return own, children, tail

    def _is_behind(self, loop: LoopPlan, member: Member) -> bool:
        places = [
            m.position
            for m in loop.members
            if id(m) in self._spine.units or id(m) in self._spine.loops
        ]
        return bool(places) and member.position > min(places)

    # Loops and segments

    def _entries(
        self, loop: LoopPlan, data: Any, pointer: str, *, quiet: bool = False
    ) -> list[Entry]:
        """The members of a loop's object, one by one, in the order of the guide."""
        if not isinstance(data, Mapping):
            self._report("json_shape", "an object is wanted here", pointer)
            return []
        if UNPLACED_KEY in data and not quiet:
            self._collect_unplaced(data[UNPLACED_KEY], pointer)
        members = {member.key: member for member in loop.members}
        found: list[tuple[int, int, Entry]] = []
        ranks = _ranks(data.get(ORDER_KEY))
        for index, (key, value) in enumerate(data.items()):
            member = members.get(key)
            if member is None:
                if not key.startswith("_") and not quiet:
                    reason = f"the guide has no such member in {loop.id or 'the transaction set'}"
                    self._report("json_member_unknown", reason, f"{pointer}/{escape(key)}")
                continue
            entries = self._occurrences(member, value, f"{pointer}/{key}", quiet=quiet)
            for number, entry in enumerate(entries):
                rank = ranks.get((key, number), index)
                found.append((member.position, rank, entry))
        found.sort(key=lambda row: row[:2])
        return [entry for _, _, entry in found]

    def _occurrences(
        self, member: Member, value: Any, pointer: str, *, quiet: bool
    ) -> Iterator[Entry]:
        is_list = isinstance(value, list)
        if is_list and member.is_array:
            for index, item in enumerate(value):
                yield Entry(member, item, f"{pointer}/{index}")
        elif not is_list and not member.is_array:
            yield Entry(member, value, pointer)
        elif not quiet:
            wanted = "repeat: a list is wanted" if member.is_array else "occur once: no list"
            self._report("json_shape", f"the guide lets this {wanted}", pointer)

    def _entry(self, entry: Entry, level: _Level) -> None:
        if isinstance(entry.member, SegmentPlan):
            self._write(self._segments.write(entry.member, entry.value, entry.pointer))
        else:
            self._loop(entry.member, entry.value, entry.pointer, level)

    def _loop(self, loop: LoopPlan, data: Any, pointer: str, parent: _Level) -> None:
        entries = self._entries(loop, data, pointer)
        level = _Level(loop, [], parent.hierarchy_number)
        has_children = _opens_hierarchy(entries)
        level.hierarchy_number = self._opener(loop, entries, parent, has_children=has_children)
        for entry in entries:
            if entry.member is not loop.opener:
                self._entry(entry, level)

    def _opener(
        self, loop: LoopPlan, entries: list[Entry], parent: _Level | None, *, has_children: bool
    ) -> int:
        """Writes the segment that begins a loop; returns the hierarchical number now in force."""
        opener = loop.opener
        first = next((e for e in entries if e.member is opener), None)
        inherited = parent.hierarchy_number if parent else 0
        if first is None and opener.id not in ("ST", "HL", "LX"):
            return inherited
        value, pointer = (first.value, first.pointer) if first else ({}, "")
        computed: dict[int, str] = {}
        number = inherited
        if opener.id == "ST":
            computed[2] = self._control_number
            computed[3] = self._convention()
        elif opener.id == "HL":
            self._hierarchy_count += 1
            number = self._hierarchy_count
            computed[1] = str(number)
            computed[2] = str(inherited) if inherited else ""
            computed[4] = "1" if has_children else "0"
        elif opener.id == "LX" and parent is not None:
            count = parent.counters[loop.index] = parent.counters.get(loop.index, 0) + 1
            computed[1] = str(count)
        self._write(self._segments.write(opener, value, pointer, computed))
        return number

    def _convention(self) -> str:
        """ST03 where the guide requires it."""
        elements = self._plan.root.opener.elements
        is_used = len(elements) > 2 and elements[2].usage == "R"
        return self._plan.guide if is_used else ""

    def _write(self, text: str) -> None:
        self._ordinal += 1
        while self._ordinal in self._unplaced:
            self._emit(self._unplaced.pop(self._ordinal))
            self._ordinal += 1
        self._emit(text)

    def _collect_unplaced(self, rows: Any, pointer: str) -> None:
        """Takes segments without a place, to be written at the ordinals where they stood."""
        for row in rows if isinstance(rows, list) else [rows]:
            position = row.get("position") if isinstance(row, Mapping) else None
            text = row.get("segment") if isinstance(row, Mapping) else None
            if isinstance(position, int) and isinstance(text, str):
                self._unplaced[position] = self._segments.whole(text, f"{pointer}/{UNPLACED_KEY}")
            else:
                reason = "a list of objects with position and segment is wanted here"
                self._report("json_shape", reason, f"{pointer}/{UNPLACED_KEY}")


def _opens_hierarchy(entries: list[Entry]) -> bool:
    return any(isinstance(e.member, LoopPlan) and e.member.opener.id == "HL" for e in entries)


def _content(entries: list[Entry]) -> list[tuple[Member, Any]]:
    return [(entry.member, entry.value) for entry in entries]


def _ranks(order: Any) -> dict[tuple[str, int], int]:
    """From `_order`: the rank of each occurrence of a key."""
    ranks: dict[tuple[str, int], int] = {}
    counts: dict[str, int] = {}
    for rank, key in enumerate(order if isinstance(order, list) else ()):
        if not isinstance(key, str):
            continue
        number = counts[key] = counts.get(key, -1) + 1
        ranks[key, number] = rank
    return ranks
