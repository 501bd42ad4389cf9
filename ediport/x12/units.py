"""Cuts the JSON of a transaction set into documents of one business unit each, as it is read.

The loops around the unit loop (header, provider, subscriber) are the spine. A document holds the spine loops
that its unit stands in, each with its own members but without their other units. A document stays open until
the next unit is complete, so that what follows the last unit (trailer, provider adjustments) joins the last
document. A spine loop that ends without any unit travels with the next document, or else with the last.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from ediport.x12.events import DocumentText
from ediport.x12.findings import Finding
from ediport.x12.plan import LoopPlan


@dataclass(slots=True)
class _Part:
    """JSON text of one open spine or unit loop; `text` before its units, `after` behind them."""

    loop: LoopPlan
    first_segment: int
    text: list[bytes] = field(default_factory=list)
    after: list[bytes] = field(default_factory=list)
    orphans: list[tuple[LoopPlan, bytes]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    has_child: bool = False
    has_unit: bool = False

    def take_after(self) -> bytes:
        text = b"".join(self.after)
        self.after.clear()
        return text


@dataclass(slots=True)
class _Held:
    """The last complete document, not closed yet: its text so far and the loops still open in it."""

    text: bytes
    path: list[_Part]
    findings: list[Finding]
    first_segment: int
    last_segment: int


class Assembler:
    """Takes the text of spine and unit loops as they open and close; gives finished documents."""

    def __init__(self, head: bytes, tail: bytes) -> None:
        self._head = head
        self._tail = tail
        self._parts: list[_Part] = []
        self._held: _Held | None = None
        self._count = 0

    def enter(self, loop: LoopPlan, segment: int) -> None:
        """A spine or unit loop begins with this segment (its ordinal)."""
        if self._parts:
            self._parts[-1].has_child = True
        self._parts.append(_Part(loop, segment))

    def add(self, text: bytes) -> None:
        """Members of the innermost open loop."""
        if text:
            part = self._parts[-1]
            (part.after if part.has_child else part.text).append(text)

    def find(self, finding: Finding) -> None:
        """A finding within the innermost open loop."""
        self._parts[-1].findings.append(finding)

    def leave(self, segment: int, *, is_unit: bool) -> list[DocumentText]:
        """The innermost loop ends with this segment; returns the document that is complete by that."""
        part = self._parts.pop()
        if is_unit:
            return self._unit_done(part, segment)
        parent = self._parts[-1]
        if not part.has_unit:
            text = b"{" + b"".join(part.text) + _orphan_text(part.orphans) + b"".join(part.after)
            parent.orphans.append((part.loop, text + b"}"))
            parent.findings.extend(part.findings)
        return []

    def _unit_done(self, unit: _Part, segment: int) -> list[DocumentText]:
        done = [self._close(self._held, is_last=False)] if self._held else []
        path = [*self._parts, unit]
        for part in self._parts:
            part.has_unit = True
        findings = [f for part in path for f in part.findings]
        self._held = _Held(_open_text(path), path, findings, unit.first_segment, segment)
        return done

    def _close(self, held: _Held, *, is_last: bool) -> DocumentText:
        text = held.text
        for depth in range(len(held.path) - 1, -1, -1):
            part = held.path[depth]
            text += part.take_after() + b"}"
            parent = held.path[depth - 1] if depth else None
            text += _array_end(part.loop, parent, is_last=is_last)
        self._count += 1
        return DocumentText(
            self._head + text + self._tail,
            True,
            tuple(held.findings),
            self._count,
            held.first_segment,
            held.last_segment,
        )

    def finish(self, segment: int) -> list[DocumentText]:
        """The transaction set ends (only its root is still open); returns the last document."""
        root = self._parts[-1]
        held = self._held
        if held is None:
            text = b"{" + b"".join(root.text) + _orphan_text(root.orphans)
            held = _Held(text, [root], root.findings, 1, segment)
        else:
            held.findings.extend(f for f in root.findings if f not in held.findings)
        return [self._close(held, is_last=True)]


def _open_text(path: list[_Part]) -> bytes:
    """JSON of a path of loops down to the unit, each still open; orphans on the way go along."""
    text = b"{" + b"".join(path[0].text)
    for parent, child in pairwise(path):
        same = [t for loop, t in parent.orphans if loop is child.loop]
        text += _orphan_text([o for o in parent.orphans if o[0] is not child.loop])
        parent.orphans.clear()
        bracket = b"[" if child.loop.is_array else b""
        text += b',"' + child.loop.key.encode() + b'":' + bracket
        text += b"".join(t + b"," for t in same) + b"{" + b"".join(child.text)
    return text


def _array_end(loop: LoopPlan, parent: _Part | None, *, is_last: bool) -> bytes:
    """Ends the array that a loop stands in; the last document takes the orphans that are left."""
    if parent is None:
        return b""
    text = b""
    if is_last:
        text = b"".join(b"," + t for inner, t in parent.orphans if inner is loop)
    text += b"]" if loop.is_array else b""
    if is_last:
        text += _orphan_text([o for o in parent.orphans if o[0] is not loop])
        parent.orphans.clear()
    return text


def _orphan_text(orphans: list[tuple[LoopPlan, bytes]]) -> bytes:
    """Loops without a unit as members, those of one loop in one array."""
    grouped: dict[str, list[bytes]] = {}
    arrays: dict[str, bool] = {}
    for loop, text in orphans:
        grouped.setdefault(loop.key, []).append(text)
        arrays[loop.key] = loop.is_array
    out = b""
    for key, texts in grouped.items():
        value = b",".join(texts)
        out += b',"' + key.encode() + b'":' + (b"[" + value + b"]" if arrays[key] else value)
    return out
