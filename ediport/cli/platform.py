"""`ediport demo` and `ediport up`: the platform on this machine."""

from __future__ import annotations

from pathlib import Path

from ediport.cli.failures import CommandFailure


def run_demo(*, once: bool, home: Path | None) -> int:
    """Runs the demonstration; its exit code says whether every claim has its final state."""
    try:
        from ediport.demo import run
    except ImportError as failure:
        raise _missing(failure) from failure
    return run(once=once, home=home)


def run_up(*, home: Path | None) -> int:
    """Runs the platform until it is told to stop."""
    try:
        from ediport.demo import up
    except ImportError as failure:
        raise _missing(failure) from failure
    return up(home=home)


def _missing(failure: ImportError) -> CommandFailure:
    return CommandFailure(
        f"the platform needs a library that is not there ({failure.name})",
        "install all of it: pip install 'ediport[all]'",
    )
