"""From a row's values to a piece of a canonical document: the tree of all targets of a layout, in guide order.

A template is compiled once; filling it takes a list of slots, one string a target. Constants
follow: a segment, composite or loop is there when a value is, and only then are its constants
written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final

from ediport.documents.targets import Occurrence, Target
from ediport.x12.plan import ElementPlan, LoopPlan, SegmentPlan

COMPUTED: Final = frozenset({"ST", "SE", "HL", "LX"})
"""Segments that the writer makes itself or completes: envelope of the set, hierarchy and line numbers."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A place that the guide requires in a segment or loop that is there, and that got no value."""

    place: str
    slot: int


class _Leaf:
    """An element or component that takes the value of a slot, or its constant beside other values."""

    __slots__ = ("constant", "key", "place", "position", "repeats", "required", "slot")

    def __init__(self, target: Target, slot: int, constant: str) -> None:
        leaf = target.leaf
        self.key = leaf.key
        self.place = target.place
        self.position = leaf.position
        self.required = leaf.usage == "R" and leaf.constant is None
        self.repeats = leaf.repeat_max != 1
        self.slot = slot
        self.constant = constant


class _Branch:
    """A loop, segment or composite; `rows` marks the loop that each row adds."""

    __slots__ = (
        "children",
        "is_array",
        "is_flat",
        "key",
        "needed",
        "number",
        "pairs",
        "plan",
        "required",
        "rows",
        "values",
    )

    def __init__(self, plan: LoopPlan | SegmentPlan | ElementPlan, number: int = 1) -> None:
        self.plan = plan
        self.key = plan.key
        self.number = number
        self.is_array = plan.repeat_max != 1
        self.required = plan.usage == "R"
        self.children: list[_Leaf | _Branch] = []
        self.rows = False

    def seal(self) -> None:
        """Puts the children into guide order and prepares for filling."""
        self.children.sort(key=_guide_order)
        self.needed = [child for child in self.children if _is_needed(child)]
        leaves = [child for child in self.children if isinstance(child, _Leaf)]
        self.is_flat = len(leaves) == len(self.children) and not any(
            leaf.repeats for leaf in leaves
        )
        self.values = itemgetter(*(leaf.slot for leaf in leaves), 0)
        self.pairs = tuple((leaf.key, leaf.constant) for leaf in leaves)
        for child in self.children:
            if isinstance(child, _Branch):
                child.seal()


class Template:
    """All targets below one loop of the guide. Slots are numbered in the order of `add`."""

    def __init__(self, root: LoopPlan) -> None:
        self._root = _Branch(root)
        self._slots = 0
        self._leaves: dict[tuple[Any, ...], _Leaf] = {}

    def add(self, target: Target, constant: str = "") -> int:
        """A slot for the target, or the one it has already; `constant` is what follows other values."""
        branch = self._branch(target.occurrences)
        if target.component is not None:
            branch = _child(branch, target.element, 1)
        identity = (id(branch), target.leaf.position)
        leaf = self._leaves.get(identity)
        if leaf is None:
            leaf = self._leaves[identity] = _Leaf(target, self._slots, constant)
            self._slots += 1
            branch.children.append(leaf)
        elif constant:
            leaf.constant = constant
        return leaf.slot

    def mark_rows(self, occurrences: Iterable[Occurrence]) -> None:
        """Says which loop the documents of the rows stand for."""
        self._branch(occurrences).rows = True

    def seal(self) -> None:
        """Puts everything into guide order; after this, nothing is added."""
        self._root.seal()

    def blank(self) -> list[str]:
        """Empty slots, to be filled."""
        return [""] * self._slots

    def fill(
        self, slots: list[str], rows: list[dict[str, Any]] | None = None
    ) -> tuple[dict[str, Any], list[Missing]]:
        """The document of these slots (empty when they are), and what the guide requires beside them."""
        missing: list[Missing] = []
        return _fill(self._root, slots, rows or [], missing), missing

    def unreachable(self) -> Iterator[str]:
        """Places that the guide requires in what this template can write, and that nothing here gives."""
        yield from _unreachable(self._root)

    def _branch(self, occurrences: Iterable[Occurrence]) -> _Branch:
        branch = self._root
        for occurrence in occurrences:
            branch = _child(branch, occurrence.plan, occurrence.number)
        return branch


def relative(target: Target, depth: int) -> Target:
    """The target seen from `depth` loops further in."""
    inner = target.occurrences[depth:]
    return Target(target.text, inner, target.element, target.component, target.qualifier)


def _child(branch: _Branch, plan: LoopPlan | SegmentPlan | ElementPlan, number: int) -> _Branch:
    for child in branch.children:
        if isinstance(child, _Branch) and child.key == plan.key and child.number == number:
            return child
    made = _Branch(plan, number)
    branch.children.append(made)
    return made


def _is_needed(child: _Leaf | _Branch) -> bool:
    return child.required and not (isinstance(child, _Leaf) and child.constant)


def _guide_order(node: _Leaf | _Branch) -> tuple[int, int]:
    if isinstance(node, _Leaf):
        return node.position, 0
    if isinstance(node.plan, ElementPlan):
        return node.plan.position, 0
    return node.plan.index, node.number


def _fill(
    branch: _Branch, slots: list[str], rows: list[dict[str, Any]], missing: list[Missing]
) -> dict[str, Any]:
    """Empty where no slot below has a value."""
    if branch.is_flat:
        values = branch.values(slots)[:-1]
        if not any(values):
            return {}
        pairs = zip(values, branch.pairs, strict=True)
        out = {key: value or constant for value, (key, constant) in pairs if value or constant}
    else:
        out = _fill_members(branch, slots, rows, missing)
    if out:
        for node in branch.needed:
            if node.key not in out:
                missing.extend(_missing(node))
    return out


def _fill_members(
    branch: _Branch, slots: list[str], rows: list[dict[str, Any]], missing: list[Missing]
) -> dict[str, Any]:
    out: dict[str, Any] = {}
    present = False
    for child in branch.children:
        if isinstance(child, _Branch):
            inner = rows if child.rows else _fill(child, slots, rows, missing)
            if inner:
                present = True
                _put(out, child, inner)
            continue
        value = slots[child.slot] or child.constant
        if value:
            present = present or bool(slots[child.slot])
            out[child.key] = [value] if child.repeats else value
    return out if present else {}


def _put(out: dict[str, Any], child: _Branch, inner: dict[str, Any] | list[dict[str, Any]]) -> None:
    if child.rows:
        out[child.key] = inner
    elif child.is_array:
        out.setdefault(child.key, []).append(inner)
    else:
        out[child.key] = inner


def _missing(node: _Leaf | _Branch) -> Iterator[Missing]:
    if isinstance(node, _Leaf):
        yield Missing(node.place, node.slot)
        return
    for child in node.children:
        if child.required:
            yield from _missing(child)


def _unreachable(branch: _Branch) -> Iterator[str]:
    keys = {child.key for child in branch.children}
    for member in _required_members(branch.plan):
        if member.key not in keys:
            yield _path(branch.plan, member)
    for child in branch.children:
        if isinstance(child, _Branch) and not child.rows and not _is_computed(child.plan):
            yield from _unreachable(child)


def _is_computed(plan: LoopPlan | SegmentPlan | ElementPlan) -> bool:
    return isinstance(plan, SegmentPlan) and plan.id in COMPUTED


def _required_members(
    plan: LoopPlan | SegmentPlan | ElementPlan,
) -> Iterator[LoopPlan | SegmentPlan | ElementPlan]:
    if isinstance(plan, LoopPlan):
        yield from (m for m in plan.members if m.usage == "R" and not _is_computed(m))
        return
    elements = plan.elements if isinstance(plan, SegmentPlan) else plan.components
    yield from (e for e in elements if e.usage == "R" and e.constant is None)


def _path(
    plan: LoopPlan | SegmentPlan | ElementPlan, member: LoopPlan | SegmentPlan | ElementPlan
) -> str:
    if isinstance(member, ElementPlan):
        name = "" if isinstance(plan, ElementPlan) else f"{plan.id}/"
        return f"{name}{member.position:02d} ({member.name})"
    return f"{member.path} ({member.name})"
