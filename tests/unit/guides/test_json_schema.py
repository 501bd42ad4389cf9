"""The JSON Schema of every guide: sound, steady, true of real documents, and wrong of wrong ones."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ediport.guides import library
from ediport.guides.json_schema import json_schema, may_be_left_out, schema_text
from ediport.x12.events import DocumentText
from ediport.x12.plan import LoopPlan, Plan, SegmentPlan
from ediport.x12.reader import Split, read
from ediport.x12.writer import build_bytes

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
PLANS = library().all()
Object = dict[str, Any]
Change = Callable[[Object], object]


def documents(path: Path, split: Split = "none") -> list[Object]:
    events = read([path.read_bytes()], library(), split=split)
    text = b"".join(event.text for event in events if isinstance(event, DocumentText))
    return [json.loads(line) for line in text.splitlines()]


def plan_of(document: Object) -> Plan:
    plan = library().get(document["guide"])
    assert plan is not None
    return plan


def errors(document: Object) -> list[str]:
    """The keywords of the schema that a document offends."""
    validator = Draft202012Validator(json_schema(plan_of(document)))
    return [str(error.validator) for error in validator.iter_errors(document)]


@pytest.fixture
def claim() -> Object:
    """The document of one claim of a dependent."""
    return documents(SAMPLES / "claims.x12", "unit")[0]


def key(value: Object, end: str) -> str:
    return next(k for k in value if k.endswith(end))


def inside(document: Object, *ends: str) -> Object:
    """What stands under the keys with these ends, one after another; of a list the first."""
    value: Any = document["transaction"]
    for end in ends:
        value = value[key(value, end)]
        value = value[0] if isinstance(value, list) else value
    assert isinstance(value, dict)
    return value


def clm(document: Object) -> Object:
    return inside(document, "_2000A", "_2000B", "_2000C", "_2300", "_CLM")


def remove(value: Object, end: str) -> None:
    del value[key(value, end)]


def put(value: Object, end: str, new: object) -> None:
    value[key(value, end)] = new


@pytest.mark.parametrize("plan", PLANS, ids=lambda p: p.abbreviation)
def test_each_is_a_schema_of_the_stated_dialect(plan: Plan) -> None:
    schema = json_schema(plan)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("plan", PLANS, ids=lambda p: p.abbreviation)
def test_the_same_plan_gives_the_same_text(plan: Plan) -> None:
    text = schema_text(plan)
    assert text == schema_text(plan)
    assert text.endswith("}\n")
    assert json.loads(text) == json_schema(plan)


@pytest.mark.parametrize("plan", PLANS, ids=lambda p: p.abbreviation)
def test_every_reference_leads_somewhere_and_every_definition_is_used(plan: Plan) -> None:
    schema = json_schema(plan)
    assert {ref.rpartition("/")[2] for ref in references(schema)} == set(schema["$defs"])


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)


def test_names_codes_and_lengths_are_the_guides_own() -> None:
    definition = json_schema(plan_of({"guide": "837P"}))["$defs"]["claim_information_CLM"]
    members = definition["properties"]
    assert definition["title"] == "Claim Information"
    assert members["patient_control_number_01"] == {
        "title": "Patient Control Number",
        "type": "string",
        "minLength": 1,
        "maxLength": 38,
    }
    assert members["provider_or_supplier_signature_indicator_06"]["enum"] == ["N", "Y"]
    assert "patient_control_number_01" in definition["required"]
    assert not any(name.endswith("_03") for name in members)


def test_copies_of_a_loop_share_their_definition() -> None:
    plan = plan_of({"guide": "837P"})
    schema = json_schema(plan)
    assert len([s for s in plan.root.segments() if s.id == "CLM"]) == 2
    assert [name for name in schema["$defs"] if name.endswith("_CLM")] == ["claim_information_CLM"]


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.x12")), ids=lambda p: p.stem)
@pytest.mark.parametrize("split", ["none", "unit"])
def test_real_documents_follow_their_schema(path: Path, split: Split) -> None:
    for document in documents(path, split):
        assert errors(document) == []


def test_documents_need_no_envelope(claim: Object) -> None:
    del claim["interchange"], claim["group"]
    assert errors(claim) == []


def test_members_of_ours_may_stand_anywhere(claim: Object) -> None:
    for value in (claim, claim["transaction"], clm(claim), claim["interchange"], claim["group"]):
        value["_note"] = ["anything"]
    assert errors(claim) == []


@pytest.mark.parametrize(
    ("keyword", "change"),
    [
        pytest.param("required", lambda d: remove(clm(d), "_01"), id="no required element"),
        pytest.param("enum", lambda d: put(clm(d), "_06", "X"), id="a code of no list"),
        pytest.param("maxLength", lambda d: put(clm(d), "_01", "x" * 39), id="too long"),
        pytest.param("minLength", lambda d: put(clm(d), "_01", ""), id="empty"),
        pytest.param("type", lambda d: put(clm(d), "_02", 100), id="a number for text"),
        pytest.param("pattern", lambda d: put(clm(d), "_02", "12,50"), id="no amount"),
        pytest.param("required", lambda d: remove(inside(d), "_BHT"), id="no required segment"),
        pytest.param("required", lambda d: remove(inside(d), "_1000A"), id="no required loop"),
        pytest.param("type", lambda d: put(inside(d), "_2000A", {}), id="no list where it repeats"),
        pytest.param("minItems", lambda d: put(inside(d), "_2000A", []), id="an empty list"),
        pytest.param("additionalProperties", lambda d: d.update(other=1), id="no such member"),
        pytest.param("const", lambda d: d["group"].update(
            functional_identifier_code_01="HP"), id="another group"),
        pytest.param("required", lambda d: d.pop("transaction"), id="no transaction set"),
    ],
)  # fmt: skip
def test_wrong_documents_do_not_follow_it(claim: Object, keyword: str, change: Change) -> None:
    change(claim)
    assert errors(claim) == [keyword]


@pytest.mark.parametrize(
    "name", ["claims", "835-1", "834-1", "820-1", "277CA-1", "999-2", "837I-1"]
)
def test_what_is_not_required_is_written_all_the_same(name: str) -> None:
    """A document without all that may be left out follows the schema and gives the same X12."""
    path = SAMPLES / f"{name}.x12"
    whole = documents(path)[0]
    plan = plan_of(whole)
    bare = whole | {"transaction": without_computed(whole["transaction"], plan.root)}
    assert json.dumps(bare) != json.dumps(whole)
    assert errors(bare) == []
    assert build_bytes([bare], library()).x12 == build_bytes([whole], library()).x12


def without_computed(data: Object, loop: LoopPlan) -> Object:
    """A loop without what the writer fills in; ST stays, for its control number is the file's choice."""
    members = {member.key: member for member in loop.members}
    out: Object = {}
    for name, value in data.items():
        member = members.get(name)
        if member is None or member.id == "ST":
            out[name] = value
        elif isinstance(member, LoopPlan):
            out[name] = each(value, partial(without_computed, loop=member))
        elif member.id != "SE":
            out[name] = each(value, partial(without_constants, segment=member))
    return out


def each(value: Any, change: Change) -> Any:
    return [change(one) for one in value] if isinstance(value, list) else change(value)


def without_constants(data: Object, segment: SegmentPlan) -> Object:
    needless = {
        element.key
        for element in segment.elements
        if element.usage == "R" and may_be_left_out(segment, element)
    }
    return {name: value for name, value in data.items() if name not in needless}
