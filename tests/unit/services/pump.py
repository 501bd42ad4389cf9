"""The whole platform in one thread: every use case takes its turn until nothing moves any more.

Queues and storage are in memory, the ledger is a file, folders are real. What a killed process would
leave behind is what is left when a `Crash` is raised: the next `Pump` on the same `Site` goes on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from ediport import flow
from ediport.flow.parking import no_unit, own_unit, parking
from ediport.guides import library
from ediport.ledger.port import Event, Unit
from ediport.ledger.relay import relay_once
from ediport.ledger.sql import SqlWork
from ediport.ledger.sqlite import SqliteLedger
from ediport.messaging.memory import MemoryMessaging
from ediport.messaging.queues import INBOUND, REQUESTS, RESPONSES, partner_outbound
from ediport.messaging.worker import Handler, Limits, Parked, consume
from ediport.partners.registry import Registry, load_folder
from ediport.security.hashing import ReferenceHash
from ediport.simulator.conduct import Conduct
from ediport.simulator.payer_folder import PayerFolder
from ediport.storage.memory import MemoryStorage
from services.api.callbacks import Caller
from services.bridge.gateway import Deliverer, PartnerFolders, PickUp, units_of_message
from services.bridge.intake import Intake
from services.bridge.sources import Sources
from services.translator.inbound import InboundTranslator
from services.translator.outbound import RequestTranslator

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = ROOT / "tests" / "samples"
DEMO = ROOT / "schemas" / "partners" / "demo"
SUBMITTER = "clinic"
turns_max = 400


class Crash(BaseException):
    """The process is gone."""


class CrashingLedger(SqliteLedger):
    """Raises `Crash` at one of the moments around its transactions, counted from 0."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, synchronous="NORMAL")
        self.moment = 0
        self.crash_at = -1

    def _tick(self) -> None:
        self.moment += 1
        if self.moment - 1 == self.crash_at:
            raise Crash

    @contextmanager
    def begin(self) -> Iterator[SqlWork]:
        self._tick()
        with super().begin() as work:
            yield work
            self._tick()
        self._tick()


@dataclass
class Site:
    """What survives a crash."""

    home: Path
    ledger: CrashingLedger
    messaging: MemoryMessaging
    storage: MemoryStorage
    registry: Registry
    answers: list[dict[str, Any]] = field(default_factory=list)
    refuse_callbacks: int = 0
    conduct: Conduct = field(default_factory=Conduct)

    @classmethod
    def at(cls, home: Path, **batching: float) -> Site:
        """A new site with the demo's agreements, whose units don't wait for others."""
        agreements = [
            replace(
                agreement,
                batching=replace(agreement.batching, **{"wait_s": 0.0, **batching}),  # type: ignore[arg-type]
                second_opinion=False,
            )
            for agreement in load_folder(DEMO)
        ]
        (home / "inbox" / SUBMITTER).mkdir(parents=True, exist_ok=True)
        # A lease of no time: what a crashed pump had in hand is there for the next one.
        messaging = MemoryMessaging(lease_s=0.0)
        return cls(
            home,
            CrashingLedger(home / "ledger.db"),
            messaging,
            MemoryStorage(),
            Registry(agreements),
        )

    def drop(self, name: str, data: bytes) -> None:
        (self.home / "inbox" / SUBMITTER / name).write_bytes(data)

    def units(self) -> list[Unit]:
        with self.ledger.read() as reader:
            return reader.units(limit=1000)

    def events(self, unit: Unit) -> list[Event]:
        with self.ledger.read() as reader:
            return reader.events(unit.transaction_id)

    def take_answer(self, request: httpx.Request) -> httpx.Response:
        if self.refuse_callbacks > 0:
            self.refuse_callbacks -= 1
            return httpx.Response(503)
        body = json.loads(request.content)
        self.answers.append({**body, "id": request.headers["webhook-id"]})
        return httpx.Response(204)


class Once:
    """A stop event that lets a worker take one turn."""

    def __init__(self) -> None:
        self._asked = 0

    def is_set(self) -> bool:
        self._asked += 1
        return self._asked > 1

    def wait(self, _: float | None = None) -> bool:
        return True


class Pump:
    """One life of all processes."""

    def __init__(self, site: Site, *, limits: Limits | None = None) -> None:
        self.site = site
        self._limits = limits or Limits(wait_s=0.0, backoff_first_s=0.0)
        ledger, storage, registry, plans = site.ledger, site.storage, site.registry, library()
        references = ReferenceHash(b"k" * 32)
        self.intake = Intake(ledger, storage, registry, Sources(ledger, storage, plans), site.home)
        self.requests = RequestTranslator(
            ledger, storage, registry, plans, references, self._give_back
        )
        self.inbound = InboundTranslator(ledger, storage, registry, plans, references)
        client = httpx.Client(transport=httpx.MockTransport(site.take_answer))
        self.caller = Caller(ledger, registry, client)
        self.deliverers: dict[str, Deliverer] = {}
        self.pick_ups: list[PickUp] = []
        self.payers: list[PayerFolder] = []
        for agreement in registry:
            self._add_partner(agreement.partner, PartnerFolders.of(agreement, site.home))
            state = site.home / "simulator" / agreement.partner
            payer = PayerFolder(agreement, plans, home=site.home, state=state, conduct=site.conduct)
            self.payers.append(payer)
        outbox = site.home / "outbox" / SUBMITTER
        outbox.mkdir(parents=True, exist_ok=True)
        for settling in (self.intake.settling, *(pick_up.settling for pick_up in self.pick_ups)):
            settling.settle_s = 0.0
        self.deliverers[flow.SUBMITTERS] = Deliverer(ledger, storage, lambda _: outbox)

    def _add_partner(self, partner: str, own: PartnerFolders) -> None:
        own.create()
        ledger, storage = self.site.ledger, self.site.storage
        self.deliverers[partner_outbound(partner)] = Deliverer(
            ledger, storage, lambda _: own.outbox
        )
        self.pick_ups.append(PickUp(ledger, storage, partner, own))

    def _give_back(self, deliveries: object, wait_s: float) -> None:
        self.site.messaging.release(deliveries, delay_s=wait_s, counted=False)  # type: ignore[arg-type]

    def run(self) -> None:
        """Until nothing has moved for a few turns."""
        self.intake.resume()
        for pick_up in self.pick_ups:
            pick_up.resume()
        still = 0
        for _ in range(turns_max):
            still = 0 if self.turn() else still + 1
            if still > 3:
                return
        raise AssertionError("the platform never came to rest")

    def turn(self) -> bool:
        """Everybody once; whether anything moved."""
        ledger, messaging = self.site.ledger, self.site.messaging
        moved = self.intake.look() + sum(pick_up.look() for pick_up in self.pick_ups)
        moved += relay_once(ledger, messaging)
        moved += self._take(REQUESTS, self.requests, parking(ledger, own_unit))
        for queue, deliverer in self.deliverers.items():
            moved += self._take(queue, deliverer, parking(ledger, units_of_message))
        moved += sum(payer.step() for payer in self.payers)
        moved += self._take(INBOUND, self.inbound, parking(ledger, no_unit))
        parked = parking(ledger, own_unit, flow.ANSWER_PARKED)
        moved += self._take(RESPONSES, self.caller, parked)
        return moved > 0

    def _take(self, queue: str, handler: Handler, parked: Parked) -> int:
        waiting = self.site.messaging.depth(queue).ready
        if waiting:
            stop = Once()
            consume(
                self.site.messaging,
                queue,
                handler,
                stop=stop,  # type: ignore[arg-type]
                limits=self._limits,
                parked=parked,
            )
        return waiting
