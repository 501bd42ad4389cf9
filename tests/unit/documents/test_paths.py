"""Reading canonical documents by X12 ids."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ediport.documents.paths import find, first, narrow, nodes, nodes_within, parse, within
from ediport.x12.errors import Defect


def claim(number: str, *references: tuple[str, str]) -> dict[str, Any]:
    """A claim loop with its CLM and REF segments."""
    loop: dict[str, Any] = {
        "claim_information_CLM": {
            "patient_control_number_01": number,
            "health_care_service_location_information_05": {
                "place_of_service_code_01": "11",
                "facility_code_qualifier_02": "B",
            },
        }
    }
    for ordinal, (qualifier, value) in enumerate(references, start=1):
        key = "reference_REF" if ordinal == 1 else f"reference_REF_{ordinal}"
        loop[key] = {
            "reference_identification_qualifier_01": qualifier,
            "identifier_02": value,
        }
    return loop


def document() -> dict[str, Any]:
    """Two subscribers; the first has a claim of its own and one of a dependent."""
    return {
        "guide": "005010X222A1",
        "interchange": {"interchange_control_number_13": "000000012", "_separators": {}},
        "group": {"group_control_number_06": "7"},
        "transaction": {
            "billing_provider_hierarchical_level_2000A": [
                {
                    "subscriber_hierarchical_level_2000B": [
                        {
                            "claim_information_2300": [claim("A", ("D9", "N1"), ("F8", "N2"))],
                            "patient_hierarchical_level_2000C": [
                                {"claim_information_2300": [claim("B")]}
                            ],
                        },
                        {"claim_information_2300": [claim("C"), claim("D")]},
                    ]
                }
            ]
        },
    }


UNITS = ("2000A/2000B/2300", "2000A/2000B/2000C/2300")


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("2000A/2000B/2300/CLM/01", ["A", "C", "D"]),
        ("2000A/2000B/2000C/2300/CLM/01", ["B"]),
        ("**/CLM/01", ["A", "B", "C", "D"]),
        ("2000A/**/2300/REF[D9]/02", ["N1"]),
        ("**/REF[D9|F8]/02", ["N1", "N2"]),
        ("**/REF[02=N2]/01", ["F8"]),
        ("2000A/2000B/2000C/2300/CLM/05/01", ["11"]),
        ("2000A/2000B/2000C/2300/CLM/05-02", ["B"]),
        ("interchange/13", ["000000012"]),
        ("group/06", ["7"]),
        ("2000A/2000B/2300/CLM/99", []),
        ("2000A/9999/CLM/01", []),
        ("2000A/2000B/2300/CLM", []),
    ],
)
def test_find(path: str, values: list[str]) -> None:
    assert list(find(document(), path)) == values


def test_first_gives_the_default_where_nothing_is() -> None:
    assert first(document(), "**/CLM/01") == "A"
    assert first(document(), "SVC/01", default="none") == "none"


def test_nodes_and_what_is_within_them() -> None:
    subscribers = list(nodes(document(), "2000A/2000B"))
    assert [list(within(node, "2300/CLM/01")) for node in subscribers] == [["A"], ["C", "D"]]
    assert len(list(nodes_within(subscribers[1], "2300"))) == 2


def test_repeated_elements_are_walked_through() -> None:
    body = {"transaction": {"x_SBR": {"code_01": ["1", "2"]}}}
    assert list(find(body, "SBR/01")) == ["1", "2"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"transaction": None},
        {"transaction": "text"},
        {"transaction": {"loop_2000A": "text"}},
        {"transaction": {"loop_2000A": [None, 5, ["x"]]}},
        {"transaction": {"_unplaced": [{"x_CLM": {"a_01": "1"}}]}},
    ],
)
def test_other_shapes_yield_nothing(body: dict[str, Any]) -> None:
    assert list(find(body, "2000A/CLM/01")) == []
    assert list(find(body, "interchange/13")) == []
    assert list(narrow(body, UNITS)) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["x_2000A", "x_CLM", "x_01", "transaction"]), inner)
    ),
    max_leaves=20,
)


@given(body=st.dictionaries(st.sampled_from(["transaction", "interchange"]), JSON))
def test_no_document_makes_reading_fail(body: dict[str, Any]) -> None:
    for path in ("2000A/CLM/01", "**/CLM[1]/01", "interchange/CLM/01"):
        assert all(isinstance(value, str) for value in find(body, path))
    assert all(isinstance(unit, dict) for unit in narrow(body, ["2000A/2000A", "interchange/CLM"]))


def test_any_depth_stops_at_the_named_depth() -> None:
    body: dict[str, Any] = {"x_CLM": {"a_01": "deep"}}
    for _ in range(200):
        body = {"loop_2000": body}
    assert list(find({"transaction": body}, "**/CLM/01")) == []


def test_narrow_gives_one_unit_with_its_ancestors() -> None:
    units = list(narrow(document(), UNITS))
    assert [list(find(unit, "**/CLM/01")) for unit in units] == [["A"], ["B"], ["C"], ["D"]]
    assert all(first(unit, "interchange/13") == "000000012" for unit in units)
    assert list(find(units[1], "2000A/2000B/2300/CLM/01")) == []


def test_narrow_leaves_the_document_as_it_was() -> None:
    body = document()
    list(narrow(body, UNITS))
    assert body == document()


def test_narrow_keeps_the_order_of_members() -> None:
    body: dict[str, Any] = {"transaction": {"a_AK1": {}, "loop_2000": [{"b_AK2": {}}], "c_AK9": {}}}
    (unit,) = narrow(body, ["2000"])
    assert list(unit["transaction"]) == ["a_AK1", "loop_2000", "c_AK9"]


@pytest.mark.parametrize("path", ["", "/CLM", "CLM//01", "CLM[", "REF[]", "2300/RE F"])
def test_what_is_no_path_is_a_defect(path: str) -> None:
    with pytest.raises(Defect):
        parse(path)
