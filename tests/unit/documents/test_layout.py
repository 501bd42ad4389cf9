"""Loading layouts: what loads can be used, and what does not load says everything that is wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from ediport.documents.layout import (
    Layout,
    LayoutError,
    load_layout,
    parse_layout,
    ready_layout,
    ready_layouts,
)
from ediport.documents.layout_file import layouts_folder
from ediport.documents.limits import layout_bytes_max
from ediport.x12.plan import Plans

TEXT = (layouts_folder() / "professional-claim.yaml").read_text(encoding="utf-8")


def problems(plans: Plans, text: str) -> str:
    with pytest.raises(LayoutError) as error:
        parse_layout(text.encode(), "test", plans)
    return "\n".join(error.value.problems)


def changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def test_ready_layouts_load(plans: Plans) -> None:
    assert "professional-claim" in ready_layouts()
    for name in ready_layouts():
        assert ready_layout(name, plans).name == name


def test_the_schema_is_a_schema() -> None:
    schema = json.loads((layouts_folder() / "layout.schema.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)


def test_what_a_layout_holds(layout: Layout) -> None:
    assert (layout.guide, layout.transaction_set) == ("005010X222A1", "837")
    assert [variant.name for variant in layout.variants] == ["subscriber", "dependent"]
    assert {variant.rows_max for variant in layout.variants} == {50}
    assert [column.name for column in layout.key] == ["claim_number"]


def test_unknown_layout_and_missing_file(plans: Plans, tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="professional-claim"):
        ready_layout("no-such", plans)
    with pytest.raises(LayoutError, match="no such layout file"):
        load_layout(tmp_path / "none.yaml", plans)


def test_a_layout_file_that_is_too_large(plans: Plans, tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"#" * (layout_bytes_max + 1))
    with pytest.raises(LayoutError, match="larger than"):
        load_layout(path, plans)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "{name: total_charge, target: 2300/CLM/02",
            "{name: total_charge, target: 2300/CLM/99",
            "does not use",
        ),
        ('"2300/REF[G1]/02"', '"2300/REF[XX]/02"', "prior_authorization: .*there are"),
        ('"2300/REF[G1]/02"', '"2300/REF[9F]/02"', "target of referral_number already"),
        ("with: {CLM05-02: B}", "with: {REF01: B}", "no element of the segment CLM"),
        ("key: [claim_number]", "key: [claim_no]", "no column claim_no"),
        ("column: patient_relationship", "column: relationship", "no column relationship"),
        ("until: service_date_to", "until: service_end", "no column service_end"),
        ("{total: total_charge", "{total: totals", "no column totals"),
        (
            "{total: total_charge",
            "{total: claim_number",
            "claim_number must be a column of amounts",
        ),
        ("lookup: related_cause", "lookup: causes", "no lookup causes"),
        ("only: dependent, required: true}", "only: other, required: true}", "no variant other"),
        ("row_loop: 2300/2400", "row_loop: 2300/2500", "row_loop in variant subscriber"),
        (
            "      when: {column: patient_relationship",
            "      # when: {column: patient_relationship",
            "condition",
        ),
        ("guide: 005010X222A1", "guide: 005010X999", "no guide"),
        ("form: date, until: service_date_to", "until: service_date_to", "needs `form: date`"),
        ("{name: group_number,", "{name: group_number, until: group_name,", "takes no period"),
        ("target: BHT/02, value", "target: BHT/99, value", "constant: .*does not use"),
        (
            "      - {name: billing_provider_address, target: 2010AA/N3/01, required: true}\n",
            "",
            "2010AA/N3|N3/01",
        ),
        ("{name: group_name, target: 2000B/SBR/04}", "{name: Group Name}", "does not match"),
        ("{name: group_name, target: 2000B/SBR/04}", "{name: group_number}", "stands twice"),
        ("only: subscriber}", "only: subscriber, colour: red}", "colour"),
        ('value: "00"', "value: 0", "is not of type 'string'"),
        ("version: 1", "version: 1\nversion: 2", "stands twice"),
    ],
)
def test_what_is_wrong_is_said(plans: Plans, old: str, new: str, words: str) -> None:
    assert re.search(words, problems(plans, changed(old, new)))


def test_all_problems_are_collected(plans: Plans) -> None:
    text = changed("2300/CLM/02", "2300/CLM/99").replace("REF[9F]", "REF[ZZ]")
    found = problems(plans, text)
    assert "total_charge" in found
    assert "referral_number" in found


def test_yaml_is_read_strictly(plans: Plans) -> None:
    assert "anchors" in problems(plans, "layout: &a x\ntitle: *a\n")
    assert "YAML" in problems(plans, "layout: [\n")
    assert "YAML" in problems(plans, "layout: \x00\n")
    assert problems(plans, "")
    assert problems(plans, "- 1\n- 2\n")
    assert "YAML" in problems(plans, "!!python/object/apply:os.getcwd []\n")
    assert "no text" in problems(plans, "lookups:\n  table: {1: x}\n")


def test_norway_and_octal_are_text(plans: Plans) -> None:
    text = changed("related_cause: {AUTO", "countries: {NO: NO, ON: 08}\n  related_cause: {AUTO")
    assert parse_layout(text.encode(), "test", plans).name == "professional-claim"
