"""Shows findings to a person: a block for each under its transaction set, verdicts at the end."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ediport.cli import words
from ediport.cli.console import show, symbol
from ediport.cli.second import Listener
from ediport.cli.tally import InterchangeVerdict, SetVerdict, Tally
from ediport.x12.events import TransactionBegin
from ediport.x12.findings import Finding

verdicts_shown_max: Final = 40
"""Lines of verdicts; where there are more transaction sets, rejected ones come first."""

_INDENT: Final = 12
_TEXT_COLUMNS_MIN: Final = 20
_STYLES: Final = {"error": "red", "warning": "yellow"}


class Report:
    """Prints to a console. `show_values` also shows the values that are wrong, which may be PHI."""

    def __init__(self, console: Console, name: str, *, show_values: bool) -> None:
        self._console = console
        self._name = name
        self._show_values = show_values
        self._set = ""
        self._heading = ""

    def begin_set(self, event: TransactionBegin) -> None:
        number = event.header[1] if len(event.header) > 1 else "without number"
        guide = f"guide {event.guide}" if event.guide else "no guide"
        self._set = f"Transaction set {event.transaction_set} {number}, {guide}"
        self._heading = ""

    def find(self, finding: Finding, expected: str) -> None:
        self._head(finding)
        style = _STYLES[finding.severity]
        fancy, plain = ("✘", "x") if finding.is_error else ("▲", "!")
        text = Text.assemble(
            (f"  {symbol(self._console, fancy, plain)} {finding.severity:<8}", style),
            (words.place(finding), "bold"),
        )
        for label, row, row_style in self._rows(finding, expected):
            for number, line in enumerate(self._wrapped(row)):
                text.append(f"\n    {'' if number else label:<8}", "dim")
                text.append(line, row_style)
        self._print(text.append("\n"))

    def _print(self, text: Text) -> None:
        """Prints what is wrapped already; plain text goes past rich, which is slow on thousands of findings."""
        if self._console.is_terminal:
            self._console.print(text)
        else:
            self._console.file.write(f"{text.plain}\n")

    def _wrapped(self, row: str) -> list[str]:
        if not self._console.is_terminal:
            return [row]
        return wrap(row, max(self._console.width - _INDENT, _TEXT_COLUMNS_MIN))

    def _head(self, finding: Finding) -> None:
        """Says once where the findings that follow belong to."""
        heading = self._set if finding.transaction else "Envelope"
        if finding.rule.id == "second_opinion_differs":
            heading = f"Second opinion{_ordinals(finding)}"
        if heading != self._heading:
            self._heading = heading
            self._print(Text.assemble((heading, "bold underline"), "\n"))

    def _rows(self, finding: Finding, expected: str) -> Iterator[tuple[str, str, str]]:
        """Label, text and style of the lines below a finding."""
        yield "reason", finding.reason, ""
        if expected:
            yield "guide", _shortened(expected, finding.reason), ""
        yield "rule", words.rule(finding), "dim"
        if self._show_values and finding.value is not None:
            yield "value", repr(finding.value.reveal()), ""

    def end(self, tally: Tally, listener: Listener | None) -> None:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for interchange in tally.interchanges[:verdicts_shown_max]:
            self._interchange_row(table, interchange)
        shown = sorted(tally.sets, key=lambda s: s.accepted)[:verdicts_shown_max]
        for one in sorted(shown, key=lambda s: (s.interchange, s.group, s.transaction)):
            self._set_row(table, one)
        show(self._console, table)
        rest = tally.transaction_sets - len(shown)
        if rest > 0:
            self._console.print(f"and {words.count(rest, 'further transaction set')}")
        if listener is not None:
            self._console.print(_opinion_words(listener))
        self._total(tally)

    def _interchange_row(self, table: Table, one: InterchangeVerdict) -> None:
        sets = words.count(one.transaction_sets, "transaction set")
        if one.accepted_sets < one.transaction_sets:
            sets += f", {one.transaction_sets - one.accepted_sets:,} rejected"
        if one.errors or one.warnings:
            sets += f"; envelope: {words.faults(one.errors, one.warnings)}"
        groups = words.count(one.groups, "group")
        name = f"interchange {one.control_number}"
        table.add_row(self._verdict(one.accepted), f"{name}: {groups}, {sets}")

    def _set_row(self, table: Table, one: SetVerdict) -> None:
        guide = one.guide or "no guide"
        segments = words.count(one.segments, "segment")
        text = f"{one.transaction_set} {one.control_number} ({guide}): {segments}, "
        faults = words.faults(one.errors, one.warnings)
        table.add_row(self._verdict(one.accepted), f"  {text}{faults}")

    def _verdict(self, is_accepted: bool) -> Text:
        if is_accepted:
            return Text(symbol(self._console, "✔ accepted", "+ accepted"), "green")
        return Text(symbol(self._console, "✘ rejected", "x rejected"), "red")

    def _total(self, tally: Tally) -> None:
        self._console.print(f"{self._name}: {words.summary(tally)}", style="bold")


def _ordinals(finding: Finding) -> str:
    if not finding.transaction:
        return " on the envelope"
    place = f"interchange {finding.interchange}, group {finding.group}"
    return f" on transaction set {finding.transaction} of {place}"


def _shortened(expected: str, reason: str) -> str:
    """Without the name of the place where the reason begins with it too."""
    name, _, wanted = expected.partition(": ")
    return wanted if wanted and reason.startswith(f"{name}:") else expected


def _opinion_words(listener: Listener) -> str:
    words_of_outcome = listener.opinion.words
    if not listener.compared:
        return f"second opinion (pyx12): none; {words_of_outcome}"
    agreed = f"agrees on {listener.agreed:,} of {listener.compared:,} transaction sets"
    return f"second opinion (pyx12): {agreed}; {words_of_outcome}"
