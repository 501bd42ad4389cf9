"""What the demo shows: a live view on a terminal, plain lines anywhere else. Ids and counts only."""

from __future__ import annotations

import contextlib
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from ediport.demo.tally import ROWS, Tally
from ediport.ledger.states import ACCEPTED, ACKNOWLEDGED, DEAD, FINALIZED, REJECTED, STATES

news_shown: Final = 12
refreshes_per_s: Final = 4

_STYLES: Final = {
    ACKNOWLEDGED: "cyan",
    ACCEPTED: "green",
    FINALIZED: "bold green",
    REJECTED: "yellow",
    DEAD: "red",
}


class View:
    """Says lines, shows counts; `live` decides whether it may draw over what it drew."""

    def __init__(self, *, live: bool) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._is_live = live
        self._live: Live | None = None
        self._news: deque[str] = deque(maxlen=news_shown)
        self._counts: dict[str, int] = {}

    def say(self, line: str) -> None:
        """One line that stays."""
        self._console.print(Text(line))

    @contextlib.contextmanager
    def live(self) -> Iterator[None]:
        """While this lasts, `show` draws in place, if the view is live."""
        if not self._is_live:
            yield
            return
        with Live(
            console=self._console, refresh_per_second=refreshes_per_s, transient=True
        ) as self._live:
            yield
        self._live = None

    def show(self, partners: Mapping[str, Counter[str]], news: list[str]) -> None:
        """How many units are where, and what happened since the last call."""
        self._news.extend(news)
        if self._live is not None:
            self._live.update(Group(_states(partners), Text("\n".join(self._news), style="dim")))
            return
        for line in news:
            self.say(line)
        counts = dict(sum(partners.values(), Counter()))
        if counts != self._counts:
            self._counts = counts
            parts = ", ".join(f"{counts[s]} {s}" for s in STATES if counts.get(s))
            self.say(f"         now        {parts}")

    def account(self, account: Tally, rejected_rows: Mapping[str, int]) -> None:
        """The final table, and why rows and claims were rejected."""
        partners = sorted(account.partners)
        table = Table(title="What became of the claims", title_justify="left")
        table.add_column("")
        for name in (*partners, "all"):
            table.add_column(name, justify="right")
        for row in ROWS:
            counts = [account.partners[partner][row] for partner in partners]
            table.add_row(row, *(str(n) if n else "-" for n in (*counts, sum(counts))))
        self._console.print(table)
        for reason, count in sorted(rejected_rows.items()):
            self.say(f"rejected at intake   {count:>4} rows    {reason}")
        for reason, count in sorted(account.reasons.items()):
            self.say(f"rejected             {count:>4} claims  {reason}")


def _states(partners: Mapping[str, Counter[str]]) -> Table:
    table = Table(title="Claims by state", title_justify="left")
    table.add_column("partner")
    for state in STATES:
        table.add_column(state, justify="right", style=_STYLES.get(state, ""))
    for partner in sorted(partners):
        counts = partners[partner]
        table.add_row(partner or "(none)", *(str(counts[s]) if counts[s] else "-" for s in STATES))
    return table
