"""JSON Schema (2020-12) of a guide's canonical documents, made from its plan.

Rules of this room: the same plan gives the same text, byte for byte; names of the guide are titles; what may
be left out on the way to X12, because it can be computed, is never required; members that begin with `_` are
always allowed, no others than the guide's are. A schema takes what reads without a finding; it does not know
relations between elements (syntax notes), the order of members, calendars, or external code lists.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ediport.x12.envelope import (
    ACKNOWLEDGMENT_KEY,
    ACKNOWLEDGMENT_KEYS,
    GROUP_KEYS,
    INTERCHANGE_KEYS,
    INTERCHANGE_LENGTHS,
)
from ediport.x12.plan import UNBOUNDED, ElementPlan, LoopPlan, Plan, SegmentPlan

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]

_OURS: Final[Schema] = {"^_": {}}
"""Members that no guide names: `_separators`, `_order`, `_unplaced`, `_more`, `_trailers`."""

_DATE: Final = "^([0-9]{6}|[0-9]{8}|[0-9]{12})$"
_TIME: Final = "^([01][0-9]|2[0-3])[0-5][0-9]([0-5][0-9][0-9]{0,2})?$"
_DECIMAL: Final = r"^-?([0-9]+(\.[0-9]+)?|\.[0-9]+)$"
_WHOLE: Final = "^-?[0-9]+$"

_COMPUTED: Final[Mapping[str, frozenset[int]]] = {
    "ST": frozenset((2, 3)),
    "SE": frozenset((1, 2)),
    "HL": frozenset((1, 2, 4)),
    "LX": frozenset((1,)),
}
"""Elements that are computed: control numbers, counts, hierarchy; LX01 where LX begins a loop. These segments are
written even where they are left out as a whole."""


def json_schema(plan: Plan) -> Schema:
    """The schema of one guide, as JSON-ready data."""
    return _Builder(plan).schema()


def schema_text(plan: Plan) -> str:
    """The schema as text that ends with a line feed."""
    return json.dumps(json_schema(plan), indent=2, ensure_ascii=False) + "\n"


class _Builder:
    """Collects the definitions of loops and segments; equal ones are kept once."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._definitions: dict[str, Schema] = {}
        self._names: dict[str, str] = {}

    def schema(self) -> Schema:
        plan = self._plan
        transaction = self._loop_schema(plan.root)
        return {
            "$schema": DIALECT,
            "$id": f"urn:ediport:guide:{plan.guide}:{plan.transaction_set}",
            "title": f"{plan.abbreviation} {plan.title} ({plan.guide})",
            "description": f"Canonical JSON of transaction set {plan.transaction_set}.",
            **_object(
                {
                    "guide": {"title": "Version of the guide, as in GS08", "const": plan.guide},
                    "interchange": _interchange(),
                    "group": _group(plan),
                    "transaction": transaction,
                },
                ["guide", "transaction"],
            ),
            "$defs": dict(sorted(self._definitions.items())),
        }

    def _loop_schema(self, loop: LoopPlan) -> Schema:
        members = [m for m in loop.members if m.usage != "N"]
        properties = {m.key: self._member(m) for m in members}
        return {
            "title": loop.name,
            **_object(properties, [m.key for m in members if self._is_required(m)]),
        }

    def _member(self, member: LoopPlan | SegmentPlan) -> Schema:
        return _repeated(self._reference(member.key, self._schema_of(member)), member.repeat_max)

    def _schema_of(self, member: LoopPlan | SegmentPlan) -> Schema:
        if isinstance(member, LoopPlan):
            return self._loop_schema(member)
        return self._segment_schema(member)

    def _segment_schema(self, segment: SegmentPlan) -> Schema:
        elements = [e for e in segment.elements if e.usage != "N"]
        properties = {e.key: _element(e) for e in elements}
        required = [e.key for e in elements if not may_be_left_out(segment, e)]
        return {"title": segment.name, **_object(properties, required)}

    def _reference(self, name: str, schema: Schema) -> Schema:
        """A reference to the definition; a second one of the same name gets an ordinal."""
        text = json.dumps([name, schema], sort_keys=True)
        if text not in self._names:
            count = 1
            unique = name
            while unique in self._definitions:
                count += 1
                unique = f"{name}_{count}"
            self._names[text] = unique
            self._definitions[unique] = schema
        return {"$ref": f"#/$defs/{self._names[text]}"}

    def _is_required(self, member: LoopPlan | SegmentPlan) -> bool:
        """Whether a document must have the member: the guide requires it, it isn't written by itself, and it
        does not come after the business units, where only the last of split documents has it."""
        if self._is_behind_units(member):
            return False
        if isinstance(member, LoopPlan) or not _is_computed(member):
            return member.usage == "R"
        return any(not may_be_left_out(member, e) for e in member.elements)

    def _is_behind_units(self, member: LoopPlan | SegmentPlan) -> bool:
        loop = member.parent if isinstance(member, LoopPlan) else member.loop
        places = [m.position for m in loop.members if self._holds_units(m)] if loop else []
        return bool(places) and member.position > min(places)

    def _holds_units(self, member: LoopPlan | SegmentPlan) -> bool:
        """Whether it is the loop of a business unit, or a loop around it."""
        if isinstance(member, SegmentPlan):
            return False
        return any(loop.id == self._plan.unit_loop for loop in member.loops())


def _is_computed(segment: SegmentPlan) -> bool:
    """Whether it is one of the segments that are written without being in the document."""
    is_opener = segment is segment.loop.opener
    return segment.id in _COMPUTED and (is_opener or segment.id == "SE")


def may_be_left_out(segment: SegmentPlan, element: ElementPlan) -> bool:
    """Whether the element need not be in a document: not required, a constant, or computed."""
    if element.usage != "R" or element.constant is not None:
        return True
    return _is_computed(segment) and element.position in _COMPUTED[segment.id]


def _object(properties: Schema, required: Sequence[str]) -> Schema:
    schema: Schema = {"type": "object", "properties": properties}
    if required:
        schema["required"] = list(required)
    return schema | {"patternProperties": dict(_OURS), "additionalProperties": False}


def _repeated(schema: Schema, repeat_max: int) -> Schema:
    """An array where the guide lets it repeat."""
    if repeat_max == 1:
        return schema
    array: Schema = {"type": "array", "items": schema, "minItems": 1}
    return array if repeat_max == UNBOUNDED else array | {"maxItems": repeat_max}


def _element(element: ElementPlan) -> Schema:
    schema = _composite(element) if element.components else _value(element)
    return _repeated(schema, element.repeat_max)


def _composite(element: ElementPlan) -> Schema:
    components = [c for c in element.components if c.usage != "N"]
    required = [c.key for c in components if c.usage == "R" and c.constant is None]
    properties = {c.key: _value(c) for c in components}
    return {"title": element.name, **_object(properties, required)}


def _value(element: ElementPlan) -> Schema:
    """A single value: always a string, as it stands in the X12."""
    schema: Schema = {"title": element.name, "type": "string"}
    if element.code_list:
        schema["description"] = _external(element)
    elif element.codes:
        return schema | {"enum": list(element.codes)}
    schema["minLength"] = max(element.length_min, 1)
    schema["maxLength"] = element.length_max + _uncounted(element.type)
    patterns = [p for p in (_pattern(element.type), element.pattern) if p]
    if len(patterns) == 1:
        schema["pattern"] = patterns[0]
    elif patterns:
        schema["allOf"] = [{"pattern": p} for p in patterns]
    return schema


def _external(element: ElementPlan) -> str:
    text = f"A code of the external list '{element.code_list}'"
    return text + (f", or one of {', '.join(element.codes)}." if element.codes else ".")


def _uncounted(data_type: str) -> int:
    """Characters that X12.6 does not count: sign and decimal point."""
    if data_type == "R":
        return 2
    return 1 if data_type.startswith("N") else 0


def _pattern(data_type: str) -> str:
    if data_type.startswith("N"):
        return _WHOLE
    return {"DT": _DATE, "TM": _TIME, "R": _DECIMAL}.get(data_type, "")


def _interchange() -> Schema:
    """ISA01 to ISA16, and TA1 segments of the interchange; all may come from an agreement."""
    properties: Schema = {
        key: {"title": f"ISA{position:02d}", "type": "string", "minLength": 1, "maxLength": length}
        for position, (key, length) in enumerate(
            zip(INTERCHANGE_KEYS, INTERCHANGE_LENGTHS, strict=True), start=1
        )
    }
    acknowledgment = {
        key: {"title": f"TA1{position:02d}", "type": "string", "minLength": 1}
        for position, key in enumerate(ACKNOWLEDGMENT_KEYS, start=1)
    }
    properties[ACKNOWLEDGMENT_KEY] = {
        "title": "Interchange Acknowledgment",
        "type": "array",
        "items": _object(acknowledgment, ()),
    }
    return {"title": "Interchange Control Header", **_object(properties, ())}


def _group(plan: Plan) -> Schema:
    """GS01 to GS08; all may come from an agreement."""
    properties: Schema = {
        key: {"title": f"GS{position:02d}", "type": "string", "minLength": 1}
        for position, key in enumerate(GROUP_KEYS, start=1)
    }
    properties[GROUP_KEYS[0]] = {"title": "GS01", "const": plan.functional_id}
    return {"title": "Functional Group Header", **_object(properties, ())}
