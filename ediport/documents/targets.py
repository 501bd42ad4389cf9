"""Resolving the targets of a layout: X12 ids from the transaction set downwards, against a guide's plan.

A target names one element or component, such as `2000A/2010AA/NM1[85]/03` or `2400/SV1/01-02`:

- loop ids as the guide nests them, then a segment id, then the element, or element and component;
- `REF[G1]` is the segment whose qualifier may be `G1`, and it says that the qualifier is written as
  `G1`;
- `PER#2` is the second occurrence of what the guide lets repeat, loop or segment.

The same ids read documents in `ediport.documents.paths`; here each must name exactly one place of
the guide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ediport.x12.plan import ElementPlan, LoopPlan, Plan, SegmentPlan

_STEP: Final = re.compile(
    r"(?P<id>[A-Z0-9]{2,6})(?:\[(?P<code>[A-Z0-9]{1,6})\])?(?:#(?P<number>[1-9]\d{0,2}))?"
)
_PLACE: Final = re.compile(r"(?P<element>\d\d)(?:-(?P<component>\d\d))?")
_DESIGNATOR: Final = re.compile(r"(?P<segment>[A-Z][A-Z0-9]{1,2})(?P<place>\d\d(?:-\d\d)?)")


class TargetError(Exception):
    """A target that names no place, or more than one; the text says what the guide has instead."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A loop or segment on the way to a target, and which of its repeats (from 1)."""

    plan: LoopPlan | SegmentPlan
    number: int = 1

    @property
    def key(self) -> str:
        return self.plan.key

    @property
    def sort_key(self) -> tuple[int, int]:
        return self.plan.index, self.number


@dataclass(frozen=True, slots=True)
class Target:
    """One resolved place: the occurrences from the outermost in, the element, the component if any."""

    text: str
    occurrences: tuple[Occurrence, ...]
    element: ElementPlan
    component: ElementPlan | None = None
    qualifier: tuple[int, int, str] | None = None

    @property
    def leaf(self) -> ElementPlan:
        """The element or component that takes the value."""
        return self.component or self.element

    @property
    def segment(self) -> SegmentPlan:
        plan = self.occurrences[-1].plan
        assert isinstance(plan, SegmentPlan)
        return plan

    @property
    def place(self) -> str:
        """The reference designator, like `SV101-02`."""
        text = f"{self.segment.id}{self.element.position:02d}"
        return f"{text}-{self.component.position:02d}" if self.component else text

    @property
    def loops(self) -> tuple[Occurrence, ...]:
        return self.occurrences[:-1]

    def sibling(self, designator: str) -> Target:
        """Another place of the same segment occurrence, by its reference designator (`NM108`)."""
        match = _DESIGNATOR.fullmatch(designator)
        if match is None or match["segment"] != self.segment.id:
            raise TargetError(f"{designator} is no element of the segment {self.segment.id}")
        element, component = _element(self.segment, match["place"])
        return Target(designator, self.occurrences, element, component)

    def qualifying(self) -> Target | None:
        """The place of the qualifier that the brackets of this target give, if any."""
        if self.qualifier is None:
            return None
        position, component, _ = self.qualifier
        place = f"{position:02d}-{component:02d}" if component else f"{position:02d}"
        return self.sibling(f"{self.segment.id}{place}")


def resolve(plan: Plan, text: str) -> Target:
    """The place that a target names; raises TargetError."""
    *steps, place = text.split("/")
    node: LoopPlan | SegmentPlan = plan.root
    occurrences = []
    code = None
    for step in steps:
        if not isinstance(node, LoopPlan):
            raise TargetError(f"{text}: nothing can stand below the segment {node.id}")
        occurrence, code = _occurrence(node, step, text)
        occurrences.append(occurrence)
        node = occurrence.plan
    if not isinstance(node, SegmentPlan):
        raise TargetError(f"{text}: the last but one part must be a segment")
    element, component = _element(node, place)
    return Target(text, tuple(occurrences), element, component, _qualifier(node, code))


def resolve_loop(plan: Plan, text: str) -> LoopPlan:
    """The loop at a path of loop ids; raises TargetError."""
    node = plan.root
    for step in text.split("/"):
        found = [m for m in node.members if isinstance(m, LoopPlan) and m.id == step]
        if len(found) != 1:
            raise TargetError(f"{text}: {_offer(node, step)}")
        node = found[0]
    return node


def _occurrence(node: LoopPlan, step: str, text: str) -> tuple[Occurrence, str | None]:
    match = _STEP.fullmatch(step)
    if match is None:
        raise TargetError(f"{text}: {step!r} is no loop or segment id")
    found = [m for m in node.members if m.id == match["id"] and _may_hold(m, match["code"])]
    if len(found) != 1:
        raise TargetError(f"{text}: {_offer(node, step)}")
    number = int(match["number"] or 1)
    limit = found[0].repeat_max
    if limit and number > limit:
        raise TargetError(f"{text}: the guide lets {match['id']} occur at most {limit} times here")
    return Occurrence(found[0], number), match["code"]


def _may_hold(member: LoopPlan | SegmentPlan, code: str | None) -> bool:
    if code is None:
        return True
    segment = member.opener if isinstance(member, LoopPlan) else member
    return any(code in qualifier.codes for qualifier in segment.qualifiers)


def _offer(node: LoopPlan, step: str) -> str:
    """What stands at a loop instead, for the one who wrote the target."""
    offers = [_described(m) for m in node.members if m.id[:2] == step[:2]]
    where = f"loop {node.id}" if node.id else "the transaction set"
    return f"{step} names no single place in {where} (there are: {', '.join(offers) or 'none'})"


def _described(member: LoopPlan | SegmentPlan) -> str:
    if isinstance(member, LoopPlan) or not member.qualifiers:
        return member.id
    return f"{member.id}[{'|'.join(sorted(member.qualifiers[0].codes))}]"


def _element(segment: SegmentPlan, place: str) -> tuple[ElementPlan, ElementPlan | None]:
    match = _PLACE.fullmatch(place)
    if match is None:
        raise TargetError(f"{place!r} is no element: write 03, or 01-02 for a component")
    element = _at(segment.elements, int(match["element"]), f"{segment.id}{place}")
    if match["component"] is None:
        if element.components:
            raise TargetError(f"{segment.id}{place} is a composite: name one of its components")
        return element, None
    return element, _at(element.components, int(match["component"]), f"{segment.id}{place}")


def _at(elements: tuple[ElementPlan, ...], position: int, place: str) -> ElementPlan:
    for element in elements:
        if element.position == position and element.usage != "N":
            return element
    raise TargetError(f"{place}: the guide does not use this place")


def _qualifier(segment: SegmentPlan, code: str | None) -> tuple[int, int, str] | None:
    if code is None:
        return None
    for qualifier in segment.qualifiers:
        if code in qualifier.codes:
            return qualifier.element, qualifier.component, code
    return None
