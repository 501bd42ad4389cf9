"""`python -m services.translator`: canonical JSON to X12, and partners' X12 to JSON."""

from __future__ import annotations

import sys
from typing import Final

from ediport import process, settings
from ediport.flow.parking import no_unit, own_unit, parking
from ediport.messaging.queues import INBOUND, REQUESTS
from ediport.messaging.worker import Handler, Limits, Parked, consume
from ediport.process import Loop
from ediport.wiring import Platform, platform
from services.translator.inbound import InboundTranslator
from services.translator.outbound import RequestTranslator

request_limits: Final = Limits(batch_messages=200, wait_s=0.5)
inbound_limits: Final = Limits(batch_messages=1, wait_s=0.5)
"""A file of a partner may hold any number of answers, so it is taken alone."""


def main() -> int:
    """Runs until it is told to stop; returns the exit code."""
    own = settings.load()
    with platform(own) as wired:
        return process.run(
            "translator", loops(wired), lifeline=own.lifeline, log_level=own.log_level
        )


def loops(wired: Platform) -> dict[str, Loop]:
    """The loops of the translator, by name."""
    requests = RequestTranslator(
        wired.ledger,
        wired.storage,
        wired.registry,
        wired.plans,
        wired.references,
        lambda waiting, wait_s: wired.messaging.release(waiting, delay_s=wait_s, counted=False),
    )
    inbound = InboundTranslator(
        wired.ledger, wired.storage, wired.registry, wired.plans, wired.references
    )
    return {
        "requests": _loop(
            wired, REQUESTS, requests, request_limits, parking(wired.ledger, own_unit)
        ),
        "inbound": _loop(wired, INBOUND, inbound, inbound_limits, parking(wired.ledger, no_unit)),
    }


def _loop(wired: Platform, queue: str, handler: Handler, limits: Limits, parked: Parked) -> Loop:
    return lambda stop: consume(
        wired.messaging, queue, handler, stop=stop, limits=limits, parked=parked
    )


if __name__ == "__main__":
    sys.exit(main())
