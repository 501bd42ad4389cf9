"""Reading canonical documents by X12 ids instead of whole key names.

A path names loops, segments, elements and components by their X12 ids, from the transaction set
downwards: `2000A/2000B/2300/CLM/01`, `2300/REF[D9]/02`, `STC/01-02`. Grammar of one step:

- an id (`2300`, `CLM`, `01`): every member whose key ends with `_<id>`; arrays are walked through;
- an id with a condition (`REF[D9]`, `NM1[85|87]`, `HL[03=22]`): only segments whose element 01, or
  the stated one, has one of the values;
- `01-02`: short for element `01`, component `02`;
- `**`: any number of loops, none included;
- `interchange` or `group` as first step: the header of that level (`interchange/13`, `group/06`).

A part that is missing, or of another shape, yields nothing: reading never fails. Only `parse`
raises, on a path that is none. Paths are written by us and by owners of agreements, never taken
from documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, Final

from ediport.x12.errors import Defect

Node = Mapping[str, Any]
Document = Mapping[str, Any]

depth_max: Final = 64
"""Levels that `**` descends; no guide nests its loops even half as deep."""

paths_kept_max: Final = 1024
"""Parsed paths that are remembered."""

names_kept_max: Final = 16_384
"""Pairs of id and key whose comparison is remembered; documents have few thousand keys."""

_ANY_DEPTH: Final = "**"
_HEADERS: Final = ("interchange", "group")
_STEP = re.compile(r"(?P<id>[A-Za-z0-9_]+)(?:\[(?:(?P<at>\d\d)=)?(?P<values>[^\[\]=/]+)\])?")
_COMPONENT = re.compile(r"(?P<element>\d\d)-(?P<component>\d\d)")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: an X12 id, and the condition that element `at` has one of `values` (if any)."""

    id: str
    at: str = "01"
    values: frozenset[str] = frozenset()

    def names(self, key: str) -> bool:
        """True when the key is one of this id, with or without the ordinal of a repeated name."""
        return _is_named(self.id, key)

    def admits(self, node: object) -> bool:
        """True when the condition holds for the node."""
        if not self.values:
            return True
        return any(value in self.values for value in _strings(_members(node, Step(self.at))))


@lru_cache(maxsize=names_kept_max)
def _is_named(step_id: str, key: str) -> bool:
    head, _, tail = key.rpartition("_")
    if tail == step_id:
        return True
    return tail.isdigit() and tail[0] != "0" and head.endswith("_" + step_id)


@lru_cache(maxsize=paths_kept_max)
def parse(path: str) -> tuple[Step, ...]:
    """The steps of a path; raises Defect when it is none."""
    return tuple(chain.from_iterable(_steps(part, path) for part in path.split("/")))


def find(document: Document, path: str) -> Iterator[str]:
    """The values at a path, in document order."""
    steps = parse(path)
    yield from _strings(_walk(_start(document, steps), steps))


def first(document: Document, path: str, default: str = "") -> str:
    """The first value at a path, or `default`."""
    return next(find(document, path), default)


def nodes(document: Document, path: str) -> Iterator[Node]:
    """The loops, segments or composites at a path, in document order."""
    steps = parse(path)
    for found in _walk(_start(document, steps), steps):
        if isinstance(found, Mapping):
            yield found


def within(node: Node, path: str) -> Iterator[str]:
    """The values at a path that begins at a node got from `nodes`."""
    yield from _strings(_walk(node, parse(path)))


def nodes_within(node: Node, path: str) -> Iterator[Node]:
    """The nodes at a path that begins at a node got from `nodes`."""
    for found in _walk(node, parse(path)):
        if isinstance(found, Mapping):
            yield found


def narrow(document: Document, units: Sequence[str]) -> Iterator[dict[str, Any]]:
    """One document for each loop at one of the paths, holding it and its ancestors only.

    This is what reading with `split="unit"` gives, for documents that hold several units: further
    loops at any of the paths, and their ancestors, are left out of each. Nothing is copied but the
    mappings on the way.
    """
    routes = [parse(unit) for unit in units]
    header_routes = [route for route in routes if route[0].id in _HEADERS]
    yield from _narrowed(document, header_routes)
    for narrowed in _narrowed(
        document.get("transaction"), [r for r in routes if r not in header_routes]
    ):
        yield {**document, "transaction": narrowed}


def _steps(part: str, path: str) -> Iterator[Step]:
    component = _COMPONENT.fullmatch(part)
    step = _STEP.fullmatch(part)
    if part == _ANY_DEPTH:
        yield Step(_ANY_DEPTH)
    elif component is not None:
        yield Step(component["element"])
        yield Step(component["component"])
    elif step is not None:
        values = frozenset((step["values"] or "").split("|")) - {""}
        yield Step(step["id"], step["at"] or "01", values)
    else:
        raise Defect(f"{path!r} is no path of X12 ids")


def _start(document: Document, steps: tuple[Step, ...]) -> object:
    """The member of the document at which the first step looks."""
    return document if steps[0].id in _HEADERS else document.get("transaction")


def _walk(node: object, steps: tuple[Step, ...], depth: int = 0) -> Iterator[object]:
    if not steps:
        yield from _flat(node)
        return
    step, rest = steps[0], steps[1:]
    if step.id == _ANY_DEPTH:
        yield from _walk_any_depth(node, rest, depth)
        return
    for member in _members(node, step):
        if step.admits(member):
            yield from _walk(member, rest, depth)


def _walk_any_depth(node: object, steps: tuple[Step, ...], depth: int) -> Iterator[object]:
    yield from _walk(node, steps, depth)
    if depth >= depth_max or not isinstance(node, Mapping):
        return
    for value in node.values():
        for member in _flat(value):
            if isinstance(member, Mapping):
                yield from _walk_any_depth(member, steps, depth + 1)


def _members(node: object, step: Step) -> Iterator[object]:
    if not isinstance(node, Mapping):
        return
    for key, value in node.items():
        if step.names(key) and not key.startswith("_"):
            yield from _flat(value)


def _flat(value: object) -> Iterator[object]:
    if isinstance(value, list):
        yield from value
    else:
        yield value


def _strings(found: Iterator[object]) -> Iterator[str]:
    return (value for value in found if isinstance(value, str))


def _narrowed(node: object, routes: list[tuple[Step, ...]]) -> Iterator[dict[str, Any]]:
    if not isinstance(node, Mapping):
        return
    if any(not route for route in routes):
        yield dict(node)
        return
    onward = {key: _onward(key, routes) for key in node}
    for key, inner_routes in onward.items():
        for member in _flat(node[key]) if inner_routes else ():
            for inner in _narrowed(member, inner_routes):
                branch = [inner] if isinstance(node[key], list) else inner
                yield {
                    other: branch if other == key else value
                    for other, value in node.items()
                    if other == key or not onward[other]
                }


def _onward(key: str, routes: list[tuple[Step, ...]]) -> list[tuple[Step, ...]]:
    return [route[1:] for route in routes if route and route[0].names(key)]
