"""Draws loops, segments and elements of a guide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ediport.cli.console import is_plain, show
from ediport.guides.explain import (
    USAGE_WORDS,
    Spot,
    element_words,
    length,
    note_words,
    often,
    qualifier,
    repeat,
    values,
)
from ediport.x12.plan import ElementPlan, LoopPlan, SegmentPlan, Usage

_STYLES: Final[dict[Usage, str]] = {"R": "bold", "S": "", "N": "dim"}
_FANCY: Final = ("├─ ", "└─ ", "│  ", "   ")
_PLAIN: Final = ("|- ", "`- ", "|  ", "   ")
_CODES_IN_TREE_MAX: Final = 6


def print_tree(console: Console, loop: LoopPlan, *, loops_only: bool, title: str) -> None:
    """A loop with all that is in it, a line each."""
    if title:
        console.print(title, style="bold")
    console.print(
        "use: R required, S situational, N not used; count: how often at most\n", style="dim"
    )
    console.print(f"{'use':<5}{'count':>5}", style="dim")
    glyphs = _PLAIN if is_plain(console) else _FANCY
    for prefix, member in _branches(loop, glyphs, "", loops_only=loops_only):
        console.print(_line(prefix, member), no_wrap=True, overflow="ellipsis")


def _branches(
    loop: LoopPlan, glyphs: Sequence[str], indent: str, *, loops_only: bool
) -> Iterator[tuple[str, LoopPlan | SegmentPlan]]:
    branch, last, pipe, blank = glyphs
    members = [m for m in loop.members if isinstance(m, LoopPlan) or not loops_only]
    for member in members:
        is_last = member is members[-1]
        yield indent + (last if is_last else branch), member
        if isinstance(member, LoopPlan):
            inner = indent + (blank if is_last else pipe)
            yield from _branches(member, glyphs, inner, loops_only=loops_only)


def _line(prefix: str, member: LoopPlan | SegmentPlan) -> Text:
    is_loop = isinstance(member, LoopPlan)
    style = "cyan" if is_loop else _STYLES[member.usage]
    line = Text(f"{member.usage:<5}{repeat(member):>5}  ", _STYLES[member.usage])
    line.append(prefix, "dim")
    line.append(member.id, f"bold {style}")
    line.append(f" {member.name}", style)
    if isinstance(member, SegmentPlan) and member.qualifiers:
        line.append(f"  {qualifier(member, codes_max=_CODES_IN_TREE_MAX)}", "dim")
    return line


def print_place(console: Console, spots: Sequence[Spot], *, loops_only: bool) -> None:
    """One place of a guide; further spots are copies of it elsewhere."""
    spot = spots[0]
    console.print(Text.assemble((spot.designator, "bold cyan"), (f"  {spot.name}", "bold")))
    _print_facts(console, spots)
    console.print()
    if spot.element is not None:
        _print_elements(console, spot, [spot.component or spot.element])
    elif isinstance(spot.node, SegmentPlan):
        _print_elements(console, spot, spot.node.elements)
        _print_notes(console, spot.node)
    else:
        print_tree(console, spot.node, loops_only=loops_only, title="")


def _print_facts(console: Console, spots: Sequence[Spot]) -> None:
    spot = spots[0]
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("path", "\n".join(one.path for one in spots))
    table.add_row("key", spot.key)
    table.add_row("use", _use(spot))
    if spot.element is None and isinstance(spot.node, SegmentPlan) and spot.node.qualifiers:
        table.add_row("told by", qualifier(spot.node))
    show(console, table)


def _use(spot: Spot) -> str:
    element = spot.component or spot.element
    if element is not None:
        return element_words(element)
    return f"{USAGE_WORDS[spot.node.usage]}, {often(spot.node)}"


def _print_elements(console: Console, spot: Spot, elements: Sequence[ElementPlan]) -> None:
    """Elements with their components, alike ones once; what is not used is named in one line."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for title in ("Element", "Use", "Type", "Length"):
        table.add_column(title, no_wrap=True)
    table.add_column("Name, key, codes", overflow="fold")
    is_single = spot.element is not None
    for designator, element in _rows(spot, elements):
        if element.usage != "N" or is_single:
            table.add_row(*_element_row(designator, element, all_codes=is_single))
    show(console, table)
    unused = [] if is_single else [d for d, e in _rows(spot, elements) if e.usage == "N"]
    if unused:
        console.print(f"\nnot used: {', '.join(unused)}", style="dim")


def _rows(spot: Spot, elements: Sequence[ElementPlan]) -> Iterator[tuple[str, ElementPlan]]:
    """Elements and components with their designators; a run of alike ones as `HI02 to HI12`."""
    if spot.component is not None:
        yield spot.designator, spot.component
        return
    for first, last in _runs(elements):
        name = f"{spot.node.id}{first.position:02d}"
        yield _span(name, spot.node.id, first, last), first
        if first.usage != "N":
            for inner, inner_last in _runs(first.components):
                yield _span(f"{name}-{inner.position:02d}", "-", inner, inner_last), inner


def _span(name: str, prefix: str, first: ElementPlan, last: ElementPlan) -> str:
    return name if first is last else f"{name} to {prefix}{last.position:02d}"


def _runs(elements: Sequence[ElementPlan]) -> Iterator[tuple[ElementPlan, ElementPlan]]:
    """First and last of each run of neighbours of which the guide says the same."""
    run: list[ElementPlan] = []
    for element in elements:
        if run and not _is_alike(run[0], element):
            yield run[0], run[-1]
            run.clear()
        run.append(element)
    if run:
        yield run[0], run[-1]


def _is_alike(one: ElementPlan, other: ElementPlan) -> bool:
    if one.usage == "N" or other.usage == "N":
        return one.usage == other.usage
    return (
        one.name == other.name
        and element_words(one) == element_words(other)
        and all(_is_alike(a, b) for a, b in zip(one.components, other.components, strict=True))
    )


def _element_row(designator: str, element: ElementPlan, *, all_codes: bool) -> tuple[Text, ...]:
    lines = [Text(element.name, _STYLES[element.usage]), Text(element.key, "dim")]
    allowed = values(element, codes_max=len(element.codes)) if all_codes else values(element)
    if allowed:
        lines.append(Text(allowed, "green"))
    usage = element.usage + ("" if element.repeat_max == 1 else f" x{repeat(element)}")
    kind = "composite" if element.components else element.type
    return (
        Text(designator, "cyan"),
        Text(usage),
        Text(kind),
        Text(length(element)),
        Text("\n").join(lines),
    )


def _print_notes(console: Console, segment: SegmentPlan) -> None:
    if segment.syntax:
        console.print()
    for note in segment.syntax:
        console.print(f"syntax  {note_words(note, segment.id)}")
