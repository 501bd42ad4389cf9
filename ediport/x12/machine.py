"""A plan made ready to run under one set of separators: which segment may follow which, and what that means.

Where a segment belongs depends only on the segment before it and on its own id and qualifiers, so each such
step is looked for once (`Machine.search`, the rules of X12.59 for loops and sequence) and then remembered.

Rules for the search, from the place of the segment before:
1. In the current loop, members at the same position or further on are tried in guide order.
2. The segment that opens a loop never matches within the same occurrence; its loop begins anew from outside.
3. If nothing fits, the loop ends and the search goes on after it in the loop around it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Final

from ediport.x12.delimiters import Delimiters
from ediport.x12.plan import UNBOUNDED, LoopPlan, Plan, SegmentPlan
from ediport.x12.segment import SegmentReader
from ediport.x12.shapes import Shape, Shapes

_STEPS_PER_NODE_MAX: Final = 256
"""Steps remembered per node; qualifiers are a guide's own codes, so real guides stay far below."""

Member = SegmentPlan | LoopPlan
Candidate = tuple[int, Member, SegmentPlan]
"""Loops to leave, the member reached, and the segment that begins it."""


KEY_IS_ID: Final = 0
KEY_HAS_FIRST_ELEMENT: Final = 1
KEY_HAS_FIRST_COMPONENT: Final = 2
KEY_HAS_THIRD_ELEMENT: Final = 3
KEY_NEEDS_SPLIT: Final = 4
_KINDS: Final[dict[tuple[tuple[int, int], ...], int]] = {
    (): KEY_IS_ID,
    ((1, 0),): KEY_HAS_FIRST_ELEMENT,
    ((1, 1),): KEY_HAS_FIRST_COMPONENT,
    ((3, 0),): KEY_HAS_THIRD_ELEMENT,
}
"""How the key of a segment is found fastest, by the places of its qualifiers; else by `Machine.key`."""


class Step:
    """From one segment to the next: loops left (`pops`), a loop entered (`loop`), the segment reached (`node`).

    `member` is what it adds to the loop that stays open, `bit` stands for that member. The step is regular when
    `seen & mask == expect`: nothing required was passed over and the member is new or may repeat freely.
    `glue` is the JSON text between the two segments, or None where the text depends on more. `hot` holds the
    shapes of the node with the glue before their templates. `is_plain`: it stays in its loop and is not tracked.
    """

    __slots__ = (
        "bit",
        "expect",
        "glue",
        "hot",
        "is_plain",
        "is_tracked",
        "loop",
        "mask",
        "member",
        "node",
        "pops",
        "required",
    )

    def __init__(self, source: Node, pops: int, member: Member, node: Node, unit: Spine) -> None:
        self.node = node
        self.pops = pops
        self.member = member
        self.loop = member if isinstance(member, LoopPlan) else None
        self.required = required_mask(self.loop) if self.loop is not None else 0
        self.bit = 1 << member.index
        last = _last_member(source, pops)
        parent = node.plan.loop if self.loop is None else self.loop.parent
        assert parent is not None
        self.expect = required_mask(parent, member.position)
        counted = last is not member or member.repeat_max != UNBOUNDED
        self.mask = self.expect | (self.bit if counted else 0)
        self.is_tracked = is_tracked(parent, member)
        leaves_tracked = last is not member and last.is_array and is_tracked(parent, last)
        bound = unit.crosses(source, pops, member)
        self.glue = None if leaves_tracked or bound else _glue(source, last, pops, member)
        is_simple = not pops and self.loop is None and not self.is_tracked
        self.is_plain = is_simple and self.glue is not None
        self.hot: list[Shape] = []

    def warm_up(self) -> None:
        """Takes over the shapes that the node has learned meanwhile."""
        glue = (self.glue or b"").replace(b"%", b"%%")
        for match, template, checks in self.node.shapes.hot[len(self.hot) :]:
            self.hot.append((match, glue + template, checks))


class Node:
    """A segment of the guide with its reader, its shapes and the steps that lead away from it.

    `is_counter`: its first element counts occurrences; `is_special`: that, a hierarchical level, or the trailer.
    """

    __slots__ = ("_following", "is_counter", "is_special", "plan", "reader", "shapes", "steps")

    def __init__(self, plan: SegmentPlan, reader: SegmentReader, shapes: Shapes) -> None:
        self.plan = plan
        self.reader = reader
        self.shapes = shapes
        self.steps: dict[bytes, Step] = {}
        self._following: dict[str, list[Candidate]] | None = None
        self.is_counter = False
        self.is_special = plan.id in ("HL", "SE")

    def following(self, segment_id: str) -> Sequence[Candidate]:
        """What may come after this segment under an id, in the order it is tried."""
        if self._following is None:
            self._following = {}
            for candidate in _candidates(self.plan):
                self._following.setdefault(candidate[2].id, []).append(candidate)
        return self._following.get(segment_id, ())


class Spine:
    """The loops that a document of one business unit repeats: those around the unit loop, and the unit loop."""

    __slots__ = ("loops", "units")

    def __init__(self, plan: Plan, is_on: bool) -> None:
        loops = [loop for loop in plan.root.loops() if is_on and loop.id == plan.unit_loop]
        self.units = {id(loop) for loop in loops if loop.parent is not None}
        self.loops: set[int] = set()
        for loop in loops:
            around = loop.parent
            while around is not None:
                self.loops.add(id(around))
                around = around.parent

    def crosses(self, source: Node, pops: int, member: Member) -> bool:
        """Whether a step leaves or enters one of these loops."""
        if id(member) in self.units or id(member) in self.loops:
            return True
        loop: LoopPlan | None = source.plan.loop
        for _ in range(pops):
            assert loop is not None
            if id(loop) in self.units or id(loop) in self.loops:
                return True
            loop = loop.parent
        return False


class Machine:
    """All nodes of one plan under one set of separators. Grows as it learns steps and shapes; never shrinks."""

    def __init__(self, plan: Plan, delimiters: Delimiters, *, by_unit: bool) -> None:
        self.plan = plan
        self.delimiters = delimiters
        self.spine = Spine(plan, by_unit)
        self.key_kinds: dict[bytes, int] = {}
        self.encoding = "utf-8" if _is_ascii(delimiters) else "latin-1"
        self._nodes: dict[int, Node] = {}
        self._qualifier_places: dict[bytes, tuple[tuple[int, int], ...]] = {}
        self._ids: set[str] = set()
        for segment in plan.root.segments():
            self._add(segment)
        self.key_kinds = {
            name: _KINDS.get(p, KEY_NEEDS_SPLIT) for name, p in self._qualifier_places.items()
        }
        self.start = self.node(plan.root.opener)

    def _add(self, segment: SegmentPlan) -> None:
        self._ids.add(segment.id)
        key = segment.id.encode()
        places = set(self._qualifier_places.get(key, ()))
        places.update((q.element, q.component) for q in segment.qualifiers)
        self._qualifier_places[key] = tuple(sorted(places))

    def node(self, plan: SegmentPlan) -> Node:
        """The node of a segment plan, made when first asked for."""
        node = self._nodes.get(id(plan))
        if node is None:
            reader = SegmentReader(plan, self.delimiters, self.plan.code_lists)
            shapes = Shapes(plan, self.delimiters, self.plan.code_lists)
            node = self._nodes[id(plan)] = Node(plan, reader, shapes)
            node.is_counter = plan.path in self.plan.counters
            node.is_special = node.is_special or node.is_counter
        return node

    def has_segment(self, segment_id: str) -> bool:
        """Whether the guide knows the segment at all."""
        return segment_id in self._ids

    def key(self, segment: bytes) -> bytes:
        """What decides where a segment may stand: its id and, where guides ask for them, its qualifiers."""
        elements = segment.split(self.delimiters.element)
        places = self._qualifier_places.get(elements[0])
        if not places:
            return elements[0]
        parts = [elements[0]]
        for element, component in places:
            value = elements[element] if element < len(elements) else b""
            if component:
                components = value.split(self.delimiters.component)
                value = components[component - 1] if component <= len(components) else b""
            parts.append(value)
        return self.delimiters.element.join(parts)

    def step(self, node: Node, segment: bytes) -> Step | None:
        """The step from a node to a segment that fits its id and qualifiers, or None."""
        key = self.key(segment)
        step = node.steps.get(key)
        if step is None:
            step = self._search(node, key)
            if step is not None and len(node.steps) < _STEPS_PER_NODE_MAX:
                node.steps[key] = step
        return step

    def _search(self, node: Node, key: bytes) -> Step | None:
        segment_id, values = self._parts(key)
        for pops, member, target in node.following(segment_id):
            if _qualifies(target, values):
                return Step(node, pops, member, self.node(target), self.spine)
        return None

    def near_step(self, node: Node, segment: bytes) -> Step | None:
        """The one segment of that id that may stand here, though its qualifier is none of the guide's."""
        following = node.following(self._parts(self.key(segment))[0])
        nearest = [c for c in following if c[0] == following[0][0]]
        if len(nearest) != 1 or isinstance(nearest[0][1], LoopPlan):
            return None
        pops, member, target = nearest[0]
        return Step(node, pops, member, self.node(target), self.spine)

    def is_earlier(self, node: Node, segment: bytes) -> bool:
        """Whether the segment belongs to the current loop, but before the place reached."""
        segment_id, values = self._parts(self.key(segment))
        return any(
            member.id == segment_id and _qualifies(member, values)
            for member in node.plan.loop.members
            if isinstance(member, SegmentPlan) and member.position < node.plan.position
        )

    def _parts(self, key: bytes) -> tuple[str, dict[tuple[int, int], str]]:
        first, *rest = key.split(self.delimiters.element)
        places = self._qualifier_places.get(first, ())
        texts = [value.decode(self.encoding, "replace") for value in rest]
        return first.decode("latin-1"), dict(zip(places, texts, strict=False))


def _is_ascii(delimiters: Delimiters) -> bool:
    return (
        delimiters.element + delimiters.component + delimiters.repetition + delimiters.segment
    ).isascii()


def _candidates(plan: SegmentPlan) -> Iterator[Candidate]:
    """What may come after a segment, in the order it is tried: loops left, member, its first segment."""
    loop: LoopPlan | None = plan.loop
    position, pops = plan.position, 0
    while loop is not None:
        opener = loop.members[0]
        for member in loop.members:
            if member.position >= position and member is not opener:
                yield pops, member, member if isinstance(member, SegmentPlan) else member.opener
        position, pops = loop.position, pops + 1
        loop = loop.parent


def _qualifies(target: SegmentPlan, values: dict[tuple[int, int], str]) -> bool:
    return all(values.get((q.element, q.component), "") in q.codes for q in target.qualifiers)


def required_mask(loop: LoopPlan, before: int | None = None) -> int:
    """Bits of the members that a loop requires, those before a position or all of them."""
    mask = 0
    for member in loop.members:
        if member.usage == "R" and (before is None or member.position < before):
            mask |= 1 << member.index
    return mask


def is_tracked(loop: LoopPlan, member: Member) -> bool:
    """Whether the order among members at this position is more than the tree can tell: one of them is an array."""
    beside = [m for m in loop.members if m.position == member.position]
    return len(beside) > 1 and any(m.is_array for m in beside)


def _last_member(source: Node, pops: int) -> Member:
    """The member of the loop that stays open which the step comes from."""
    last: Member = source.plan
    for _ in range(pops):
        loop = last.loop if isinstance(last, SegmentPlan) else last.parent
        assert loop is not None
        last = loop
    return last


def _glue(source: Node, last: Member, pops: int, member: Member) -> bytes | None:
    if member is last and not member.is_array:
        return None
    text = closing_text(source.plan, pops)
    return (text + opening_text(last, member)).encode()


def closing_text(plan: SegmentPlan, pops: int) -> str:
    """JSON text that ends the loops which a step leaves."""
    text = ""
    last: Member = plan
    for _ in range(pops):
        text += "]}" if last.is_array else "}"
        loop = last.loop if isinstance(last, SegmentPlan) else last.parent
        assert loop is not None
        last = loop
    return text


def opening_text(last: Member | None, member: Member) -> str:
    """JSON text between the member written last in a loop and a new one; `last` is None for the first."""
    if member is last:
        text = ","
    else:
        text = "" if last is None else "]," if last.is_array else ","
        text += f'"{member.key}":' + ("[" if member.is_array else "")
    if isinstance(member, LoopPlan):
        opener = member.opener
        text += "{" + f'"{opener.key}":' + ("[" if opener.is_array else "")
    return text


_MACHINES_KEPT_MAX: Final = 64
_machines = threading.local()


def machine_for(plan: Plan, delimiters: Delimiters, *, by_unit: bool) -> Machine:
    """A machine of this thread, kept for the next interchange with the same guide and separators."""
    kept: dict[tuple[int, Delimiters, bool], Machine] = _machines.__dict__.setdefault("kept", {})
    key = (id(plan), delimiters, by_unit)
    machine = kept.get(key)
    if machine is None or machine.plan is not plan:
        while len(kept) >= _MACHINES_KEPT_MAX:
            del kept[next(iter(kept))]
        machine = kept[key] = Machine(plan, delimiters, by_unit=by_unit)
    return machine
