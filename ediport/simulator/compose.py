"""Makes canonical documents from X12 ids: loops and segments as a guide writes them, keys from its
plan.

A document is written as `loop("2100", segment("CLP", "A1", "1", "100"), loop("2110", ...))`; where
the guide has several segments of one id, their qualifiers tell which is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ediport.x12.errors import Defect
from ediport.x12.plan import ElementPlan, LoopPlan, Plan, SegmentPlan

Element = str | tuple[str, ...]
"""A value, or the components of a composite; empty ones are left out."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment by its id and elements, in order."""

    id: str
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop by its id and members, in order. Numbering segments (HL, LX) may be left out."""

    id: str
    members: tuple[Segment | Loop, ...]


Part = Segment | Loop | None
"""None stands for a part that is not there, so that it can be decided in place."""


def segment(segment_id: str, *elements: Element) -> Segment:
    """A segment of these elements."""
    return Segment(segment_id, elements)


def loop(loop_id: str, *members: Part | Iterable[Part]) -> Loop:
    """A loop of these members; lists are taken member by member."""
    return Loop(loop_id, tuple(_flat(members)))


def document(plan: Plan, *members: Part | Iterable[Part]) -> dict[str, Any]:
    """The canonical document of one transaction set; Defect when the guide has no such place."""
    return {"guide": plan.guide, "transaction": _loop(plan.root, tuple(_flat(members)))}


def _flat(members: Iterable[Part | Iterable[Part]]) -> Iterable[Segment | Loop]:
    for member in members:
        if isinstance(member, Segment | Loop):
            yield member
        elif member is not None:
            yield from _flat(member)


def _loop(plan: LoopPlan, members: Sequence[Segment | Loop]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for member in members:
        place = _place(plan, member, out)
        if isinstance(member, Loop):
            assert isinstance(place, LoopPlan)
            value = _loop(place, member.members)
        else:
            assert isinstance(place, SegmentPlan)
            value = _elements(place.elements, member.elements)
        if place.is_array:
            out.setdefault(place.key, []).append(value)
        else:
            out[place.key] = value
    return _in_guide_order(plan, out)


def _place(
    plan: LoopPlan, member: Segment | Loop, taken: Mapping[str, Any]
) -> LoopPlan | SegmentPlan:
    for place in plan.members:
        same_kind = isinstance(place, LoopPlan) == isinstance(member, Loop)
        free = place.is_array or place.key not in taken
        if place.id == member.id and same_kind and free and _admits(place, member):
            return place
    raise Defect(f"the guide has no place for {member.id} in loop {plan.id or 'ST'}")


def _admits(place: LoopPlan | SegmentPlan, member: Segment | Loop) -> bool:
    if isinstance(place, LoopPlan) or isinstance(member, Loop):
        return True
    return all(
        _value(member, qualifier.element, qualifier.component) in qualifier.codes
        for qualifier in place.qualifiers
    )


def _value(member: Segment, element: int, component: int) -> str:
    if element > len(member.elements):
        return ""
    value = member.elements[element - 1]
    parts = (value,) if isinstance(value, str) else value
    index = max(component, 1) - 1
    return parts[index] if index < len(parts) else ""


def _elements(plans: Sequence[ElementPlan], values: Sequence[Element]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for plan, value in zip(plans, values, strict=False):
        made: Any = value
        if plan.components:
            parts = (value,) if isinstance(value, str) else value
            made = _elements(plan.components, parts)
        if made:
            out[plan.key] = [made] if plan.repeat_max != 1 else made
    return out


def _in_guide_order(plan: LoopPlan, members: dict[str, Any]) -> dict[str, Any]:
    return {place.key: members[place.key] for place in plan.members if place.key in members}
