"""What e2e tests see of a platform: its process tree, and afterwards its home folder."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from ediport import settings
from ediport.ledger.port import Event, Unit
from ediport.wiring import platform

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(sys.executable).with_name("ediport")
patience_s = 240.0
"""Longest wait for anything; nothing is asserted about how long it takes."""


class DemoProcess:
    """`ediport demo --once` in a process group of its own."""

    def __init__(self, home: Path, *, log: Path, workers: int = 1) -> None:
        self.home = home
        self._log = log.open("ab")
        own = {k: v for k, v in os.environ.items() if not k.startswith(settings.PREFIX)}
        self._process = subprocess.Popen(
            [str(COMMAND), "demo", "--once", "--home", str(home)],
            stdout=self._log,
            stderr=self._log,
            cwd=ROOT,
            env=own | {"EDIPORT_WORKERS": str(workers)},
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def children(self) -> dict[int, str]:
        """Process id and module of the services that run now."""
        found = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                with suppress(OSError, ValueError, IndexError):
                    stat = (folder / "stat").read_text().rpartition(")")[2].split()
                    if int(stat[1]) == self._process.pid:
                        arguments = (folder / "cmdline").read_bytes().split(b"\0")
                        found[int(folder.name)] = arguments[2].decode()
        return found

    def kill_all(self) -> None:
        """SIGKILL to everything at once."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(patience_s)

    def is_running(self) -> bool:
        return self._process.poll() is None

    def wait(self) -> int:
        """The exit code, when it ends by itself."""
        return self._process.wait(patience_s)


class Home:
    """A home folder whose platform has stopped."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with platform(settings.load({}, home=path)) as wired, wired.ledger.read() as reader:
            self.units: list[Unit] = reader.units(limit=1000)
            self.events: dict[str, list[Event]] = {
                unit.transaction_id: reader.events(unit.transaction_id) for unit in self.units
            }
            self.dead = reader.dead_letters()

    def kinds(self, unit: Unit) -> Counter[str]:
        return Counter(event.kind for event in self.events[unit.transaction_id])

    def answers(self) -> list[dict[str, Any]]:
        """What the requester took: one row a distinct answer."""
        text = (self.path / "receiver" / "answers.jsonl").read_text()
        return [json.loads(line) for line in text.splitlines()]

    def interchanges(self) -> Iterator[tuple[str, str]]:
        """Partner and text of everything that a payer took from its outbox."""
        for path in self.path.glob("simulator/*/answered/*/received.x12"):
            yield path.parts[-4], path.read_bytes().decode()

    def claims_received(self) -> Counter[str]:
        """Claim numbers in all interchanges that the payers took."""
        found: Counter[str] = Counter()
        for _, text in self.interchanges():
            lines = re.split(f"[{re.escape(text[105])}\r\n]+", text)
            found.update(line.split(text[3])[1] for line in lines if line.startswith("CLM"))
        return found

    def control_numbers(self) -> dict[str, list[int]]:
        """ISA13 of all interchanges that each payer took, sorted."""
        found: dict[str, list[int]] = {}
        for partner, text in self.interchanges():
            starts = re.finditer(f"(?:^|[{re.escape(text[105])}\r\n])(ISA.)", text)
            numbers = [int(text[m.start(1) + 90 : m.start(1) + 99]) for m in starts]
            found.setdefault(partner, []).extend(numbers)
        return {partner: sorted(numbers) for partner, numbers in found.items()}


def wait_for(condition: Any, what: str) -> None:
    """Until `condition()` is true; fails after `patience_s`."""
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)
