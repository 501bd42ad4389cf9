"""Reads a map of pyx12 (`pyx12.map_if`) into the data of a plan.

pyx12's helper levels (`ISA_LOOP`, `GS_LOOP`, `ST_LOOP` and the wrappers `HEADER`, `DETAIL`, `FOOTER`, ...) are
taken away: the transaction set is the root loop, and what a wrapper held stands in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any

import pyx12.codes
import pyx12.map_if
import pyx12.params

from ediport.guides.keys import key_of, unique_keys
from ediport.x12.errors import Defect
from ediport.x12.plan import UNBOUNDED

_UNBOUNDED_TEXTS = (">1", "&gt;1", "", None)
_ROOT = "ST_LOOP"


def source_version() -> str:
    """What the compiled data depends on besides our own files."""
    return f"pyx12 {version('pyx12')}"


def plan_data(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The plan data of one row of `schemas/guides/pyx12.yaml`."""
    root = pyx12.map_if.load_map_file(entry["map"], pyx12.params.ParamsBase())
    transaction = _transaction_loop(root)
    lists: set[str] = set()
    loop = _loop(transaction, position=0, lists=lists)
    for correction in entry.get("corrections", ()):
        _correct(loop, correction)
    counters = set(entry.get("counters", ()))
    return {
        "guide": entry["guide"],
        "transaction_set": entry["transaction_set"],
        "abbreviation": entry["abbreviation"],
        "functional_id": entry["functional_id"],
        "interchange_version": root.icvn or "00501",
        "title": entry["title"],
        "source": f"{source_version()} {entry['map']}",
        "aliases": list(entry.get("aliases", ())),
        "unit_loop": entry["unit_loop"],
        "counters": sorted(_counter_paths(loop, counters, "")),
        "code_lists": _code_lists(lists),
        "root": loop,
    }


def _correct(loop: list[Any], correction: Mapping[str, Any]) -> None:
    """Applies one row: `path` of loop ids, segment id, element position; the new `repeat`, `usage`, ..."""
    *path, last = correction["path"].split("/")
    rows = [loop]
    for name in path:
        rows = [row for parent in rows for row in parent[7] if row[1] == name]
    if last.isdigit():
        found = [e for row in rows for e in row[7] if e[0] == int(last)]
        places = {"usage": 3, "repeat": 4, "length_max": 8, "codes": 9}
    else:
        found = [row for parent in rows for row in parent[7] if row[1] == last]
        places = {"usage": 4, "repeat": 5}
    if not found:
        raise Defect(f"correction of {correction['path']} finds nothing in the map")
    for node in found:
        for name, place in places.items():
            node[place] = correction.get(name, node[place])


def _transaction_loop(root: Any) -> Any:
    for node in root.loop_segment_iterator():
        if node.id == _ROOT:
            return node
    raise Defect(f"the map {root.id} has no {_ROOT}")


def _counter_paths(loop: Sequence[Any], counters: set[str], path: str) -> Iterator[str]:
    for member in loop[7]:
        if member[0] == "L":
            inner = f"{path}/{member[1]}".lstrip("/")
            if member[1] in counters:
                yield f"{inner}/LX"
            yield from _counter_paths(member, counters, inner)


def _code_lists(names: set[str]) -> dict[str, list[str]]:
    known = pyx12.codes.ExternalCodes().codes
    return {name: sorted(c for c in known[name]["codes"] if c) for name in sorted(names)}


def _loop(node: Any, position: int, lists: set[str]) -> list[Any]:
    members = list(_members(node, lists))
    ranks = {place: rank for rank, place in enumerate(sorted({place for place, _ in members}))}
    rows = [row for _, row in sorted(members, key=lambda m: m[0])]
    places = [ranks[place] for place, _ in sorted(members, key=lambda m: m[0])]
    keys = unique_keys([key_of(row[2], row[1]) for row in rows])
    for row, key, place in zip(rows, keys, places, strict=True):
        row[3], row[6] = key, place
    is_root = node.id == _ROOT
    loop_id, name = ("", "Transaction Set") if is_root else (node.id, node.name)
    repeat = _repeat(node.repeat)
    return ["L", loop_id, name, "", node.usage, repeat, position, rows]


def _members(node: Any, lists: set[str]) -> Iterator[tuple[tuple[int, ...], list[Any]]]:
    """Each member with its place; what a wrapper holds gets a place of two numbers."""
    for child in node.childIterator():
        if not child.is_loop():
            yield (child.pos,), _segment(child, lists)
        elif child.type == "wrapper":
            for place, row in _members(child, lists):
                yield (child.pos, *place), _unwrapped(row, child, place)
        else:
            yield (child.pos,), _loop(child, 0, lists)


def _unwrapped(row: list[Any], wrapper: Any, place: tuple[int, ...]) -> list[Any]:
    """A wrapper that repeats lets the loop it begins with repeat; one that is not used has no members."""
    first = min(child.pos for child in wrapper.childIterator())
    if row[0] == "L" and place[0] == first and _repeat(wrapper.repeat) == UNBOUNDED:
        row[5] = UNBOUNDED
    if wrapper.usage == "N":
        row[4] = "N"
    return row


def _segment(node: Any, lists: set[str]) -> list[Any]:
    elements = [_element(child, lists) for child in node.children]
    for element, key in zip(elements, unique_keys([e[2] for e in elements]), strict=True):
        element[2] = key
    notes = [[note[0], note[1:]] for note in node.syntax]
    return [
        "S",
        node.id,
        node.name,
        "",
        node.usage,
        _repeat(node.max_use),
        0,
        elements,
        notes,
        _qualifiers(node),
    ]


def _qualifiers(node: Any) -> list[list[Any]]:
    """Where the segment says which of the same-named ones it is: the place that the map's codes are for.

    The first element where it is a required code; the first component where that is coded (HI, SVC, CTX); HL03;
    ENT02. Maps do not mark the place, so these are the places that the guides use.
    """
    elements = {child.seq: child for child in node.children}
    first = elements.get(1)
    if first is not None and not first.is_composite():
        if first.usage == "R" and first.data_type == "ID" and first.valid_codes:
            return [[1, 0, list(first.valid_codes)]]
    elif first is not None and first.children[0].valid_codes:
        return [[1, 1, list(first.children[0].valid_codes)]]
    position = {"HL": 3, "ENT": 2}.get(node.id)
    if position in elements and elements[position].valid_codes:
        return [[position, 0, list(elements[position].valid_codes)]]
    return []


def _element(node: Any, lists: set[str]) -> list[Any]:
    base = [node.seq, node.name, key_of(node.name or "", f"{node.seq:02d}"), node.usage]
    if node.is_composite():
        components = [_element(child, lists) for child in node.children]
        for component, key in zip(components, unique_keys([c[2] for c in components]), strict=True):
            component[2] = key
        return [*base, node.repeat, node.data_ele or "", "", 0, 0, [], "", "", components]
    if node.external_codes:
        lists.add(node.external_codes)
    codes = list(dict.fromkeys(code for code in node.valid_codes if code))
    repeat = 1 if node.max_use is None else _repeat(node.max_use)
    return [
        *base,
        repeat,
        node.data_ele or "",
        node.data_type or "AN",
        node.min_len,
        node.max_len,
        codes,
        node.external_codes or "",
        node.res or "",
        [],
    ]


def _repeat(text: str | int | None) -> int:
    return UNBOUNDED if text in _UNBOUNDED_TEXTS else int(str(text))
