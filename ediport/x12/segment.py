"""Checks one segment against its plan and writes it as JSON: the reference that the fast shapes must equal.

A fault here is a `Fault`, a finding that does not know yet where in the file it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ediport.x12 import values
from ediport.x12.delimiters import Delimiters
from ediport.x12.plan import UNBOUNDED, ElementPlan, SegmentPlan, SyntaxNote

MORE_KEY: Final = "_more"
"""Member that keeps elements or components beyond those that the guide defines."""

FORMAT_ELEMENT: Final = "1250"
FORMATTED_ELEMENT: Final = "1251"
_CODES_SHOWN_MAX: Final = 12


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong within a segment. `value` may be PHI; positions count from 1."""

    rule: str
    reason: str
    element: int | None = None
    component: int | None = None
    repeat: int | None = None
    data_element: str | None = None
    value: str | None = None


class SegmentReader:
    """Reads segments of one plan under one set of separators."""

    __slots__ = ("_code_lists", "_component", "_element", "_faults", "_repetition", "plan")

    def __init__(
        self, plan: SegmentPlan, delimiters: Delimiters, code_lists: Mapping[str, frozenset[str]]
    ) -> None:
        self.plan = plan
        self._code_lists = code_lists
        self._element = delimiters.element.decode("latin-1")
        self._component = delimiters.component.decode("latin-1")
        self._repetition = delimiters.repetition.decode("latin-1")
        self._faults: list[Fault] = []

    def read(self, text: str) -> tuple[str, list[Fault]]:
        """The JSON object of a segment (its text without terminator) and its faults in order of position."""
        faults = self._faults = []
        elements = text.split(self._element)[1:]
        if elements and not elements[-1]:
            _strip_empty(elements)
            faults.append(Fault("trailing_separator", "element separators end the segment"))
        if not elements:
            faults.append(Fault("segment_empty", "the segment has no elements"))
        members = self._members(self.plan.elements, elements, None)
        for note in self.plan.syntax:
            self._check_note(note, elements)
        return "{" + ",".join(members) + "}", faults

    def _members(
        self, plans: Sequence[ElementPlan], texts: list[str], composite: ElementPlan | None
    ) -> list[str]:
        """JSON members of a segment's elements, or of the components of a composite."""
        members = []
        form = ""
        for plan, text in zip(plans, texts, strict=False):
            if text:
                members.append(f'"{plan.key}":{self._value(plan, text, composite, form)}')
            elif plan.usage == "R":
                members.append(self._missing(plan, composite))
            form = text if plan.data_element == FORMAT_ELEMENT else ""
        rest = (plan for plan in plans[len(texts) :] if plan.usage == "R")
        members.extend(self._missing(plan, composite) for plan in rest)
        if len(texts) > len(plans):
            members.append(self._more(plans, texts, composite))
        return members

    def _missing(self, plan: ElementPlan, composite: ElementPlan | None) -> str:
        """Reports a required element; its member is empty, for one left out is computed on the way back."""
        self._fault("element_required", plan, composite)
        if plan.repeat_max != 1 and composite is None:
            return f'"{plan.key}":[]'
        return f'"{plan.key}":' + ("{}" if plan.components else '""')

    def _more(
        self, plans: Sequence[ElementPlan], texts: list[str], composite: ElementPlan | None
    ) -> str:
        count = len(plans)
        if composite is None:
            reason = f"the guide defines {count} elements, there are {len(texts)}"
            self._faults.append(Fault("elements_too_many", reason, count + 1, value=texts[count]))
        else:
            reason = f"the guide defines {count} components, there are {len(texts)}"
            self._faults.append(
                Fault(
                    "components_too_many", reason, composite.position, count + 1, value=texts[count]
                )
            )
        return f'"{MORE_KEY}":[{",".join(values.json_text(t) for t in texts[count:])}]'

    def _value(self, plan: ElementPlan, text: str, composite: ElementPlan | None, form: str) -> str:
        separator = self._repetition
        if not separator or separator not in text:
            json = self._single(plan, text, composite, form, None)
            return f"[{json}]" if plan.repeat_max != 1 and composite is None else json
        repeats = text.split(separator)
        if plan.repeat_max != UNBOUNDED and len(repeats) > plan.repeat_max:
            self._fault("repeats_too_many", plan, composite, text)
        if plan.repeat_max == 1:
            return values.json_text(text)
        singles = [self._single(plan, t, composite, form, i) for i, t in enumerate(repeats, 1)]
        return f"[{','.join(singles)}]"

    def _single(
        self,
        plan: ElementPlan,
        text: str,
        composite: ElementPlan | None,
        form: str,
        repeat: int | None,
    ) -> str:
        if plan.usage == "N":
            self._fault("element_not_used", plan, composite, text, repeat)
        if plan.components:
            return self._composite(plan, text)
        if self._component in text and composite is None:
            self._fault("element_not_composite", plan, composite, text, repeat)
        elif plan.usage != "N":
            for rule in self._broken_rules(plan, text, form):
                self._fault(rule, plan, composite, text, repeat)
        return values.json_text(text)

    def _composite(self, plan: ElementPlan, text: str) -> str:
        components = text.split(self._component)
        if not components[-1]:
            _strip_empty(components)
            reason = "component separators end the composite"
            self._faults.append(Fault("trailing_separator", reason, plan.position))
        members = self._members(plan.components, components, plan)
        return "{" + ",".join(members) + "}"

    def _broken_rules(self, plan: ElementPlan, text: str, form: str) -> list[str]:
        """Ids of the rules that one value breaks."""
        rules = []
        length = values.measured_length(text, plan.type)
        if length < plan.length_min:
            rules.append("element_too_short")
        if length > plan.length_max:
            rules.append("element_too_long")
        if values.has_control_character(text):
            return [*rules, "element_character"]
        if not values.is_ascii_text(text):
            rules.append("character_set")
        if _has_needless_blanks(plan, text):
            rules.append("element_trailing_blanks")
        rules += self._broken_content(plan, text, form)
        return rules

    def _broken_content(self, plan: ElementPlan, text: str, form: str) -> list[str]:
        rules = []
        code = self._code_rule(plan, text)
        if code:
            rules.append(code)
        if not values.fits_type(text, plan.type):
            rules.append(_type_rule(plan.type))
        check = values.FORMATS.get(form) if plan.data_element == FORMATTED_ELEMENT else None
        if check is not None and not check(text):
            rules.append(_type_rule(form))
        if plan.pattern and not values.matches(plan.pattern, text):
            rules.append("element_pattern")
        return rules

    def _code_rule(self, plan: ElementPlan, text: str) -> str:
        if not plan.codes and not plan.code_list:
            return ""
        if text in plan.codes or text in self._code_lists.get(plan.code_list, ()):
            return ""
        return "element_external_code" if plan.code_list else "element_code"

    def _check_note(self, note: SyntaxNote, elements: list[str]) -> None:
        count = len(elements)
        present = [p <= count and elements[p - 1] != "" for p in note.positions]
        if note_holds(note.kind, present):
            return
        rule = "element_excluded" if note.kind == "E" else "element_conditional"
        names = ", ".join(f"{self.plan.id}{p:02d}" for p in note.positions)
        position = _note_position(note, present)
        data_element = ""
        if position <= len(self.plan.elements):
            data_element = self.plan.elements[position - 1].data_element
        reason = f"syntax note {note} over {names}: {_NOTE_WORDS[note.kind]}"
        self._faults.append(Fault(rule, reason, position, data_element=data_element or None))

    def _fault(
        self,
        rule: str,
        plan: ElementPlan,
        composite: ElementPlan | None,
        value: str | None = None,
        repeat: int | None = None,
    ) -> None:
        element, component = plan.position, None
        if composite is not None:
            element, component = composite.position, plan.position
        place = f"{self.plan.id}{element:02d}" + (f"-{component:02d}" if component else "")
        reason = f"{place} {plan.name}: {_reason(rule, plan)}"
        self._faults.append(
            Fault(rule, reason, element, component, repeat, plan.data_element or None, value)
        )


_NOTE_WORDS: Final = {
    "P": "if any of them is there, all must be",
    "R": "at least one of them must be there",
    "E": "only one of them may be there",
    "C": "if the first is there, all the others must be",
    "L": "if the first is there, at least one of the others must be",
}


def note_holds(kind: str, present: Sequence[bool]) -> bool:
    """Whether a syntax note of X12.6 holds for elements that are present or not."""
    if kind == "P":
        return all(present) or not any(present)
    if kind == "R":
        return any(present)
    if kind == "E":
        return sum(present) <= 1
    if kind == "C":
        return not present[0] or all(present)
    return not present[0] or any(present[1:])


def _note_position(note: SyntaxNote, present: Sequence[bool]) -> int:
    """The element to name: the one too many, or the first that is missing."""
    wanted = note.kind == "E"
    places = [p for p, is_there in zip(note.positions, present, strict=True) if is_there == wanted]
    return places[-1 if wanted else 0]


def _strip_empty(texts: list[str]) -> None:
    while texts and not texts[-1]:
        texts.pop()


def _has_needless_blanks(plan: ElementPlan, text: str) -> bool:
    if not text.endswith(" ") or plan.type not in ("AN", "ID"):
        return False
    return len(text.rstrip(" ")) >= plan.length_min


def _type_rule(data_type: str) -> str:
    if data_type in ("DT", "D8", "D6", "RD8"):
        return "element_date"
    return "element_time" if data_type == "TM" else "element_character"


def _reason(rule: str, plan: ElementPlan) -> str:
    """Plain words for one rule at one element; they show what the guide wants, never what was sent."""
    span = f"{plan.length_min} to {plan.length_max}"
    texts = {
        "element_required": "required, but missing",
        "element_not_used": "the guide does not use it",
        "element_too_short": f"too short, {span} characters are allowed",
        "element_too_long": f"too long, {span} characters are allowed",
        "element_character": f"has a character that type {plan.type} does not allow",
        "character_set": "has a character outside the X12 character sets",
        "element_trailing_blanks": "ends with needless blanks",
        "element_not_composite": "has component separators, but is no composite",
        "element_code": f"is none of the allowed codes ({_some(plan.codes)})",
        "element_external_code": f"is not in the code list '{plan.code_list}'",
        "element_date": "is no date of the stated format",
        "element_time": "is no time",
        "element_pattern": f"does not match {plan.pattern}",
        "repeats_too_many": f"repeats more than {plan.repeat_max} times",
    }
    return texts[rule]


def _some(codes: Sequence[str]) -> str:
    shown = ", ".join(codes[:_CODES_SHOWN_MAX])
    return shown + (", ..." if len(codes) > _CODES_SHOWN_MAX else "")
