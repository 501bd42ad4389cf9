"""Which partner gets a canonical document: the one who answers for the payer identifier in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ediport.documents.paths import Document, find, narrow
from ediport.partners.agreement import Agreement
from ediport.partners.registry import Registry
from ediport.partners.transactions import RequestRow, Transactions, transactions

RoutingFault = Literal[
    "guide_unknown", "payer_missing", "payer_unknown", "payers_differ", "guide_not_agreed"
]


@dataclass(frozen=True, slots=True)
class Route:
    """Where a document goes: an agreement, or the reason why to none."""

    agreement: Agreement | None
    fault: RoutingFault | None = None


def route(document: Document, registry: Registry, *, table: Transactions | None = None) -> Route:
    """The agreement for a document by the payer identifiers at the paths of its transaction set.

    Faults: no identifier at all; none that an agreement names; identifiers of several partners in
    one document; an agreement that does not have the document's guide among those that we send.
    """
    row = (table or transactions()).request(document)
    if row is None:
        return Route(None, "guide_unknown")
    payer_ids = [*_payer_ids(document, row)]
    if not payer_ids:
        return Route(None, "payer_missing")
    agreement, *others = [registry.by_payer(payer_id) for payer_id in payer_ids]
    if agreement is None or None in others:
        return Route(None, "payer_unknown")
    if any(other is not agreement for other in others):
        return Route(None, "payers_differ")
    if agreement.guide_for(str(document["guide"]), row.transaction_set, "send") is None:
        return Route(None, "guide_not_agreed")
    return Route(agreement)


def _payer_ids(document: Document, row: RequestRow) -> Iterator[str]:
    """The identifiers beside the document's units: a loop around no unit does not decide."""
    units = narrow(document, row.units) if row.units else iter([dict(document)])
    for unit in units:
        for path in row.payer:
            yield from (value for value in find(unit, path) if value.strip())
