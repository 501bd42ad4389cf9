"""Canonical JSON to validated X12 for a partner: units are gathered, checked, built, and sent on.

Rules of this room: what does not validate is rejected alone, with its findings; nothing is numbered
before it validates, so no control number is wasted; numbers, states, keys for the answers and the
outgoing message of an interchange are one ledger transaction. An interchange holds units of one
requester only, so that its text may be shown to that requester.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from ediport import flow, logs
from ediport.flow import REJECTED_BY, compact, header
from ediport.ledger.port import Ledger, Work
from ediport.ledger.states import REJECTED, TRANSLATED
from ediport.messaging import headers
from ediport.messaging.port import Delivery, Message
from ediport.messaging.queues import RESPONSES, partner_outbound
from ediport.partners.agreement import Agreement
from ediport.partners.control_numbers import LedgerControlNumbers
from ediport.partners.correlation import Key, request_keys
from ediport.partners.registry import Registry
from ediport.security.hashing import ReferenceHash
from ediport.storage.port import Storage
from ediport.x12.errors import Defect
from ediport.x12.findings import Finding
from ediport.x12.plan import Plans
from services.translator.answers import response
from services.translator.building import Interchange, built, check
from services.translator.matching import recorded_value

release_s_min: Final = 0.05
"""A unit that waits for others is looked at again after this at the earliest."""

rules_kept_max: Final = 20
"""Rules that go into the event of a rejection; the findings are all in its document."""

Release = Callable[[Sequence[Delivery], float], None]
"""Gives messages back that were not tried, to come again after so many seconds."""

_log = logs.get("translator")


@dataclass(frozen=True, slots=True)
class Request:
    """A message of `edi.requests` with its document."""

    delivery: Delivery
    document: dict[str, Any]

    @property
    def message(self) -> Message:
        return self.delivery.message

    @property
    def transaction_id(self) -> str:
        return header(self.message, headers.TRANSACTION_ID)

    @property
    def key(self) -> str:
        return header(self.message, headers.IDEMPOTENCY_KEY)

    @property
    def lot(self) -> tuple[str, ...]:
        """What units must have in common to travel in one transaction set."""
        names = (headers.PARTNER, headers.REQUESTER, headers.TRANSACTION_SET, headers.GUIDE)
        own = {k: v for k, v in self.document["transaction"].items() if not isinstance(v, list)}
        return (*(header(self.message, name) for name in names), json.dumps(own, sort_keys=True))

    def age_s(self, now: datetime) -> float:
        """Seconds since the unit was taken in."""
        received = header(self.message, headers.RECEIVED_AT)
        return (now - datetime.fromisoformat(received)).total_seconds() if received else 0.0


class RequestTranslator:
    """Handles a batch of `edi.requests`."""

    def __init__(
        self,
        ledger: Ledger,
        storage: Storage,
        registry: Registry,
        plans: Plans,
        references: ReferenceHash,
        release: Release,
    ) -> None:
        self._ledger = ledger
        self._storage = storage
        self._registry = registry
        self._plans = plans
        self._references = references
        self._release = release

    def __call__(self, deliveries: Sequence[Delivery]) -> Sequence[Exception | None]:
        """Send what is ready; what waits for others is given back, and must not count as tried."""
        outcomes: dict[str, Exception | None] = {each.token: None for each in deliveries}
        lots: dict[tuple[str, ...], list[Request]] = {}
        for delivery in deliveries:
            try:
                request = parsed(delivery)
                lots.setdefault(request.lot, []).append(request)
            except Defect as problem:
                outcomes[delivery.token] = problem
        for requests in lots.values():
            outcome = self._handle(requests)
            outcomes |= {each.delivery.token: outcome for each in requests}
        return [outcomes[each.token] for each in deliveries]

    def _handle(self, requests: list[Request]) -> Exception | None:
        agreement = self._registry.partner(header(requests[0].message, headers.PARTNER))
        if agreement is None:
            return Defect("there is no agreement with this partner")
        batching, now = agreement.batching, datetime.now(UTC)
        age_s = max(request.age_s(now) for request in requests)
        if not batching.is_ready(len(requests), age_s):
            wait_s = max(batching.wait_s - age_s, release_s_min)
            self._release([request.delivery for request in requests], wait_s)
            return None
        size = batching.units_per_transaction_max
        for start in range(0, len(requests), size):
            self._send(agreement, requests[start : start + size])
        return None

    def _send(self, agreement: Agreement, requests: Sequence[Request]) -> None:
        documents = [request.document for request in requests]
        checked = check(documents, agreement, self._plans)
        pairs = list(zip(requests, checked.faults, strict=True))
        good = [request for request, bad in pairs if not bad]
        if len(good) < len(requests):
            self._reject([pair for pair in pairs if pair[1]])
        if good:
            self._depart(agreement, good, checked.doubts)

    def _reject(self, rejected: Sequence[tuple[Request, Sequence[Finding]]]) -> None:
        texts = [compact({"findings": [f.to_dict() for f in found]}) for _, found in rejected]
        references = self._storage.put_many(texts)
        with self._ledger.begin() as work:
            seen = work.seen_many(flow.TRANSLATOR, [request.key for request, _ in rejected])
            for (request, found), reference, known in zip(rejected, references, seen, strict=True):
                if not known:
                    self._record_rejected(work, request, found, reference)
        _log.info("units_rejected", count=len(rejected), rule=_rules(f for _, f in rejected))

    def _record_rejected(
        self, work: Work, request: Request, found: Sequence[Finding], reference: str
    ) -> None:
        rules = _rules([found])
        detail = {REJECTED_BY: "translator", "rules": " ".join(rules)}
        work.set_state(request.transaction_id, REJECTED, detail=detail)
        work.add_document(request.transaction_id, flow.FINDINGS, reference, flow.JSON)
        unit = work.unit(request.transaction_id)
        if unit is not None:
            listed = [finding.to_dict() for finding in found]
            told = {"source": "findings", "outcome": "rejected", "codes": rules, "findings": listed}
            work.enqueue(RESPONSES, response(unit, request.key, told))

    def _depart(
        self, agreement: Agreement, requests: Sequence[Request], doubts: Sequence[Finding]
    ) -> None:
        with self._ledger.begin() as work:
            seen = work.seen_many(flow.TRANSLATOR, [request.key for request in requests])
            fresh = [r for r, known in zip(requests, seen, strict=True) if not known]
            if not fresh:
                return
            numbers = LedgerControlNumbers(work, agreement.partner)
            documents = [request.document for request in fresh]
            interchange = built(documents, agreement, self._plans, numbers)
            reference = self._storage.put(interchange.x12)
            for request, transaction in zip(fresh, interchange.transactions, strict=True):
                self._record_sent(work, request, interchange, transaction, reference)
                for rule in _rules([doubts]):
                    work.add_event(request.transaction_id, flow.FINDING, {"rule": rule})
            message = x12_message(
                agreement.partner, interchange.x12, interchange.number, reference, fresh[0].message
            )
            work.enqueue(partner_outbound(agreement.partner), message)
        _log.info(
            "interchange_built",
            partner=agreement.partner,
            control_number=interchange.number,
            units=len(fresh),
        )

    def _record_sent(
        self,
        work: Work,
        request: Request,
        interchange: Interchange,
        transaction: str,
        reference: str,
    ) -> None:
        unit, partner = request.transaction_id, header(request.message, headers.PARTNER)
        detail = {"interchange": interchange.number, "transaction": transaction}
        work.set_state(unit, TRANSLATED, detail=detail)
        work.add_document(unit, flow.X12_SENT, reference, flow.X12)
        own = (
            Key(flow.INTERCHANGE_KEY, interchange.number),
            Key(flow.GROUP_KEY, interchange.group),
            Key(flow.TRANSACTION_KEY, transaction),
        )
        for key in (*own, *request_keys(request.document)):
            value = recorded_value(key, self._references)
            work.correlate(partner, key.ledger_kind, value, unit)


def parsed(delivery: Delivery) -> Request:
    """The request of a delivery; raises `Defect` when its body is no canonical document."""
    try:
        document = json.loads(delivery.message.body)
    except (ValueError, RecursionError):
        raise Defect("the body is no JSON") from None
    if not isinstance(document, dict) or not isinstance(document.get("transaction"), dict):
        raise Defect("the body is no canonical document")
    return Request(delivery, bare(document))


def bare(document: Mapping[str, Any]) -> dict[str, Any]:
    """A request without what its new envelope and neighbours decide anew.

    Envelope, trailers and ST02 are the partner's business; HL01, HL02 and HL04 depend on which
    units travel together. All of them are computed when they are left out.
    """
    kept = {k: v for k, v in document.items() if k not in ("interchange", "group", "_trailers")}
    members = {k: v for k, v in document["transaction"].items() if not k.endswith("_SE")}
    kept["transaction"] = _without_numbers(members)
    return kept


def _without_numbers(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_numbers(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {key: _numberless(key, value) for key, value in node.items()}


def _numberless(key: str, value: Any) -> Any:
    dropped = _COMPUTED.get(key.rpartition("_")[2])
    if dropped and isinstance(value, dict):
        return {k: v for k, v in value.items() if not k.endswith(dropped)}
    return _without_numbers(value)


_COMPUTED: Final = {"HL": ("_01", "_02", "_04"), "ST": ("_02",)}


def x12_message(
    partner: str, x12: bytes, number: str, reference: str, like: Message | None = None
) -> Message:
    """A message for a partner's queue; `like` lends the names of requester, set and guide."""
    lent = (headers.REQUESTER, headers.TRANSACTION_SET, headers.GUIDE)
    names = {name: header(like, name) for name in lent} if like else {}
    own = {
        headers.MESSAGE_VERSION: headers.VERSION,
        headers.IDEMPOTENCY_KEY: f"{partner}:{number}:{reference[-key_characters:]}",
        headers.PARTNER: partner,
        headers.SOURCE: "translator",
        headers.RECEIVED_AT: headers.timestamp(),
        flow.CONTROL_NUMBER: number,
    }
    return Message(x12, {**{k: v for k, v in names.items() if v}, **own})


key_characters: Final = 16


def _rules(findings: Iterable[Iterable[Finding]]) -> list[str]:
    seen = dict.fromkeys(finding.rule.id for found in findings for finding in found)
    return list(seen)[:rules_kept_max]
