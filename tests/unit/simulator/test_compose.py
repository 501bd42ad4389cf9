"""Canonical documents made from X12 ids."""

from __future__ import annotations

import pytest

from ediport.documents.paths import first
from ediport.simulator.compose import document, loop, segment
from ediport.x12.errors import Defect
from tests.unit.simulator.samples import plan


def test_qualifiers_tell_segments_of_one_id_apart() -> None:
    made = document(
        plan("277CA"),
        loop(
            "2000A",
            loop(
                "2000B",
                loop(
                    "2200B",
                    segment("AMT", "YY", "2"),
                    segment("AMT", "YU", "1"),
                ),
            ),
        ),
    )
    batch = made["transaction"]["information_source_level_2000A"][0][
        "information_receiver_level_2000B"
    ]["information_receiver_trace_identifier_2200B"]
    assert list(batch) == ["total_accepted_amount_AMT", "total_rejected_amount_AMT"]


def test_composites_and_what_is_left_out() -> None:
    made = document(
        plan("835"),
        None,
        loop("2000", [loop("2100", loop("2110", segment("SVC", ("HC", "99213"), "1", "", "")))]),
    )
    assert first(made, "2000/2100/2110/SVC/01-02") == "99213"
    assert first(made, "2000/2100/2110/SVC/03") == ""


def test_what_repeats_is_an_array_and_what_does_not_is_none() -> None:
    made = document(
        plan("835"), loop("1000A", segment("REF", "2U", "A"), segment("REF", "NF", "B"))
    )
    payer = made["transaction"]["payer_identification_1000A"]
    assert len(payer["additional_payer_identification_REF"]) == 2


@pytest.mark.parametrize(
    "part",
    [segment("ZZZ"), loop("9999"), segment("REF", "??", "X"), loop("1000A", segment("CLP", "1"))],
)
def test_what_the_guide_has_no_place_for_is_a_defect(part: object) -> None:
    with pytest.raises(Defect):
        document(plan("835"), part)  # type: ignore[arg-type]


def test_what_occurs_once_has_one_place() -> None:
    with pytest.raises(Defect):
        document(plan("835"), segment("TRN", "1", "A"), segment("TRN", "1", "B"))
