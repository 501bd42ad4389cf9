"""Resolving targets against the 837P plan."""

from __future__ import annotations

import pytest

from ediport.documents.targets import TargetError, resolve, resolve_loop
from ediport.x12.plan import Plan, Plans


@pytest.fixture(scope="module")
def plan(plans: Plans) -> Plan:
    found = plans.get("005010X222A1", "837")
    assert found is not None
    return found


def keys(plan: Plan, text: str) -> list[str]:
    target = resolve(plan, text)
    return [*(occurrence.key for occurrence in target.occurrences), target.leaf.key]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("BHT/03", "originator_application_transaction_identifier_03"),
        ("1000A/PER#2/04", "communication_number_04"),
        ("2000A/2010AA/NM1[85]/03", "billing_provider_last_or_organizational_name_03"),
        ("2000A/2000B/2300/CLM/05-01", "place_of_service_code_01"),
        ("2000A/2000B/2300/REF[G1]/02", "prior_authorization_number_02"),
        ("2000A/2000B/2300/HI[ABK]/12-02", "diagnosis_code_02"),
        ("2000A/2000B/2000C/2300/2400/SV1/07-04", "diagnosis_code_pointer_04"),
        ("2000A/2000B/2300/2310A[DN]#2/NM1[P3]/03", "referring_provider_last_name_03"),
    ],
)
def test_good_targets(plan: Plan, text: str, last: str) -> None:
    assert keys(plan, text)[-1] == last


def test_the_way_to_a_target_is_made_of_the_guides_keys(plan: Plan) -> None:
    assert keys(plan, "2000A/2000B/2010BA/NM1[IL]/09") == [
        "billing_provider_hierarchical_level_2000A",
        "subscriber_hierarchical_level_2000B",
        "subscriber_name_2010BA",
        "subscriber_name_NM1",
        "subscriber_primary_identifier_09",
    ]


def test_brackets_give_the_qualifier(plan: Plan) -> None:
    element = resolve(plan, "2000A/2000B/2300/REF[G1]/02").qualifying()
    component = resolve(plan, "2000A/2000B/2300/HI[ABK]/03-02").qualifying()
    assert element is not None
    assert component is not None
    assert (element.place, component.place) == ("REF01", "HI01-01")
    assert resolve(plan, "2000A/2000B/2300/CLM/01").qualifying() is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2000A/2010AA/NM1[86]/03", r"there are: NM1\[85\]"),
        ("2000A/2000B/2300/REF/02", "no single place"),
        ("2000A/2000B/9999/CLM/01", "no single place"),
        ("2000A/2000B/2300/CLM/99", "does not use this place"),
        ("2000A/2000B/2300/CLM/03", "does not use this place"),
        ("2000A/2000B/2300/CLM/05", "composite"),
        ("2000A/2000B/2300/CLM/1", "is no element"),
        ("2000A/2000B/2300/01", "must be a segment"),
        ("2000A/2000B/2300", "must be a segment"),
        ("BHT/BHT/02", "nothing can stand below"),
        ("2000A/2000B/2300/2400#51/SV1/02", "at most 50 times"),
        ("bht/02", "no loop or segment id"),
        ("", "must be a segment"),
    ],
)
def test_bad_targets_say_why(plan: Plan, text: str, words: str) -> None:
    with pytest.raises(TargetError, match=words):
        resolve(plan, text)


def test_siblings_are_named_by_reference_designator(plan: Plan) -> None:
    target = resolve(plan, "2000A/2010AA/NM1[85]/09")
    assert target.sibling("NM108").leaf.key == "identification_code_qualifier_08"
    for designator in ("REF01", "NM1", "NM199", "NM106"):
        with pytest.raises(TargetError):
            target.sibling(designator)


def test_loops(plan: Plan) -> None:
    assert resolve_loop(plan, "2000A/2000B/2300/2400").id == "2400"
    with pytest.raises(TargetError):
        resolve_loop(plan, "2000A/2400")
