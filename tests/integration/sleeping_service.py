"""A service for the supervisor's tests: waits until it is told to stop, or fails as its argument says."""

from __future__ import annotations

import sys
import threading

from ediport import process, settings


def fail(_: threading.Event) -> None:
    raise RuntimeError("told to fail")


def wait(stop: threading.Event) -> None:
    stop.wait()


if __name__ == "__main__":
    loop = fail if sys.argv[1:] == ["fail"] else wait
    sys.exit(process.run("sleeper", {"loop": loop}, lifeline=settings.load().lifeline))
