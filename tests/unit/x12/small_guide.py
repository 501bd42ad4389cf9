"""A guide of a dozen segments, made for tests: everything that a guide can ask for, in one page.

ST BGN REF* DTP*            header; three kinds of REF share one position, the third repeats
1000   N1 N3                required once
2000A  HL NM1 NTE*          hierarchy, any number
  2000B  HL NM1             below 2000A
    2300   CLM DTP*         the business unit
      2400   LX AMT         at most two, counted from 1
PLB SE
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ediport.x12.plan import Plan

GUIDE: Final = "005010X999"
ANY: Final = 0
"""Repeats without limit."""

Row = list[Any]


def element(
    position: int,
    key: str,
    usage: str = "S",
    *,
    kind: str = "AN",
    length: tuple[int, int] = (1, 30),
    codes: Sequence[str] = (),
    repeat: int = 1,
    number: str = "",
    code_list: str = "",
    pattern: str = "",
    components: Sequence[Row] = (),
) -> Row:
    """Plan data of an element or component; `number` is its data element."""
    kind = "" if components else kind
    name = f"{key}_{position:02d}"
    return [
        position, key, name, usage, repeat, number, kind, *length, list(codes), code_list, pattern,
        list(components),
    ]  # fmt: skip


def code(position: int, *codes: str, usage: str = "R", number: str = "") -> Row:
    """A required code."""
    return element(position, "code", usage, kind="ID", length=(1, 3), codes=codes, number=number)


def segment(
    segment_id: str,
    key: str,
    elements: Sequence[Row],
    usage: str = "S",
    repeat: int = 1,
    *,
    at: int = 0,
    notes: Sequence[tuple[str, list[int]]] = (),
    qualifier: tuple[int, int] | None = None,
) -> Row:
    """Plan data of a segment; `qualifier` is the element and component whose codes tell it apart."""
    found: list[Row] = []
    if qualifier is not None:
        place = elements[qualifier[0] - 1]
        codes = place[12][qualifier[1] - 1][9] if qualifier[1] else place[9]
        found = [[*qualifier, codes]]
    return ["S", segment_id, key, f"{key}_{segment_id}", usage, repeat, at, list(elements),
            [list(note) for note in notes], found]  # fmt: skip


def loop(
    loop_id: str,
    key: str,
    members: Sequence[Row],
    usage: str = "S",
    repeat: int = 1,
    *,
    at: int = 0,
) -> Row:
    """Plan data of a loop."""
    return ["L", loop_id, key, f"{key}_{loop_id}", usage, repeat, at, list(members)]


def plan(root: Row, *, unit_loop: str = "2300", counters: Sequence[str] = ()) -> Plan:
    """A plan around a root loop, for transaction set 100 in groups XX."""
    return Plan.from_data(
        {
            "guide": GUIDE,
            "transaction_set": "100",
            "abbreviation": "100",
            "functional_id": "XX",
            "interchange_version": "00501",
            "title": "A small guide",
            "source": "tests",
            "aliases": [],
            "unit_loop": unit_loop,
            "counters": list(counters),
            "code_lists": {"colours": ["RED", "BLUE"]},
            "root": root,
        }
    )


def _name(key: str, who: str, usage: str, at: int) -> Row:
    elements = [code(1, who), element(2, "name", "R", length=(1, 12)), element(3, "id")]
    return segment("NM1", key, elements, usage, at=at, qualifier=(1, 0))


def _level(key: str, which: str, children: Sequence[str]) -> Row:
    elements = [
        element(1, "number", "R", length=(1, 12)),
        element(2, "parent", length=(1, 12)),
        code(3, which),
        element(4, "child", kind="ID", length=(1, 1), codes=children),
    ]
    return segment("HL", key, elements, "R", qualifier=(3, 0))


def _date(key: str, at: int, *, repeat: int = ANY) -> Row:
    elements = [
        code(1, "472", "050"),
        code(2, "D8", "RD8", "TM", number="1250"),
        element(3, "date", "R", length=(1, 35), number="1251"),
    ]
    return segment("DTP", key, elements, repeat=repeat, at=at, qualifier=(1, 0))


def _reference(key: str, codes: Sequence[str], usage: str, repeat: int) -> Row:
    elements = [code(1, *codes), element(2, "number", "R", length=(1, 9))]
    return segment("REF", key, elements, usage, repeat, at=2, qualifier=(1, 0))


def _claim() -> Row:
    place = element(
        3, "place", components=[element(1, "code", "R", length=(1, 2)), code(2, "B", usage="R")]
    )
    amount = element(2, "charge", "R", kind="R", length=(1, 9))
    claim = segment("CLM", "claim", [element(1, "account", "R"), amount, place], "R")
    line = segment("LX", "number", [element(1, "number", "R", kind="N0", length=(1, 6))], "R")
    money = segment("AMT", "amount", [element(1, "money", "R", kind="R", length=(1, 9))], "R", at=1)
    lines = loop("2400", "line", [line, money], "S", 2, at=2)
    return loop("2300", "claim", [claim, _date("day", 1), lines], "S", ANY, at=2)


def _hierarchy() -> Row:
    below = loop(
        "2000B",
        "person",
        [_level("person", "22", ("0",)), _name("person", "IL", "R", 1), _claim()],
        "S",
        ANY,
        at=3,
    )
    note = segment("NTE", "note", [element(1, "text", "R", length=(1, 80))], repeat=ANY, at=2)
    members = [_level("provider", "20", ("0", "1")), _name("provider", "85", "R", 1), note, below]
    return loop("2000A", "provider", members, "S", ANY, at=5)


def _root() -> Row:
    header = segment(
        "ST",
        "header",
        [code(1, "100"), element(2, "control", "R", length=(4, 9)), element(3, "convention")],
        "R",
    )
    begin = segment(
        "BGN",
        "begin",
        [
            code(1, "00", "15"),
            element(2, "number", "R", length=(1, 10)),
            element(3, "day", kind="DT", length=(8, 8)),
            element(4, "tags", length=(1, 3), repeat=3),
            element(5, "colour", kind="ID", length=(3, 4), code_list="colours"),
        ],
        "R",
        at=1,
    )
    name = segment("N1", "receiver", [code(1, "40"), element(2, "name")], "R", qualifier=(1, 0))
    street = segment("N3", "street", [element(1, "street", "R")], at=1)
    pairs = [element(n, "money" if n % 2 else "reason") for n in range(1, 5)]
    adjust = segment("PLB", "adjustment", pairs, repeat=ANY, at=6, notes=[("P", [3, 4])])
    count = element(1, "count", "R", kind="N0", length=(1, 10))
    trailer = segment(
        "SE", "trailer", [count, element(2, "control", "R", length=(4, 9))], "R", at=7
    )
    members = [
        header,
        begin,
        _reference("first", ["1L"], "R", 1),
        _reference("second", ["2U"], "S", 1),
        _reference("more", ["F8", "EA"], "S", 3),
        _date("day", 3, repeat=2),
        loop("1000", "receiver", [name, street], "R", at=4),
        _hierarchy(),
        adjust,
        trailer,
    ]
    return loop("", "set", members, "R")


SMALL: Final = plan(_root(), counters=["2000A/2000B/2300/2400/LX"])


class SmallPlans:
    """`Plans` that hold the small guide alone, or another one."""

    def __init__(self, only: Plan = SMALL) -> None:
        self._only = only

    def find(
        self, version: str, functional_id: str, transaction_set: str, implementation: str = ""
    ) -> Plan | None:
        names = (version, implementation)
        same = self._only.guide in names and functional_id == self._only.functional_id
        return self._only if same and transaction_set in ("", "100") else None

    def get(self, guide: str, transaction_set: str | None = None) -> Plan | None:
        return self._only if guide == self._only.guide else None

    def all(self) -> Sequence[Plan]:
        return [self._only]
