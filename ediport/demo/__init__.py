"""The platform on one machine, and a demonstration of it with two simulated payers.

`run` is the demo from a dropped file to the last answer; `up` is the platform alone. Both start the
same services as everywhere else (`ediport.supervisor`) and only look at what those do.
"""

from ediport.demo.runner import run, up

__all__ = ["run", "up"]
