"""Finding places in a guide, and saying what it wants there."""

import pytest

from ediport.guides import library
from ediport.guides.explain import (
    alike,
    expectation,
    find,
    note_words,
    suggestions,
    to_dict,
    values,
)
from ediport.x12.findings import Finding
from ediport.x12.plan import Plan, SyntaxNote
from ediport.x12.rules import RULES


@pytest.fixture(scope="module")
def claims() -> Plan:
    plan = library().get("837P")
    assert plan is not None
    return plan


def paths(plan: Plan, path: str) -> list[str]:
    return [spot.path for spot in find(plan, path)]


CLAIM = ["2000A/2000B/2300/CLM", "2000A/2000B/2000C/2300/CLM"]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("2000A/2010AA", ["2000A/2010AA"]),
        ("/2000A/2010AA/", ["2000A/2010AA"]),
        ("2010aa", ["2000A/2010AA"]),
        ("2300/CLM", CLAIM),
        ("clm", CLAIM),
        ("claim_information_CLM", CLAIM),
        ("2300/CLM/05", [f"{path}/05" for path in CLAIM]),
        ("2300/CLM/5", [f"{path}/05" for path in CLAIM]),
        ("CLM05", [f"{path}/05" for path in CLAIM]),
        ("CLM05-03", [f"{path}/05/03" for path in CLAIM]),
        ("CLM05-3", [f"{path}/05/03" for path in CLAIM]),
        ("CLM/05/03", [f"{path}/05/03" for path in CLAIM]),
        ("2010AA/NM1", ["2000A/2010AA/NM1"]),
        ("2010AA/N301", ["2000A/2010AA/N3/01"]),
        ("2000A/2010AA/NM1[85]", ["2000A/2010AA/NM1"]),
        ("2000A/2010AA/NM1[85]03", ["2000A/2010AA/NM1/03"]),
        ("2000A/2010AA/REF[EI]", ["2000A/2010AA/REF"]),
    ],
)
def test_a_place_is_found_by_the_end_of_its_path(claims: Plan, path: str, found: list[str]) -> None:
    assert paths(claims, path) == found


@pytest.mark.parametrize("path", ["", "/", "05", "2300/CLN", "CLM/99", "XYZ01", "[", "NM1[??]"])
def test_what_is_no_place_is_not_found(claims: Plan, path: str) -> None:
    assert paths(claims, path) == []


def test_near_places_are_suggested(claims: Plan) -> None:
    assert "2300/CLM" in suggestions(claims, "2300/CLN")
    assert "2010AA" in suggestions(claims, "2010A")


def test_every_loop_segment_and_element_is_found_by_its_own_path(claims: Plan) -> None:
    for loop in claims.root.loops():
        if loop.path:
            assert loop in [spot.node for spot in find(claims, loop.path)]
    for segment in list(claims.root.segments())[::10]:
        assert segment in [spot.node for spot in find(claims, segment.path)]


def test_copies_of_a_place_are_told_from_others_of_its_name(claims: Plan) -> None:
    assert [len(group) for group in alike(find(claims, "2300/CLM"))] == [2]
    assert len(alike(find(claims, "2300/REF"))) > 5


def test_the_data_of_a_place_hold_all_below_it(claims: Plan) -> None:
    (spot,) = find(claims, "2010AA")
    data = to_dict(spot)
    assert [m["id"] for m in data["members"]] == ["NM1", "N3", "N4", "REF", "REF", "PER"]
    assert data["members"][0]["elements"][0]["codes"] == ["85"]


@pytest.mark.parametrize(
    ("kind", "positions", "words"),
    [
        ("P", [8, 9], "P0809: NM108 and NM109 stand together or not at all"),
        ("R", [3, 4], "R0304: at least one of NM103, NM104"),
        ("E", [3, 4], "E0304: at most one of NM103, NM104"),
        ("C", [11, 10], "C1110: with NM111 must stand NM110"),
        ("L", [2, 3, 4], "L020304: with NM102 must stand at least one of NM103, NM104"),
    ],
)
def test_syntax_notes_in_words(kind: str, positions: list[int], words: str) -> None:
    assert note_words(SyntaxNote([kind, positions]), "NM1") == words


def test_long_code_lists_are_shortened(claims: Plan) -> None:
    element = find(claims, "2300/PWK/01")[0].element
    assert element is not None
    assert values(element).endswith(" more")
    assert values(element, codes_max=1_000).split() == list(element.codes)


def at(rule: str, segment: str, loop: str, *, reason: str = "", **place: int) -> Finding:
    return Finding(RULES[rule], reason, segment_id=segment, loop_path=loop, **place)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("finding", "expected"),
    [
        (
            at("element_required", "CLM", "2000A/2000B/2300", element=5, component=3),
            "CLM05-03 Claim Frequency Code: required, ID of 1 character",
        ),
        (
            at("element_required", "CLM", "2000A/2000B/2300", element=1),
            "CLM01 Patient Control Number: required, AN of 1-38 characters",
        ),
        (
            at("segment_required", "CLM", "2000A/2000B/2300"),
            "CLM Claim Information: required, once",
        ),
        (
            at("elements_too_many", "N3", "2000A/2010AA", element=3),
            "N3 Billing Provider Address: required, once, 2 elements at most",
        ),
        (
            at("segment_unexpected", "CLM", "2000A"),
            "CLM has its place in 2300",
        ),
        (at("element_required", "REF", "2000A/2000B/2300", element=2), ""),
        (at("segment_unknown", "ZZZ", "2000A"), ""),
        (at("byte_order_mark", "", ""), ""),
    ],
)
def test_what_the_guide_wants_at_a_finding(claims: Plan, finding: Finding, expected: str) -> None:
    assert expectation(claims, finding) == expected


def test_the_reason_tells_which_of_several_segments_is_meant(claims: Plan) -> None:
    reason = "HI01-02 Condition Code: required, but missing"
    finding = at(
        "element_required", "HI", "2000A/2000B/2300", reason=reason, element=1, component=2
    )
    assert expectation(claims, finding) == "HI01-02 Condition Code: required, AN of 1-30 characters"
