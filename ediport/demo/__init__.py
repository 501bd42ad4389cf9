"""The platform on one machine, and a demonstration of it with two simulated payers.

`run` is the demo from a dropped file to the last answer; `up` is the platform alone. Both start the
same services as everywhere else (`ediport.supervisor`) and only look at what those do.
"""

from __future__ import annotations

from pathlib import Path


def run(*, home: Path | None = None, once: bool = False) -> int:
    """See `ediport.demo.runner.run`; what it needs is imported when it is called."""
    from ediport.demo import runner

    return runner.run(home=home, once=once)


def up(*, home: Path | None = None) -> int:
    """See `ediport.demo.runner.up`."""
    from ediport.demo import runner

    return runner.up(home=home)
