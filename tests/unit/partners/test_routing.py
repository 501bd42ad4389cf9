"""Which partner gets a document."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ediport.partners.agreement_file import load
from ediport.partners.registry import Registry
from ediport.partners.routing import route
from ediport.resources import schemas_folder

DEMO = schemas_folder() / "partners" / "demo"
EVERGREEN = load(DEMO / "evergreen-health.yaml")
SUMMIT = load(DEMO / "summit-mutual.yaml")
REGISTRY = Registry([EVERGREEN, SUMMIT])


def subscriber(payer_id: str | None, *, claim: bool = True) -> dict[str, Any]:
    name = {"x_09": payer_id} if payer_id is not None else {}
    loop: dict[str, Any] = {"payer_name_2010BB": {"payer_name_NM1": name}}
    return {**loop, "claim_2300": [{"claim_CLM": {"number_01": "1"}}]} if claim else loop


def claims(*subscribers: dict[str, Any], guide: str = "005010X222A1") -> dict[str, Any]:
    return {
        "guide": guide,
        "transaction": {"provider_2000A": [{"subscriber_2000B": list(subscribers)}]},
    }


def test_the_payer_identifier_decides() -> None:
    assert route(claims(subscriber("EVRGN")), REGISTRY).agreement is EVERGREEN
    assert route(claims(subscriber("99202"), subscriber("SUMMIT1")), REGISTRY).agreement is SUMMIT


def test_other_transaction_sets_are_routed_by_their_own_paths() -> None:
    premium = {
        "guide": "005010X218",
        "transaction": {"receiver_1000A": {"n_N1": {"q_01": "PE", "id_04": "EVRGN"}}},
    }
    enrollment = {
        "guide": "005010X220A1",
        "transaction": {
            "payer_1000B": {"n_N1": {"q_01": "IN", "id_04": "EVRGN"}},
            "member_2000": [{"i_INS": {"a_01": "Y"}}],
        },
    }
    assert route(premium, REGISTRY).agreement is EVERGREEN
    assert route(enrollment, REGISTRY).agreement is EVERGREEN


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (claims(subscriber("EVRGN"), guide="005010X999"), "guide_unknown"),
        ({}, "guide_unknown"),
        (claims(subscriber(None)), "payer_missing"),
        (claims(subscriber(" ")), "payer_missing"),
        (claims(), "payer_missing"),
        (claims(subscriber("NOBODY")), "payer_unknown"),
        (claims(subscriber("EVRGN"), subscriber("NOBODY")), "payer_unknown"),
        (claims(subscriber("EVRGN"), subscriber("SUMMIT1")), "payers_differ"),
        (claims(subscriber("SUMMIT1"), guide="005010X223A2"), "guide_not_agreed"),
    ],
)
def test_faults(document: dict[str, Any], fault: str) -> None:
    found = route(document, REGISTRY)
    assert (found.agreement, found.fault) == (None, fault)


def test_a_loop_around_no_claim_does_not_decide() -> None:
    document = claims(subscriber("SUMMIT1", claim=False), subscriber("EVRGN"))
    assert route(document, REGISTRY).agreement is EVERGREEN


def test_what_is_only_received_is_not_sent() -> None:
    turned = tuple(replace(use, direction="receive") for use in EVERGREEN.guides)
    registry = Registry([replace(EVERGREEN, guides=turned)])
    assert route(claims(subscriber("EVRGN")), registry).fault == "guide_not_agreed"


def test_st01_must_agree_where_it_is_given() -> None:
    document = claims(subscriber("EVRGN"))
    document["transaction"]["transaction_set_header_ST"] = {"transaction_set_01": "835"}
    assert route(document, REGISTRY).fault == "guide_unknown"
