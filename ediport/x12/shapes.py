"""Shapes: the fast way through segments that are plainly right.

A shape is one pattern of a segment that was seen often (which elements are there, its qualifiers): a single
regular expression that takes only segments without fault, and a template that turns its groups into JSON.
What no shape takes goes to `SegmentReader`, which is the reference: a shape may refuse what is right, but it
takes nothing that the reader would fault, and writes the same text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from ediport.x12.delimiters import Delimiters
from ediport.x12.plan import ElementPlan, SegmentPlan
from ediport.x12.segment import FORMAT_ELEMENT, FORMATTED_ELEMENT

_HOT_AFTER: Final = 6
"""A pattern is worth its compilation once it was seen this often."""
_SHAPES_MAX: Final = 24
_PATTERNS_WATCHED_MAX: Final = 256
_ALTERNATIVES_MAX: Final = 8
_PRINTABLE: Final = bytes(range(0x21, 0x7F))

_DAY: Final = (
    rb"(?:1[89]|2\d)\d\d(?:(?:0[13578]|1[02])(?:0[1-9]|[12]\d|3[01])"
    rb"|(?:0[469]|11)(?:0[1-9]|[12]\d|30)|02(?:0[1-9]|1\d|2[0-8]))"
)
_FORMATS: Final = {"D8": _DAY, "RD8": _DAY + b"-" + _DAY}

Check = tuple[int, frozenset[bytes]]
Shape = tuple[Callable[[bytes], "re.Match[bytes] | None"], bytes, tuple[Check, ...]]


class Shapes:
    """The shapes of one segment plan under one set of separators."""

    __slots__ = ("_code_lists", "_component", "_element", "_plan", "_repetition", "_seen", "hot")

    def __init__(
        self, plan: SegmentPlan, delimiters: Delimiters, code_lists: Mapping[str, frozenset[str]]
    ) -> None:
        self._plan = plan
        self._element = delimiters.element
        self._component = delimiters.component
        self._repetition = delimiters.repetition
        self._code_lists = code_lists
        self._seen: dict[tuple[bytes, ...], int] = {}
        self.hot: list[Shape] = []

    def learn(self, segment: bytes) -> None:
        """Takes note of a segment that the reader found without fault."""
        signature = self._signature(segment)
        if signature is None:
            return
        count = self._seen.get(signature, 0) + 1
        if count == 1 and len(self._seen) >= _PATTERNS_WATCHED_MAX:
            return
        self._seen[signature] = count
        if count == _HOT_AFTER and len(self.hot) < _SHAPES_MAX:
            shape = self._shape(segment)
            if shape is not None:
                self.hot.append(shape)

    def _signature(self, segment: bytes) -> tuple[bytes, ...] | None:
        """Per element what a shape fixes of it: the literal, `+` present, empty, or the same per component."""
        if self._repetition and self._repetition in segment:
            return None
        elements = segment.split(self._element)[1:]
        if not elements or not elements[-1] or len(elements) > len(self._plan.elements):
            return None
        out = []
        for plan, element in zip(self._plan.elements, elements, strict=False):
            parts = element.split(self._component) if plan.components else [element]
            plans = plan.components or (plan,)
            if not parts[-1] and len(parts) > 1:
                return None
            marks = [
                part if p.data_element == FORMAT_ELEMENT else b"+" if part else b""
                for p, part in zip(plans, parts, strict=False)
            ]
            out.append(b"\x00".join(marks))
        return tuple(out)

    def _shape(self, segment: bytes) -> Shape | None:
        builder = _Builder(self._forbidden(), self._code_lists)
        builder.literal(self._plan.id.encode(), b"{")
        elements = segment.split(self._element)[1:]
        form = b""
        for plan, element in zip(self._plan.elements, elements, strict=False):
            builder.literal(self._element)
            if element and not self._add(builder, plan, element, form):
                return None
            form = element if plan.data_element == FORMAT_ELEMENT else b""
        builder.text(b"}")
        return builder.shape()

    def _add(self, builder: _Builder, plan: ElementPlan, element: bytes, form: bytes) -> bool:
        if not plan.components:
            return builder.value(plan, element, form, is_array=plan.repeat_max != 1)
        builder.begin(plan, is_array=plan.repeat_max != 1)
        inner = b""
        parts = element.split(self._component)
        for index, (component, part) in enumerate(zip(plan.components, parts, strict=False)):
            if index:
                builder.literal(self._component)
            if part and not builder.value(component, part, inner, is_array=False):
                return False
            inner = part if component.data_element == FORMAT_ELEMENT else b""
        builder.end(is_array=plan.repeat_max != 1)
        return True

    def _forbidden(self) -> bytes:
        return self._element + self._component + self._repetition + b'"\\'


class _Builder:
    """Puts a pattern and its JSON template together, piece by piece."""

    def __init__(self, forbidden: bytes, code_lists: Mapping[str, frozenset[str]]) -> None:
        allowed = bytes(c for c in _PRINTABLE if c not in forbidden)
        self._solid = b"[" + b"".join(re.escape(bytes((c,))) for c in allowed) + b"]"
        self._any = self._solid[:-1] + b" ]"
        self._code_lists = code_lists
        self._pattern: list[bytes] = []
        self._template: list[bytes] = []
        self._checks: list[Check] = []
        self._groups = 0
        self._is_first = True

    def literal(self, pattern: bytes, template: bytes = b"") -> None:
        self._pattern.append(re.escape(pattern))
        self._template.append(template)

    def text(self, template: bytes) -> None:
        self._template.append(template)

    def begin(self, plan: ElementPlan, *, is_array: bool) -> None:
        self._key(plan)
        self._template.append(b"[{" if is_array else b"{")
        self._is_first = True

    def end(self, *, is_array: bool) -> None:
        self._template.append(b"}]" if is_array else b"}")
        self._is_first = False

    def _key(self, plan: ElementPlan) -> None:
        comma = b"" if self._is_first else b","
        self._is_first = False
        self._template.append(comma + b'"' + plan.key.encode() + b'":')

    def value(self, plan: ElementPlan, value: bytes, form: bytes, *, is_array: bool) -> bool:
        """Adds one value that is there; false when this kind of value has no pattern."""
        self._key(plan)
        before, after = (b'["', b'"]') if is_array else (b'"', b'"')
        if plan.data_element == FORMAT_ELEMENT:
            self._pattern.append(re.escape(value))
            self._template.append(before + value.replace(b"%", b"%%") + after)
            return re.fullmatch(rb"[\w%]+", value) is not None
        pattern = self._value_pattern(plan, form)
        if pattern is None:
            return False
        self._groups += 1
        self._pattern.append(b"(" + pattern + b")")
        self._template.append(before + b"%b" + after)
        return True

    def _value_pattern(self, plan: ElementPlan, form: bytes) -> bytes | None:
        if plan.data_element == FORMATTED_ELEMENT and form:
            return _FORMATS.get(form.decode("latin-1"))
        if plan.codes or plan.code_list:
            return self._coded(plan)
        pattern = _typed(plan, self._any, self._solid)
        if pattern is not None and plan.pattern:
            return b"(?=" + self._any + b"*?(?:" + plan.pattern.encode() + b"))" + pattern
        return pattern

    def _coded(self, plan: ElementPlan) -> bytes:
        codes = {c for c in plan.codes if _fits(plan, c)}
        codes |= {c for c in self._code_lists.get(plan.code_list, ()) if _fits(plan, c)}
        plain = sorted(c.encode() for c in codes if c.isalnum() and c.isascii())
        if len(plain) <= _ALTERNATIVES_MAX:
            return b"|".join(plain) or b"(?!)"
        self._checks.append((self._groups + 1, frozenset(plain)))
        return self._solid + b"{%d,%d}" % (plan.length_min, plan.length_max)

    def shape(self) -> Shape:
        pattern = re.compile(b"".join(self._pattern) + rb"\Z")
        return pattern.match, b"".join(self._template), tuple(self._checks)


def _fits(plan: ElementPlan, code: str) -> bool:
    return plan.length_min <= len(code) <= plan.length_max


def _typed(plan: ElementPlan, any_character: bytes, solid: bytes) -> bytes | None:
    """A pattern for values of a data type that takes no wrong one; None where there is none."""
    low, high = max(plan.length_min, 1), plan.length_max
    if high < low:
        return None
    if plan.type in ("AN", "ID"):
        return any_character + b"{%d,%d}" % (low - 1, high - 1) + solid
    if plan.type == "R":
        whole = max(high * 2 // 3, 1)
        part = high - whole
        decimals = rb"(?:\.\d{1,%d})?" % part if part and low == 1 else b""
        return rb"-?\d{%d,%d}" % (low, whole) + decimals if low <= whole else None
    if plan.type.startswith("N"):
        return rb"-?\d{%d,%d}" % (low, high)
    if plan.type == "DT":
        return _DAY if low <= 8 <= high else None
    if plan.type == "TM":
        return rb"(?:[01]\d|2[0-3])[0-5]\d" if low <= 4 <= high else None
    return None
