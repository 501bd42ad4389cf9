"""Writes one segment from its JSON object; fills in what the guide leaves no choice about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ediport.x12.delimiters import Delimiters
from ediport.x12.plan import ElementPlan, SegmentPlan
from ediport.x12.segment import MORE_KEY

Report = Callable[[str, str, str], None]
"""Called with rule id, reason and JSON pointer for each fault in the JSON."""

_SEPARATOR_REASON: Final = "the value contains a separator of this interchange"


class SegmentWriter:
    """Turns JSON objects into segment text (without terminator) under one set of separators."""

    def __init__(self, delimiters: Delimiters, report: Report) -> None:
        self._element = delimiters.element.decode("latin-1")
        self._component = delimiters.component.decode("latin-1")
        self._repetition = delimiters.repetition.decode("latin-1")
        self._segment = delimiters.segment.decode("latin-1")
        separators = (self._element, self._component, self._repetition, self._segment)
        self._separators = tuple(s for s in separators if s)
        self._report = report

    def write(
        self,
        plan: SegmentPlan,
        data: Any,
        pointer: str,
        computed: Mapping[int, str] | None = None,
    ) -> str:
        """The segment; `computed` gives elements by position for those that the JSON leaves out."""
        texts = self._texts(plan.elements, data, pointer, is_composite=False)
        left_out = _left_out(plan.elements, data)
        for position, text in (computed or {}).items():
            is_used = position <= len(texts) and plan.elements[position - 1].usage != "N"
            if is_used and left_out[position - 1]:
                texts[position - 1] = text
        self._fill(plan, texts, left_out)
        _strip_empty(texts)
        texts += self._more(data, pointer)
        return self._element.join((plan.id, *texts))

    def raw(self, segment_id: str, elements: Sequence[str], pointer: str) -> str:
        """A segment of plain elements, trailing empty ones left out."""
        texts = list(elements)
        _strip_empty(texts)
        return self.plain((segment_id, *texts), pointer)

    def plain(self, elements: Sequence[str], pointer: str) -> str:
        """A segment of just these elements, its id the first of them."""
        return self._element.join(self._uncut(text, pointer) for text in elements)

    def whole(self, text: str, pointer: str) -> str:
        """A segment that was kept as text."""
        if self._segment in text:
            self._report("json_value_separator", _SEPARATOR_REASON, pointer)
        return text

    def _texts(
        self,
        plans: Sequence[ElementPlan],
        data: Any,
        pointer: str,
        *,
        is_composite: bool,
    ) -> list[str]:
        if not isinstance(data, Mapping):
            self._report("json_shape", "an object is wanted here", pointer)
            return [""] * len(plans)
        known = {plan.key for plan in plans}
        for key in data:
            if key not in known and not key.startswith("_"):
                place = f"{pointer}/{escape(key)}"
                self._report("json_member_unknown", "no such element here", place)
        out = []
        for plan in plans:
            value = data.get(plan.key)
            place = f"{pointer}/{plan.key}"
            out.append("" if value is None else self._value(plan, value, place, is_composite))
        return out

    def _value(self, plan: ElementPlan, value: Any, pointer: str, is_composite: bool) -> str:
        if isinstance(value, list) and not is_composite:
            if len(value) > 1 and not self._repetition:
                reason = "this interchange has no repetition separator"
                self._report("json_shape", reason, pointer)
            parts = [self._single(plan, v, f"{pointer}/{i}") for i, v in enumerate(value)]
            return self._repetition.join(parts)
        return self._single(plan, value, pointer)

    def _single(self, plan: ElementPlan, value: Any, pointer: str) -> str:
        if plan.components and isinstance(value, Mapping):
            texts = self._texts(plan.components, value, pointer, is_composite=True)
            if any(texts):
                _fill_constants(plan.components, texts, _left_out(plan.components, value))
            _strip_empty(texts)
            return self._component.join([*texts, *self._more(value, pointer)])
        if isinstance(value, str) and not plan.components:
            return self._checked(value, pointer)
        if isinstance(value, str):
            return self._uncut(value, pointer)
        wanted = "an object of components" if plan.components else "a string"
        self._report("json_shape", f"{wanted} is wanted here", pointer)
        return ""

    def _checked(self, text: str, pointer: str) -> str:
        if any(separator in text for separator in self._separators):
            self._report("json_value_separator", _SEPARATOR_REASON, pointer)
        return text

    def _uncut(self, text: str, pointer: str) -> str:
        """A text that may have components and repeats, but must not end its element or segment."""
        if self._element in text or self._segment in text:
            self._report("json_value_separator", _SEPARATOR_REASON, pointer)
        return text

    def _more(self, data: Any, pointer: str) -> list[str]:
        more = data.get(MORE_KEY) if isinstance(data, Mapping) else None
        if more is None:
            return []
        if not isinstance(more, list) or not all(isinstance(m, str) for m in more):
            self._report("json_shape", "a list of strings is wanted here", f"{pointer}/{MORE_KEY}")
            return []
        return [self._uncut(m, f"{pointer}/{MORE_KEY}/{i}") for i, m in enumerate(more)]

    def _fill(self, plan: SegmentPlan, texts: list[str], left_out: list[bool]) -> None:
        """Constants that are required, and those that a syntax note pairs with what is there."""
        if not any(texts) and plan.qualifiers == () and not _is_constant(plan):
            return
        _fill_constants(plan.elements, texts, left_out)
        for note in plan.syntax:
            if note.kind != "P" or not any(texts[p - 1] for p in note.positions if p <= len(texts)):
                continue
            for position in note.positions:
                if position <= len(texts) and not texts[position - 1] and left_out[position - 1]:
                    texts[position - 1] = plan.elements[position - 1].constant or ""


def _is_constant(plan: SegmentPlan) -> bool:
    return all(e.constant is not None for e in plan.elements if e.usage == "R")


def _left_out(plans: Sequence[ElementPlan], data: Any) -> list[bool]:
    """Which elements the JSON does not name; one that it names as empty is meant to be empty."""
    members = data if isinstance(data, Mapping) else {}
    return [members.get(plan.key) is None for plan in plans]


def _fill_constants(plans: Sequence[ElementPlan], texts: list[str], left_out: list[bool]) -> None:
    for index, plan in enumerate(plans):
        if left_out[index] and not texts[index] and plan.usage == "R" and plan.constant is not None:
            texts[index] = plan.constant


def _strip_empty(texts: list[str]) -> None:
    while texts and not texts[-1]:
        texts.pop()


def escape(key: str) -> str:
    """A member's name as part of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")
