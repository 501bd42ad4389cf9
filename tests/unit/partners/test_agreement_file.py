"""Agreement files: what is read from them, and what is said about a wrong one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from ediport.partners.agreement import Agreement
from ediport.partners.agreement_file import AgreementError, file_bytes_max, load, parse
from ediport.resources import schemas_folder

PARTNERS = schemas_folder() / "partners"
DEMO = PARTNERS / "demo"

SMALLEST = """
format: 1
partner: some-payer
name: Some Payer
usage: test
payer_ids: ["12345"]
ours: {qualifier: "ZZ", interchange_id: US, application_code: US}
theirs: {qualifier: "ZZ", interchange_id: THEM, application_code: THEM}
guides: [{transaction_set: "837", guide: 005010X222A1, direction: send}]
transport: {kind: folder, outbox: out, inbox: in}
"""


def faults(text: str) -> list[tuple[str, str, str]]:
    with pytest.raises(AgreementError) as caught:
        parse(text, "file.yaml")
    return [(p.pointer, p.fault, p.remedy) for p in caught.value.problems]


def changed(**members: Any) -> str:
    return yaml.safe_dump({**yaml.safe_load(SMALLEST), **members})


def test_the_smallest_agreement_is_complete() -> None:
    agreement = parse(SMALLEST, "file.yaml")
    assert agreement.partner == "some-payer"
    assert agreement.usage_indicator == "T"
    assert agreement.interchange.version == "00501"
    assert agreement.delimiters.segment == b"~"
    assert agreement.batching.units_per_interchange_max == 100
    assert agreement.acknowledgments.expected == ()
    assert agreement.retention.x12_days == 2555


def test_what_the_schema_says_is_the_default_is_the_default() -> None:
    schema = json.loads((PARTNERS / "agreement.schema.json").read_text("utf-8"))
    agreement = parse(SMALLEST, "file.yaml")
    for name in ("batching", "retention"):
        for member, rule in schema["properties"][name]["properties"].items():
            assert getattr(getattr(agreement, name), member) == rule["default"]
    for member, rule in schema["properties"]["separators"]["properties"].items():
        assert getattr(agreement.delimiters, member) == rule["default"].encode()


@pytest.mark.parametrize("path", sorted(DEMO.glob("*.yaml")), ids=lambda path: path.stem)
def test_demo_agreements_are_in_order(path: Path) -> None:
    agreement = load(path)
    assert isinstance(agreement, Agreement)
    assert agreement.partner == path.stem
    assert agreement.usage == "test"


def test_demo_agreements_differ_in_every_separator() -> None:
    one, other = (load(path).delimiters for path in sorted(DEMO.glob("*.yaml")))
    names = ("element", "component", "repetition", "segment", "line_end")
    assert all(getattr(one, name) != getattr(other, name) for name in names)


def test_the_schema_is_a_schema() -> None:
    schema = json.loads((PARTNERS / "agreement.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)


def test_json_is_taken_too() -> None:
    text = json.dumps(yaml.safe_load(SMALLEST))
    assert parse(text, "file.json") == parse(SMALLEST, "file.yaml")


def test_a_number_that_should_be_text() -> None:
    text = SMALLEST.replace('"12345"', "12345")
    assert faults(text) == [
        (
            "/payer_ids/0",
            "The value is read as a number or yes/no, not as text.",
            "Put it in quotes. Expected: 2 to 80 characters, in quotes.",
        )
    ]


def test_missing_and_unknown_members() -> None:
    found = faults(SMALLEST.replace("payer_ids", "payers"))
    assert [(pointer, fault) for pointer, fault, _ in found] == [
        ("", "Unknown: payers."),
        ("", "Missing: payer_ids."),
    ]
    assert "payer_ids" in found[0][2]


def test_all_problems_are_reported_at_once() -> None:
    found = faults(changed(usage="maybe", name="", payer_ids=[]))
    assert [pointer for pointer, _, _ in found] == ["/name", "/payer_ids", "/usage"]


@pytest.mark.parametrize(
    ("separators", "pointer"),
    [
        ({"element": ":"}, "/separators"),
        ({"element": "A"}, "/separators/element"),
        ({"segment": "\r"}, "/separators"),
        ({"segment": "\n", "line_end": "\n"}, "/separators/line_end"),
        ({"element": "**"}, "/separators/element"),
        ({"component": " "}, "/separators/component"),
        ({"component": "\u00a7"}, "/separators/component"),
        ({"line_end": "\n\n"}, "/separators/line_end"),
    ],
)
def test_separators_that_can_not_be(separators: dict[str, str], pointer: str) -> None:
    assert pointer in [found for found, _, _ in faults(changed(separators=separators))]


def test_control_characters_are_separators_too() -> None:
    separators = {"element": "\x1d", "component": "\x1f", "repetition": "\x1e", "segment": "\x1c"}
    assert parse(changed(separators=separators), "file.yaml").delimiters.element == b"\x1d"


def test_an_identifier_with_a_separator_in_it() -> None:
    theirs = {"qualifier": "ZZ", "interchange_id": "TH*EM", "application_code": "THEM"}
    assert [pointer for pointer, _, _ in faults(changed(theirs=theirs))] == [
        "/theirs/interchange_id"
    ]


def test_both_sides_with_one_identity() -> None:
    theirs = {"qualifier": "ZZ", "interchange_id": "US", "application_code": "THEM"}
    assert [pointer for pointer, _, _ in faults(changed(theirs=theirs))] == ["/theirs"]


def test_one_folder_for_both_directions() -> None:
    transport = {"kind": "folder", "outbox": "one", "inbox": "one"}
    assert [pointer for pointer, _, _ in faults(changed(transport=transport))] == [
        "/transport/inbox"
    ]


def test_a_transport_that_is_not_there_yet() -> None:
    found = faults(changed(transport={"kind": "carrier-pigeon"}))
    assert [pointer for pointer, _, _ in found] == ["/transport/kind"]


def test_a_rule_that_is_not_there_gets_a_suggestion() -> None:
    found = faults(changed(severities={"element_cod": "warning"}))
    assert found == [
        ("/severities/element_cod", "There is no rule of this id.", "Did you mean element_code?")
    ]


def test_a_version_named_twice() -> None:
    use = {"transaction_set": "837", "guide": "005010X222A1", "direction": "send"}
    again = {**use, "guide": "005010X222A2", "aliases": ["005010X222A1"]}
    assert [pointer for pointer, _, _ in faults(changed(guides=[use, again]))] == ["/guides/1"]
    back = {**use, "direction": "receive"}
    parse(changed(guides=[use, back]), "file.yaml")


def test_a_requester_with_two_callbacks() -> None:
    row = {"requester": "clinic", "url": "https://clinic.example/answers"}
    assert [pointer for pointer, _, _ in faults(changed(callbacks=[row, {**row}]))] == [
        "/callbacks/1/requester"
    ]


@pytest.mark.parametrize("url", ["ftp://a.example", "https://user:word@a.example", "a.example"])
def test_callback_addresses_that_are_not_taken(url: str) -> None:
    row = {"requester": "clinic", "url": url}
    assert [pointer for pointer, _, _ in faults(changed(callbacks=[row]))] == ["/callbacks/0/url"]


def test_a_secret_in_the_file_is_refused_and_not_repeated() -> None:
    security = {"qualifier": "01", "password": "hunter2"}
    text = changed(interchange={"security": security})
    with pytest.raises(AgreementError) as caught:
        parse(text, "file.yaml")
    assert "hunter2" not in str(caught.value)
    assert "file.yaml#/interchange/security/password" in str(caught.value)
    assert "secret:<name>" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a: [", "at line 1"),
        (SMALLEST + "name: Other\n", "the same key stands here twice"),
        ("a: &x [1]\nb: *x\n", "aliases"),
        ("{" * 5000, ""),
    ],
)
def test_what_is_no_plain_yaml(text: str, where: str) -> None:
    ((pointer, fault, _),) = faults(text)
    assert pointer == ""
    assert "no YAML" in fault
    assert where in fault


@pytest.mark.parametrize("text", ["", "[]", "text", "1"])
def test_what_is_no_mapping(text: str) -> None:
    ((pointer, fault, _),) = faults(text)
    assert (pointer, fault) == ("", "The value is of the wrong kind.")


def test_files_that_can_not_be_read(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("name: M\u00fcller".encode("latin-1"))
    large = tmp_path / "large.yaml"
    large.write_bytes(b" " * (file_bytes_max + 1))
    for path, words in (
        (latin, "not UTF-8"),
        (large, "too large"),
        (tmp_path / "absent.yaml", "can't be read"),
    ):
        with pytest.raises(AgreementError, match=words):
            load(path)
