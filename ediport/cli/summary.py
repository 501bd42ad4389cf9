"""What `translate`, `build` and `ack` say about findings: a few lines on standard error; output stays clean."""

from __future__ import annotations

import sys
from typing import Final

from ediport.cli import words
from ediport.cli.console import err, is_terminal
from ediport.cli.streams import STANDARD
from ediport.cli.tally import Tally

_RULES_SHOWN_MAX: Final = 8


def print_summary(name: str, tally: Tally, *, hint: str = "") -> None:
    """Totals, and the rules broken most often with the first place of each.

    Good input is passed over in silence unless a person is watching.
    """
    if not tally.rules and not is_terminal(sys.stderr):
        return
    console = err()
    label = "standard input" if name == STANDARD else name
    console.print(f"{label}: {words.summary(tally)}", style="" if tally.is_good else "bold")
    rows = sorted(tally.rules.values(), key=lambda r: (not r.first.is_error, -r.count))
    for row in rows[:_RULES_SHOWN_MAX]:
        style = "red" if row.first.is_error else "yellow"
        console.print(f"  {row.count:>6,} x {row.first.rule.id}", style=style)
        console.print(f"           {_first(row.first.reason, words.place(row.first))}")
    if len(rows) > _RULES_SHOWN_MAX:
        console.print(f"  and {words.count(len(rows) - _RULES_SHOWN_MAX, 'further rule')}")
    if hint and rows:
        console.print(f"  {hint}", style="dim")


def validate_hint(name: str) -> str:
    """How to see all findings of a file; a stream is gone by now."""
    return "" if name == STANDARD else f"all of them: ediport validate {name}"


def _first(reason: str, place: str) -> str:
    return f"first at {place}: {reason}" if place else reason
