"""Child processes of the contract tests: started by name, read line by line, killed without
warning.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.contract.adapters import patience_s

ROOT = Path(__file__).parents[2]
kill_after_s_max = 0.15


class Child:
    """`tests.contract.children` doing `role`; what it has printed so far is in `lines`."""

    def __init__(self, role: str, *arguments: object) -> None:
        command = [sys.executable, "-m", "tests.contract.children", role, *map(str, arguments)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def wait_for_a_line(self) -> None:
        wait_until(lambda: bool(self.lines) or self._process.poll() is not None)

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self.join()

    def join(self) -> int:
        """Exit code; negative when it was killed."""
        code = self._process.wait(patience_s)
        self._reader.join()
        return code

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            self.lines.extend(line.rstrip("\n") for line in _whole(lines))


def _whole(lines: Iterator[str]) -> Iterator[str]:
    """A killed process may leave half a line, which it had not finished saying."""
    return (line for line in lines if line.endswith("\n"))


@contextmanager
def children(*started: Child) -> Iterator[tuple[Child, ...]]:
    """Children that end with the test, whatever happens in it."""
    try:
        yield started
    finally:
        for child in started:
            child.kill()


def run_and_kill(
    chance: random.Random,
    role: str,
    *arguments: object,
    meanwhile: Callable[[], None] = lambda: None,
) -> list[str]:
    """Start a child; after its first line do `meanwhile` and kill the child at a random moment.

    What it has said until then.
    """
    child = Child(role, *arguments)
    with children(child):
        child.wait_for_a_line()
        meanwhile()
        time.sleep(chance.uniform(0.0, kill_after_s_max))
    return child.lines


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)
