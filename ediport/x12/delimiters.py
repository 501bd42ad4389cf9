"""The separators of one interchange, as its ISA segment declares them (X12.5, ISA11 and ISA16)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Delimiters:
    """Separators as single bytes; `repetition` is empty before version 00402, where ISA11 is no separator.

    `line_end` is what stands between segments after the terminator (`b""`, `b"\\n"`, `b"\\r\\n"`).
    """

    element: bytes = b"*"
    component: bytes = b":"
    repetition: bytes = b"^"
    segment: bytes = b"~"
    line_end: bytes = b""

    def is_usable(self) -> bool:
        """True when the separators differ from each other and none is a letter, digit or blank."""
        used = [s for s in (self.element, self.component, self.repetition, self.segment) if s]
        return len(set(used)) == len(used) and not any(s.isalnum() or s == b" " for s in used)
