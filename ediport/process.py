"""A service as a process: its loops, each in a thread, from start to a clean stop.

Rules of this room:
- SIGTERM asks for a stop: every loop finishes what it has in hand and returns. So does the end of the parent
  process (its lifeline closes), so that nothing is left running when a supervisor is killed.
- A loop that fails takes the process down with exit code 1; whoever started the process starts it again.
  State lives in the ledger and the queues, so a fresh process is the simplest recovery.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import FrameType
from typing import Final

from ediport import logs

Loop = Callable[[threading.Event], None]
"""Runs until the event is set."""

stop_s: Final = 25.0
"""Time that loops have to finish what they have in hand; Fargate kills after 30 s."""

EXIT_FAILED: Final = 1


def run(
    service: str, loops: Mapping[str, Loop], *, lifeline: int = -1, log_level: str = "info"
) -> int:
    """Run all loops until a stop is asked for or one of them fails; returns the exit code."""
    logs.configure(log_level)
    stop, failed = threading.Event(), threading.Event()
    log = logs.get(service)
    on_stop_signals(stop.set)
    watch_lifeline(lifeline, stop.set)
    threads = [
        threading.Thread(
            target=_guarded, args=(loop, stop, failed, log, name), name=name, daemon=True
        )
        for name, loop in loops.items()
    ]
    log.info("service_started", pid=os.getpid())
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join(stop_s / len(threads))
    log.info("service_stopped", pid=os.getpid(), outcome="failed" if failed.is_set() else "clean")
    return EXIT_FAILED if failed.is_set() else 0


def on_stop_signals(act: Callable[[], None]) -> None:
    """Call `act` at SIGTERM or SIGINT, from now on; only the main thread may ask for it."""

    def handler(_: int, __: FrameType | None) -> None:
        act()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handler)


def watch_lifeline(lifeline: int, act: Callable[[], None]) -> None:
    """Call `act` when the other end of the pipe is closed, which is when the parent process is gone."""

    def watch() -> None:
        with suppress(OSError):
            while os.read(lifeline, 1):
                continue
        act()

    if lifeline >= 0:
        threading.Thread(target=watch, name="lifeline", daemon=True).start()


def _guarded(
    loop: Loop, stop: threading.Event, failed: threading.Event, log: logs.Log, name: str
) -> None:
    try:
        loop(stop)
    except Exception:
        log.exception("loop_failed", process=name)
        failed.set()
    finally:
        stop.set()
