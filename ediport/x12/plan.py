"""A guide, compiled: the tree of loops, segments and elements with all that reading and writing need.

A plan is built from plain data (`Plan.from_data`), which is what the compiled files hold; `ediport.guides`
makes that data from pyx12's maps and from our own guides. Plans are never changed after they are built.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, Protocol

Usage = Literal["R", "S", "N"]

UNBOUNDED: Final = 0
"""`repeat_max` of what may occur any number of times."""

PLAN_FORMAT: Final = 1
"""Version of the data that `Plan.from_data` takes; part of every cache key."""


class ElementPlan:
    """One element or component. Lengths count characters; `type` is the X12 data type (AN, ID, DT, TM, R, Nn, B).

    `codes` are the guide's own allowed values, `code_list` names an external list whose values are allowed too.
    A composite has `components`, and then no type.
    """

    __slots__ = (
        "code_list",
        "codes",
        "components",
        "data_element",
        "key",
        "length_max",
        "length_min",
        "name",
        "pattern",
        "position",
        "repeat_max",
        "type",
        "usage",
    )

    def __init__(self, data: Sequence[Any]) -> None:
        self.position: int = data[0]
        self.name: str = data[1]
        self.key: str = data[2]
        self.usage: Usage = data[3]
        self.repeat_max: int = data[4]
        self.data_element: str = data[5]
        self.type: str = data[6]
        self.length_min: int = data[7]
        self.length_max: int = data[8]
        self.codes: tuple[str, ...] = tuple(data[9])
        self.code_list: str = data[10]
        self.pattern: str = data[11]
        self.components: tuple[ElementPlan, ...] = tuple(ElementPlan(c) for c in data[12])

    @property
    def constant(self) -> str | None:
        """The value, where the guide allows one only."""
        single = len(self.codes) == 1 and not self.code_list
        return self.codes[0] if single else None


class SyntaxNote:
    """A relation between elements of a segment (X12.6): kind P, R, E, C or L and the positions it names."""

    __slots__ = ("kind", "positions")

    def __init__(self, data: Sequence[Any]) -> None:
        self.kind: str = data[0]
        self.positions: tuple[int, ...] = tuple(data[1])

    def __str__(self) -> str:
        return self.kind + "".join(f"{p:02d}" for p in self.positions)


class Qualifier:
    """What tells same-named segments apart: the element (and component, 0 for none) must hold one of `codes`."""

    __slots__ = ("codes", "component", "element")

    def __init__(self, data: Sequence[Any]) -> None:
        self.element: int = data[0]
        self.component: int = data[1]
        self.codes: frozenset[str] = frozenset(data[2])


class SegmentPlan:
    """A segment at its place in a loop. `position` orders the members of the loop; equal positions mix freely."""

    __slots__ = (
        "elements",
        "id",
        "index",
        "key",
        "loop",
        "name",
        "position",
        "qualifiers",
        "repeat_max",
        "syntax",
        "usage",
    )

    def __init__(self, data: Sequence[Any], loop: LoopPlan, index: int) -> None:
        self.loop = loop
        self.index = index
        self.id: str = data[1]
        self.name: str = data[2]
        self.key: str = data[3]
        self.usage: Usage = data[4]
        self.repeat_max: int = data[5]
        self.position: int = data[6]
        self.elements: tuple[ElementPlan, ...] = tuple(ElementPlan(e) for e in data[7])
        self.syntax: tuple[SyntaxNote, ...] = tuple(SyntaxNote(s) for s in data[8])
        self.qualifiers: tuple[Qualifier, ...] = tuple(Qualifier(q) for q in data[9])

    @property
    def is_array(self) -> bool:
        return self.repeat_max != 1

    @property
    def path(self) -> str:
        """Loop path and segment id, like `2000A/2010AA/NM1`."""
        return f"{self.loop.path}/{self.id}".lstrip("/")


class LoopPlan:
    """A loop: its first member is the segment that opens it. The root loop is the transaction set itself."""

    __slots__ = (
        "id",
        "index",
        "key",
        "members",
        "name",
        "parent",
        "path",
        "position",
        "repeat_max",
        "usage",
    )

    def __init__(self, data: Sequence[Any], parent: LoopPlan | None, index: int) -> None:
        self.parent = parent
        self.index = index
        self.id: str = data[1]
        self.name: str = data[2]
        self.key: str = data[3]
        self.usage: Usage = data[4]
        self.repeat_max: int = data[5]
        self.position: int = data[6]
        self.path: str = f"{parent.path}/{self.id}".lstrip("/") if parent is not None else ""
        self.members: tuple[SegmentPlan | LoopPlan, ...] = tuple(
            SegmentPlan(m, self, i) if m[0] == "S" else LoopPlan(m, self, i)
            for i, m in enumerate(data[7])
        )

    @property
    def is_array(self) -> bool:
        return self.repeat_max != 1

    @property
    def opener(self) -> SegmentPlan:
        """The segment that begins the loop."""
        first = self.members[0]
        assert isinstance(first, SegmentPlan)
        return first

    def segments(self) -> Iterator[SegmentPlan]:
        """Every segment of this loop and of the loops in it, in guide order."""
        for member in self.members:
            if isinstance(member, SegmentPlan):
                yield member
            else:
                yield from member.segments()

    def loops(self) -> Iterator[LoopPlan]:
        """This loop and every loop in it, in guide order."""
        yield self
        for member in self.members:
            if isinstance(member, LoopPlan):
                yield from member.loops()


class Plan:
    """One implementation guide for one transaction set.

    `guide` is the version that GS08 names (`005010X222A1`), `transaction_set` ST01, `functional_id` GS01,
    `unit_loop` the id of the loop that is one business unit (empty: the whole transaction set), `counters` the
    paths of segments whose first element counts from 1 within their parent loop (`2000A/2000B/2300/2400/LX`).
    """

    __slots__ = (
        "abbreviation",
        "aliases",
        "code_lists",
        "counters",
        "functional_id",
        "guide",
        "interchange_version",
        "root",
        "source",
        "title",
        "transaction_set",
        "unit_loop",
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.guide: str = data["guide"]
        self.transaction_set: str = data["transaction_set"]
        self.abbreviation: str = data["abbreviation"]
        self.functional_id: str = data["functional_id"]
        self.interchange_version: str = data["interchange_version"]
        self.title: str = data["title"]
        self.source: str = data["source"]
        self.aliases: tuple[str, ...] = tuple(data["aliases"])
        self.unit_loop: str = data["unit_loop"]
        self.counters: frozenset[str] = frozenset(data["counters"])
        self.code_lists: Mapping[str, frozenset[str]] = {
            name: frozenset(codes) for name, codes in data["code_lists"].items()
        }
        self.root = LoopPlan(data["root"], None, 0)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Plan:
        """The plan of compiled data; raises KeyError or IndexError when the data is of another format."""
        return cls(data)


class Plans(Protocol):
    """Where the engine gets its plans."""

    def find(
        self, version: str, functional_id: str, transaction_set: str, implementation: str = ""
    ) -> Plan | None:
        """The plan for GS08, GS01 and ST01 (ST03 where GS08 says nothing), or None."""

    def get(self, guide: str, transaction_set: str | None = None) -> Plan | None:
        """The plan of a guide by its version or abbreviation; the set decides where a guide has several."""

    def all(self) -> Sequence[Plan]:
        """Every plan there is, in a stable order."""
