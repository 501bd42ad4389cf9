"""`ediport explain`: a guide as a tree, or one place in it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ediport.cli.console import out
from ediport.cli.explain_view import print_place, print_tree
from ediport.cli.failures import EXIT_GOOD, CommandFailure
from ediport.cli.guides import named_guide
from ediport.cli.streams import STANDARD, open_output
from ediport.guides.explain import Spot, alike, find, suggestions, to_dict
from ediport.x12.plan import Plan, SegmentPlan


def explain_guide(guide: str, path: str, *, loops_only: bool, as_json: bool) -> int:
    """Shows the guide, or the places that `path` names."""
    plan = named_guide(guide)
    spots = _spots(plan, path)
    if as_json:
        _print_json(spots)
    elif spots == [Spot(plan.root)]:
        print_tree(out(), plan.root, loops_only=loops_only, title=_title(plan))
    else:
        _print_places(spots, loops_only=loops_only)
    return EXIT_GOOD


def _title(plan: Plan) -> str:
    return f"{plan.abbreviation}  {plan.title}  ({plan.guide})"


def _spots(plan: Plan, path: str) -> list[Spot]:
    if not path.strip("/ "):
        return [Spot(plan.root)]
    spots = find(plan, path)
    if not spots:
        near = suggestions(plan, path)
        hint = (
            f"did you mean {', '.join(near)}?" if near else f"ediport explain {plan.abbreviation}"
        )
        raise CommandFailure(f"{plan.abbreviation} has no place '{path}'", hint)
    return spots


def _print_json(spots: Sequence[Spot]) -> None:
    with open_output(STANDARD) as target:
        for spot in spots:
            target.write(json.dumps(to_dict(spot), ensure_ascii=False).encode() + b"\n")


def _print_places(spots: Sequence[Spot], *, loops_only: bool) -> None:
    """The one place, with its copies; of different ones a list to choose from."""
    if len(alike(spots)) == 1:
        print_place(out(), spots, loops_only=loops_only)
        return
    out().print(f"{len(spots)} places have this name; give more of the path:\n")
    for spot in spots:
        out().print(f"  {spot.path}{_marker(spot)}  {spot.name}", no_wrap=True, overflow="ellipsis")


def _marker(spot: Spot) -> str:
    """The qualifier to add to a path that several segments share."""
    node = spot.node
    if spot.element is not None or not isinstance(node, SegmentPlan) or not node.qualifiers:
        return ""
    return f"[{min(node.qualifiers[0].codes)}]"
