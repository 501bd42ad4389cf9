"""`ediport guides` and `ediport schema`, and how a guide is found by what a person types."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import Any

from ediport.cli.console import out, show
from ediport.cli.failures import EXIT_GOOD, CommandFailure
from ediport.cli.streams import STANDARD, open_output
from ediport.guides import library
from ediport.x12.plan import Plan


def named_guide(name: str) -> Plan:
    """The guide by abbreviation or version, in any case; raises `CommandFailure` with the nearest names."""
    plan = library().get(name) or library().get(name.strip().upper())
    if plan is None:
        raise CommandFailure(f"there is no guide '{name}'", _near(name))
    return plan


def _near(name: str) -> str:
    names = [n for plan in library().all() for n in (plan.abbreviation, plan.guide)]
    near = get_close_matches(name.strip().upper(), names, n=3, cutoff=0.5)
    did_you_mean = f"did you mean {' or '.join(near)}? " if near else ""
    return f"{did_you_mean}'ediport guides' lists them all"


def list_guides(*, as_json: bool) -> int:
    """Prints one guide a line."""
    plans = library().all()
    if as_json:
        with open_output(STANDARD) as target:
            for plan in plans:
                target.write(json.dumps(_facts(plan), ensure_ascii=False).encode() + b"\n")
    else:
        _print_table(plans)
    return EXIT_GOOD


def _facts(plan: Plan) -> dict[str, Any]:
    return {
        "abbreviation": plan.abbreviation,
        "guide": plan.guide,
        "aliases": list(plan.aliases),
        "transaction_set": plan.transaction_set,
        "functional_id": plan.functional_id,
        "title": plan.title,
        "unit_loop": plan.unit_loop or None,
        "loops": sum(1 for _ in plan.root.loops()) - 1,
        "segments": sum(1 for _ in plan.root.segments()),
        "source": plan.source,
    }


def _print_table(plans: Any) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Guide", no_wrap=True, style="cyan")
    table.add_column("GS08", no_wrap=True)
    table.add_column("GS01", no_wrap=True)
    table.add_column("Unit", no_wrap=True)
    table.add_column("Title", overflow="fold")
    for plan in plans:
        versions = "\n".join((plan.guide, *plan.aliases))
        table.add_row(
            plan.abbreviation, versions, plan.functional_id, plan.unit_loop or "-", plan.title
        )
    show(out(), table)
    out().print(
        "\nediport explain GUIDE walks through one, ediport schema GUIDE prints its JSON Schema."
    )


def print_schema(guide: str, output: str) -> int:
    """Writes the JSON Schema of a guide."""
    from ediport.guides.json_schema import schema_text

    plan = named_guide(guide)
    with open_output(output) as target:
        target.write(schema_text(plan).encode())
    return EXIT_GOOD
