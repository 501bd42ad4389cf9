"""The embedded platform as one process tree: a parent that starts the services and keeps them running.

Rules of this room:
- Children are the same entry points that run elsewhere; they learn everything from their environment.
- A child that ends is started again after a pause that doubles up to `restart_s_max`; a child that ran for
  `steady_s` begins anew with the shortest pause.
- Each child has a pipe to its parent and stops when that closes, so no child is left behind by a killed
  parent. Parent and children hold the lock on the home folder together: a new platform starts in it only
  when the last process of the old one is gone.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from ediport import settings as settings_module
from ediport.settings import Settings
from ediport.x12.errors import Defect

restart_s_min: Final = 0.1
restart_s_max: Final = 5.0
steady_s: Final = 10.0
stop_s: Final = 10.0
"""Time that children have to stop by themselves; then they are killed, which loses nothing."""

lock_wait_s: Final = 15.0
"""How long a start waits for the processes of a platform that was killed in the same home."""

lock_poll_s: Final = 0.1


@dataclass(frozen=True, slots=True)
class Service:
    """A child to keep running: `module` is run as `python -m <module> <arguments>`."""

    name: str
    module: str
    arguments: tuple[str, ...] = ()


class _Child:
    """One service and the process that runs it at the moment."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.process: subprocess.Popen[bytes] | None = None
        self.started_s = 0.0
        self.pause_s = restart_s_min
        self.starts = 0

    def is_due(self, now_s: float) -> bool:
        """True when it has to be started (again) now."""
        if self.process is None:
            return True
        if self.process.poll() is None:
            return False
        ended_well = now_s - self.started_s > steady_s
        pause_s = restart_s_min if ended_well else self.pause_s
        return now_s - self.started_s >= pause_s

    def start(self, environment: Mapping[str, str], held: tuple[int, int], logs: Path) -> None:
        """Start it; `held` are the file descriptors that it gets: lifeline and lock."""
        now_s = time.monotonic()
        steady = now_s - self.started_s > steady_s
        self.pause_s = restart_s_min if steady else min(self.pause_s * 2, restart_s_max)
        self.started_s = now_s
        self.starts += 1
        command = [sys.executable, "-m", self.service.module, *self.service.arguments]
        with (logs / f"{self.service.name}.jsonl").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=held,
            )


class Supervisor:
    """Starts services and keeps them running, as a context manager: on exit all of them are stopped.

    Entering raises `Defect` when another platform goes on working in the same home. `tend` has to be called often.
    """

    def __init__(self, settings: Settings, services: Sequence[Service]) -> None:
        self.settings = settings
        self._children = [_Child(service) for service in services]
        self._lock = -1
        self._lifeline = (-1, -1)

    def __enter__(self) -> Self:
        self.settings.home.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(self.settings.home / "platform.lock")
        self._lifeline = os.pipe()
        self._logs = self.settings.home / "logs"
        self._logs.mkdir(exist_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def tend(self) -> None:
        """Start what is not running and is due."""
        reading = self._lifeline[0]
        environment = settings_module.child_environment(replace(self.settings, lifeline=reading))
        for child in self._children:
            if child.is_due(time.monotonic()):
                child.start(environment, (reading, self._lock), self._logs)

    def pids(self) -> dict[str, int]:
        """Process ids of the services that run now, by name."""
        return {
            child.service.name: child.process.pid
            for child in self._children
            if child.process is not None and child.process.poll() is None
        }

    def restarts(self) -> int:
        """How often a service had to be started again."""
        return sum(max(0, child.starts - 1) for child in self._children)

    def stop(self) -> None:
        """Ask all children to stop, wait, kill those that don't; let go of the home."""
        running = [c.process for c in self._children if c.process is not None]
        for process in running:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + stop_s
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for handle in (*self._lifeline, self._lock):
            with suppress(OSError):
                os.close(handle)


def _locked(path: Path) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + lock_wait_s
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < deadline:
                time.sleep(lock_poll_s)
                continue
            os.close(handle)
            raise Defect("another platform is running in this home folder") from None
        return handle
