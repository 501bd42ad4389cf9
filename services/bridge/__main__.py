"""`python -m services.bridge`: intake of submitters' files, the partner gateway, and the relay."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Final

from ediport import flow, process, settings
from ediport.flow import header
from ediport.flow.parking import no_unit, parking
from ediport.ledger.relay import relay
from ediport.messaging.port import Message
from ediport.messaging.queues import partner_outbound
from ediport.messaging.worker import Limits, consume
from ediport.partners.agreement import Agreement
from ediport.process import Loop
from ediport.wiring import Platform, platform
from services.bridge import gateway, intake
from services.bridge.gateway import Deliverer, PartnerFolders, PickUp, units_of_message
from services.bridge.intake import Intake
from services.bridge.sources import Sources

delivery_limits: Final = Limits(batch_messages=20, wait_s=0.5)


def main() -> int:
    """Runs until it is told to stop; returns the exit code."""
    own = settings.load()
    with platform(own) as wired:
        return process.run("bridge", loops(wired), lifeline=own.lifeline, log_level=own.log_level)


def loops(wired: Platform) -> dict[str, Loop]:
    """Every loop of the bridge, by name."""
    made: dict[str, Loop] = {
        "relay": lambda stop: relay(wired.ledger, wired.messaging, stop=stop),
        "intake": lambda stop: _watch(_intake(wired), intake.look_s, stop),
        "submitters": _submitters(wired),
    }
    for agreement in wired.registry:
        made |= _partner(wired, agreement)
    return made


def _intake(wired: Platform) -> Intake:
    sources = Sources(wired.ledger, wired.storage, wired.plans)
    return Intake(wired.ledger, wired.storage, wired.registry, sources, wired.settings.home)


def _partner(wired: Platform, agreement: Agreement) -> dict[str, Loop]:
    """The two loops of one partner: out of the queue, into the folder; and the other way."""
    partner = agreement.partner
    folders = PartnerFolders.of(agreement, wired.settings.home)
    folders.create()
    deliverer = Deliverer(wired.ledger, wired.storage, lambda _: folders.outbox)
    pick_up = PickUp(wired.ledger, wired.storage, partner, folders)
    return {
        f"deliver-{partner}": _consumer(wired, partner_outbound(partner), deliverer, known=True),
        f"pick-up-{partner}": lambda stop: _watch(pick_up, gateway.look_s, stop),
    }


def _submitters(wired: Platform) -> Loop:
    """Acknowledgments back to submitters."""
    outboxes = wired.settings.home / "outbox"

    def outbox_of(message: Message) -> Path:
        folder = outboxes / Path(header(message, flow.ADDRESS)).name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    deliverer = Deliverer(wired.ledger, wired.storage, outbox_of)
    return _consumer(wired, flow.SUBMITTERS, deliverer, known=False)


def _consumer(wired: Platform, queue: str, deliverer: Deliverer, *, known: bool) -> Loop:
    parked = parking(wired.ledger, units_of_message if known else no_unit)
    return lambda stop: consume(
        wired.messaging, queue, deliverer, stop=stop, limits=delivery_limits, parked=parked
    )


def _watch(watcher: Intake | PickUp, pause_s: float, stop: threading.Event) -> None:
    """Finish what a dead process left, then look until told to stop."""
    watcher.resume()
    while not stop.is_set():
        if not watcher.look():
            stop.wait(pause_s)


if __name__ == "__main__":
    sys.exit(main())
