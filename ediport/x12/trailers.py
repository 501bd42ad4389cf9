"""What GE, IEA and the end of the text say beyond what can be computed; kept so that nothing is lost."""

from __future__ import annotations

from ediport.x12 import limits
from ediport.x12.envelope import TRAILERS_KEY
from ediport.x12.values import json_text


class Trailers:
    """Collects the `_trailers` member of the last document before a trailer: only what differs from the rule."""

    def __init__(self) -> None:
        self._rows: dict[str, str] = {}
        self._as_read: dict[str, str] = {}
        self._acknowledgments: list[str] = []
        self._is_over = False
        self._line_end = b""
        self._tail = b""
        self.waits_for_tail = False

    def group(self, elements: tuple[str, ...], computed: tuple[str, ...]) -> None:
        """GE01 and GE02 as they stand in the file."""
        self._add("group", elements, computed)

    def interchange(
        self,
        elements: tuple[str, ...],
        computed: tuple[str, ...],
        line_end: bytes,
        following: bytes,
    ) -> None:
        """IEA01 and IEA02, the usual line end, and what of it followed the IEA so far."""
        self._add("interchange", elements, computed)
        self._line_end = line_end
        self._tail = following
        self.waits_for_tail = True
        self._is_over = True

    def acknowledgment(self, elements: tuple[str, ...]) -> None:
        """A TA1 segment behind a group."""
        if len(self._acknowledgments) < limits.control_numbers_kept_max:
            self._acknowledgments.append(f"[{','.join(json_text(e) for e in elements)}]")

    def _add(self, name: str, elements: tuple[str, ...], computed: tuple[str, ...]) -> None:
        text = self._as_read[name] = ",".join(json_text(e) for e in elements)
        if elements != computed:
            self._rows[name] = f'"{name}":[{text}]'

    def mark_end(self, name: str) -> None:
        """Keeps the trailer of a `group` or `interchange` as it is, for what follows has the same header."""
        if name in self._as_read:
            self._rows[name] = f'"{name}":[{self._as_read[name]}]'

    def add_tail(self, tail: bytes) -> None:
        """The blank bytes between this interchange and what comes next."""
        self.waits_for_tail = False
        text = self._tail + tail
        if text != self._line_end:
            self._rows["line_end"] = f'"line_end":{json_text(text.decode("latin-1"))}'

    def text(self) -> bytes:
        """`,"_trailers":{...}`, or nothing when all is as computed; TA1 segments come with the interchange's."""
        rows = list(self._rows.values())
        if self._acknowledgments and self._is_over:
            rows.append(f'"acknowledgments":[{",".join(self._acknowledgments)}]')
        return f',"{TRAILERS_KEY}":{{{",".join(rows)}}}'.encode() if rows else b""

    def clear(self) -> None:
        """Forgets what was collected, for the next document."""
        self._rows.clear()
        self._as_read.clear()
        if self._is_over:
            self._acknowledgments.clear()
            self._is_over = False
