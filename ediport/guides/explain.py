"""Finds places in a guide by what a person types, and says in plain words what the guide wants there.

A place is a loop, segment, element or component. Its path is made of X12 ids (`2000A/2000B/2300/CLM/05/03`); a
person may give the end of a path (`2300/CLM`, `CLM05-03`), JSON keys in place of ids, a qualifier (`REF[G1]`).
Nothing here knows how it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Final

from ediport.x12.findings import Finding
from ediport.x12.plan import (
    UNBOUNDED,
    ElementPlan,
    LoopPlan,
    Plan,
    SegmentPlan,
    SyntaxNote,
    Usage,
)

suggestions_max: Final = 6
"""Paths offered where the one that was asked for does not exist."""

_CODES_IN_LINE_MAX: Final = 12
_CODES_IN_PLACES_MAX: Final = 3
_PLACES_SHOWN_MAX: Final = 6
_QUALIFIED_PLACES_MAX: Final = 4
_SUGGESTION_CUTOFF: Final = 0.4
_MISPLACED: Final = frozenset(("segment_unexpected", "segment_out_of_sequence"))
_NUMBER = re.compile(r"\d{1,2}$")

USAGE_WORDS: Final[dict[Usage, str]] = {"R": "required", "S": "situational", "N": "not used"}


@dataclass(frozen=True, slots=True)
class Spot:
    """One place: its loop or segment, and the element and component within a segment where it is one."""

    node: LoopPlan | SegmentPlan
    element: ElementPlan | None = None
    component: ElementPlan | None = None

    @property
    def path(self) -> str:
        """Ids from the transaction set down, like `2000A/2000B/2300/CLM/05/03`; empty for the set itself."""
        parts = [self.node.path]
        parts += [f"{e.position:02d}" for e in (self.element, self.component) if e is not None]
        return "/".join(parts)

    @property
    def name(self) -> str:
        return (self.component or self.element or self.node).name

    @property
    def key(self) -> str:
        """Its key in canonical JSON."""
        return (self.component or self.element or self.node).key

    @property
    def designator(self) -> str:
        """How X12 refers to it: `CLM05-03`, a segment id, a loop id."""
        text = self.node.id
        if self.element is not None:
            text += f"{self.element.position:02d}"
        if self.component is not None:
            text += f"-{self.component.position:02d}"
        return text


def find(plan: Plan, path: str) -> list[Spot]:
    """All places whose path ends with `path`, in guide order; empty when there is none."""
    readings = _readings(path)
    return [spot for spot, names in _spots(plan) if any(_ends(names, r) for r in readings)]


def suggestions(plan: Plan, path: str) -> list[str]:
    """The nearest paths that exist, best first."""
    wanted = path.strip("/ ").upper()
    depth = wanted.count("/") + 1
    ends: dict[str, None] = {}
    for spot, _ in _spots(plan):
        ends.setdefault("/".join(spot.path.split("/")[-depth:]))
        if depth == 1:
            ends.setdefault(spot.designator)
    return get_close_matches(wanted, list(ends), suggestions_max, _SUGGESTION_CUTOFF)


def alike(spots: Sequence[Spot]) -> list[list[Spot]]:
    """The places grouped by what the guide says of them; copies of a loop fall into one group."""
    groups: dict[Any, list[Spot]] = {}
    for spot in spots:
        groups.setdefault(_content(spot), []).append(spot)
    return list(groups.values())


def qualifier(segment: SegmentPlan, *, codes_max: int = _CODES_IN_LINE_MAX) -> str:
    """What tells the segment from others of its id: `01=EI,SY`; empty where nothing needs to."""
    texts = []
    for one in segment.qualifiers:
        place = f"{one.element:02d}" + (f"-{one.component:02d}" if one.component else "")
        texts.append(f"{place}={_some(sorted(one.codes), ',', codes_max)}")
    return " ".join(texts)


def repeat(node: LoopPlan | SegmentPlan | ElementPlan) -> str:
    """How often it may stand: `1`, `25`, `>1` for any number of times."""
    return ">1" if node.repeat_max == UNBOUNDED else str(node.repeat_max)


def often(node: LoopPlan | SegmentPlan | ElementPlan) -> str:
    """The same in words."""
    if node.repeat_max == UNBOUNDED:
        return "any number of times"
    return "once" if node.repeat_max == 1 else f"up to {node.repeat_max} times"


def length(element: ElementPlan) -> str:
    """`3`, `1-38`; empty for a composite."""
    if element.components:
        return ""
    low, high = element.length_min, element.length_max
    return str(high) if low == high else f"{low}-{high}"


def values(element: ElementPlan, *, codes_max: int = _CODES_IN_LINE_MAX) -> str:
    """What may stand in it beyond its type: codes, an external list, a pattern."""
    texts = []
    if element.codes:
        texts.append(_some(element.codes, " ", codes_max))
    if element.code_list:
        texts.append(f"external list '{element.code_list}'")
    if element.pattern:
        texts.append(f"pattern {element.pattern}")
    return ", ".join(texts)


def note_words(note: SyntaxNote, segment_id: str) -> str:
    """A syntax note in words: `P0304: CLM03, CLM04: all of them or none`."""
    names = [f"{segment_id}{p:02d}" for p in note.positions]
    first, rest = names[0], " and ".join(names[1:])
    words = {
        "P": f"{' and '.join(names)} stand together or not at all",
        "R": f"at least one of {', '.join(names)}",
        "E": f"at most one of {', '.join(names)}",
        "C": f"with {first} must stand {rest}",
        "L": f"with {first} must stand at least one of {', '.join(names[1:])}",
    }
    return f"{note}: {words.get(note.kind, ', '.join(names))}"


def expectation(plan: Plan, finding: Finding) -> str:
    """What the guide wants at the place of a finding, in one line; empty where it can't be told."""
    if not finding.segment_id:
        return ""
    if finding.rule.id in _MISPLACED:
        return _places(plan, finding.segment_id)
    inside = [s for s in _segments(plan, finding.loop_path) if s.id == finding.segment_id]
    lines = {_expected(segment, finding) for segment in inside}
    if len(lines) > 1:
        lines = {line for line in lines if finding.reason.startswith(line.partition(": ")[0])}
    return lines.pop() if len(lines) == 1 else ""


def _places(plan: Plan, segment_id: str) -> str:
    """The loops that have such a segment; with its qualifiers where they are few."""
    segments = [s for s in plan.root.segments() if s.id == segment_id]
    is_few = len(segments) <= _QUALIFIED_PLACES_MAX
    found = dict.fromkeys(_loop_words(s) + (_codes(s) if is_few else "") for s in segments)
    places = _some(list(found), ", ", _PLACES_SHOWN_MAX)
    return f"{segment_id} has its place in {places}" if found else ""


def _loop_words(segment: SegmentPlan) -> str:
    return segment.loop.id or "the transaction set itself"


def _codes(segment: SegmentPlan) -> str:
    text = qualifier(segment, codes_max=_CODES_IN_PLACES_MAX)
    return f" ({text})" if text else ""


def _expected(segment: SegmentPlan, finding: Finding) -> str:
    element = _at(segment.elements, finding.element)
    if finding.element is None or (element is None and finding.component is None):
        count = f", {len(segment.elements)} elements at most" if finding.element else ""
        return f"{segment.id} {segment.name}: {USAGE_WORDS[segment.usage]}, {often(segment)}{count}"
    component = _at(element.components, finding.component) if element else None
    spot = Spot(segment, element, component)
    wanted = component or element
    return f"{spot.designator} {spot.name}: {element_words(wanted)}" if wanted else ""


def element_words(element: ElementPlan) -> str:
    """Usage, type, length and values of an element or component in one line."""
    parts = [USAGE_WORDS[element.usage]]
    if element.components:
        parts.append(f"composite of {len(element.components)}")
    elif element.usage != "N":
        size = length(element)
        parts.append(f"{element.type} of {size} character{'' if size == '1' else 's'}")
    if element.repeat_max != 1:
        parts.append(often(element))
    allowed = values(element)
    return ", ".join([*parts, allowed] if allowed else parts)


def to_dict(spot: Spot) -> dict[str, Any]:
    """The place and all below it as JSON-ready data."""
    if spot.element is not None:
        return {"path": spot.path, **_element_data(spot.component or spot.element)}
    return _node_data(spot.node)


def _node_data(node: LoopPlan | SegmentPlan) -> dict[str, Any]:
    data: dict[str, Any] = {
        "kind": "loop" if isinstance(node, LoopPlan) else "segment",
        "id": node.id,
        "name": node.name,
        "key": node.key,
        "path": node.path,
        "usage": node.usage,
        "repeat_max": node.repeat_max or None,
    }
    if isinstance(node, LoopPlan):
        return data | {"members": [_node_data(member) for member in node.members]}
    return data | {
        "qualifiers": [
            {"element": q.element, "component": q.component or None, "codes": sorted(q.codes)}
            for q in node.qualifiers
        ],
        "syntax": [str(note) for note in node.syntax],
        "elements": [_element_data(element) for element in node.elements],
    }


def _element_data(element: ElementPlan) -> dict[str, Any]:
    data: dict[str, Any] = {
        "kind": "composite" if element.components else "element",
        "position": element.position,
        "name": element.name,
        "key": element.key,
        "usage": element.usage,
        "repeat_max": element.repeat_max or None,
        "data_element": element.data_element,
    }
    if element.components:
        return data | {"components": [_element_data(c) for c in element.components]}
    return data | {
        "type": element.type,
        "length_min": element.length_min,
        "length_max": element.length_max,
        "codes": list(element.codes),
        "code_list": element.code_list or None,
        "pattern": element.pattern or None,
    }


def _content(spot: Spot) -> str:
    data = to_dict(spot)
    return repr(_without_paths(data))


def _without_paths(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: _without_paths(value) for name, value in data.items() if name != "path"}
    return [_without_paths(item) for item in data] if isinstance(data, list) else data


Names = tuple[tuple[str, ...], ...]
"""For each part of a path the ways to write it, in upper case."""


@lru_cache(maxsize=4)
def _spots(plan: Plan) -> tuple[tuple[Spot, Names], ...]:
    """Every place of a plan with the names of its path."""
    return tuple(_walk(plan.root, ()))


def _walk(loop: LoopPlan, above: Names) -> Iterator[tuple[Spot, Names]]:
    for member in loop.members:
        if isinstance(member, LoopPlan):
            names = (*above, (member.id, member.key.upper()))
            yield Spot(member), names
            yield from _walk(member, names)
        else:
            names = (*above, _segment_names(member))
            yield Spot(member), names
            yield from _walk_elements(member, names)


def _walk_elements(segment: SegmentPlan, above: Names) -> Iterator[tuple[Spot, Names]]:
    for element in segment.elements:
        names = (*above, _element_names(element))
        yield Spot(segment, element), names
        for component in element.components:
            yield Spot(segment, element, component), (*names, _element_names(component))


def _segment_names(segment: SegmentPlan) -> tuple[str, ...]:
    codes = [code for one in segment.qualifiers for code in one.codes]
    return (segment.id, segment.key.upper(), *(f"{segment.id}[{code.upper()}]" for code in codes))


def _element_names(element: ElementPlan) -> tuple[str, ...]:
    return (f"{element.position:02d}", element.key.upper())


def _readings(path: str) -> list[list[str]]:
    """The ways to read a typed path as parts: `CLM05-03` is also segment, element and component."""
    parts = [p for p in path.strip().upper().split("/") if p]
    if not parts or _NUMBER.match(parts[0]):
        return []
    parts = [f"{int(p):02d}" if _NUMBER.match(p) else p for p in parts]
    readings = [parts]
    for size in (2, 3):
        match = re.fullmatch(
            rf"([A-Z][A-Z0-9]{{{size - 1}}}(?:\[[^\]]*\])?)(\d\d)(?:-(\d\d?))?", parts[-1]
        )
        if match is not None:
            component = [f"{int(match[3]):02d}"] if match[3] else []
            readings.append([*parts[:-1], match[1], match[2], *component])
    return readings


def _ends(names: Names, parts: Sequence[str]) -> bool:
    if len(parts) > len(names):
        return False
    return all(p in n for p, n in zip(parts, names[len(names) - len(parts) :], strict=True))


def _segments(plan: Plan, loop_path: str) -> list[SegmentPlan]:
    return [
        member
        for loop in plan.root.loops()
        if loop.path == loop_path
        for member in loop.members
        if isinstance(member, SegmentPlan)
    ]


def _at(elements: Sequence[ElementPlan], position: int | None) -> ElementPlan | None:
    return next((e for e in elements if e.position == position), None)


def _some(codes: Sequence[str], separator: str, codes_max: int = _CODES_IN_LINE_MAX) -> str:
    shown = separator.join(codes[:codes_max])
    rest = len(codes) - codes_max
    return f"{shown} and {rest} more" if rest > 0 else shown
