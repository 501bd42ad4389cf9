"""Guides found by the aliases of an agreement."""

from __future__ import annotations

from ediport.guides import library
from ediport.partners.agreement_file import load
from ediport.partners.guides import AgreedPlans
from ediport.resources import schemas_folder

EVERGREEN = load(schemas_folder() / "partners" / "demo" / "evergreen-health.yaml")
PLANS = AgreedPlans(library(), EVERGREEN)


def test_an_alias_of_the_agreement_names_the_guide() -> None:
    for version, guide in (
        ("005010X222A1", "005010X222A1"),
        ("005010X222A2", "005010X222A1"),
        ("005010X223A3", "005010X223A2"),
    ):
        plan = PLANS.find(version, "HC", "837")
        assert plan is not None
        assert plan.guide == guide


def test_an_alias_in_st03_names_the_guide() -> None:
    plan = PLANS.find("005010", "HC", "837", "005010X222A2")
    assert plan is not None
    assert plan.guide == "005010X222A1"


def test_what_nobody_knows_stays_unknown() -> None:
    assert PLANS.find("005010X299", "HC", "837") is None
    assert PLANS.find("005010X222A2", "HC", "835") is None
    assert PLANS.find("005010X222A2", "HP", "837") is None
    assert PLANS.find("", "HC", "837") is None


def test_the_rest_is_the_site_s() -> None:
    assert PLANS.get("837P") is library().get("837P")
    assert len(PLANS.all()) == len(library().all())
