"""Findings: what is wrong with a document, as data.

Rules of this room: every finding names a rule of `RULES`; a rule has its WEDI SNIP type, severity, level and
the code that acknowledgments use for it (TA105, AK905, IK502, IK304 or IK403, by level). Reasons are plain
words without document values; the value itself travels behind `Guarded`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["error", "warning"]
Level = Literal["interchange", "group", "transaction", "segment", "element"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong. `ack_code` belongs to the acknowledgment segment of `level`."""

    id: str
    snip_type: int
    severity: Severity
    level: Level
    ack_code: str | None
    summary: str


class Guarded:
    """A document value that may be PHI: printing, logging or formatting it shows `***`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself, for the caller who sent it and for acknowledgments (IK404)."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Guarded) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault at one place.

    `interchange`, `group`, `transaction` are ordinals from 1 (0: outside of any); `segment_in_file` counts from
    1; `segment_ordinal` counts from ST = 1 (IK302; 0 outside a transaction set). `loop_path` is like
    `2000A/2000B/2300`, `loop_id` its last part (IK303). `pointer` is a JSON pointer (RFC 6901) where the
    input was JSON.
    """

    rule: Rule
    reason: str
    interchange: int = 0
    group: int = 0
    transaction: int = 0
    segment_in_file: int = 0
    segment_ordinal: int = 0
    segment_id: str = ""
    loop_path: str = ""
    element: int | None = None
    component: int | None = None
    repeat: int | None = None
    data_element: str | None = None
    value: Guarded | None = None
    pointer: str | None = None

    @property
    def severity(self) -> Severity:
        return self.rule.severity

    @property
    def snip_type(self) -> int:
        return self.rule.snip_type

    @property
    def level(self) -> Level:
        return self.rule.level

    @property
    def ack_code(self) -> str | None:
        return self.rule.ack_code

    @property
    def is_error(self) -> bool:
        return self.rule.severity == "error"

    @property
    def loop_id(self) -> str | None:
        return self.loop_path.rpartition("/")[2] or None

    @property
    def place(self) -> str:
        """The reference designator, like `CLM05-03`, or the segment id alone."""
        text = self.segment_id
        if self.element is not None:
            text += f"{self.element:02d}"
        if self.component is not None:
            text += f"-{self.component:02d}"
        return text

    def to_dict(self, *, reveal: bool = False) -> dict[str, object]:
        """The finding as JSON-ready members; the value only where `reveal` says that its owner asks."""
        out: dict[str, object] = {
            "rule": self.rule.id,
            "snip_type": self.rule.snip_type,
            "severity": self.rule.severity,
            "level": self.rule.level,
            "ack_code": self.rule.ack_code,
            "reason": self.reason,
            "place": self.place,
        }
        for name in _PLACE_FIELDS:
            value = getattr(self, name)
            if value not in (None, 0, ""):
                out[name] = value
        if reveal and self.value is not None:
            out["value"] = self.value.reveal()
        return out


_PLACE_FIELDS: Final = (
    "interchange",
    "group",
    "transaction",
    "segment_in_file",
    "segment_ordinal",
    "segment_id",
    "loop_path",
    "loop_id",
    "element",
    "component",
    "repeat",
    "data_element",
    "pointer",
)
