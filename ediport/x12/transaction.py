"""Reads one transaction set by its plan: places each segment, checks it, writes it as JSON.

This is the hot part of the engine. A segment goes the short way when it takes a regular step and fits a shape;
everything else (faults, parts out of order, business units) goes through the methods further down.
"""

from __future__ import annotations

import re
from typing import Final

from ediport.x12 import limits
from ediport.x12.events import DocumentText
from ediport.x12.findings import Finding
from ediport.x12.frames import NOT_CAPTURED, Frame
from ediport.x12.machine import (
    KEY_HAS_FIRST_COMPONENT,
    KEY_HAS_FIRST_ELEMENT,
    KEY_IS_ID,
    Machine,
    Member,
    Node,
    Step,
    is_tracked,
    opening_text,
    required_mask,
)
from ediport.x12.places import Place
from ediport.x12.plan import UNBOUNDED, LoopPlan, SegmentPlan
from ediport.x12.sequence import HierarchyCheck
from ediport.x12.shapes import Check
from ediport.x12.units import Assembler

CONTROL_IDS: Final = frozenset((b"ISA", b"GS", b"ST", b"GE", b"IEA", b"TA1"))


class TransactionReader:
    """Feed it segments from ST on; it stops after SE, or before a segment that cannot be in a transaction set.

    `is_done` turns true with SE. `trailer` holds the SE segment's elements then.
    """

    def __init__(self, machine: Machine, place: Place, assembler: Assembler | None) -> None:
        self._machine = machine
        self._place = place
        self._assembler = assembler
        self._spine = machine.spine
        self._node = machine.start
        self._separator = machine.delimiters.element
        self._kinds = machine.key_kinds
        self._frames = [Frame(machine.plan.root, required_mask(machine.plan.root))]
        self._out: list[bytes | bytearray] = []
        self._is_odd = False
        self._of_opener: list[Finding] = []
        self._hierarchy = HierarchyCheck()
        self._unplaced = 0
        self._is_too_large = False
        self.is_done = False
        self.trailer: tuple[str, ...] = ()

    def start(self, segment: bytes) -> None:
        """Takes the ST segment."""
        node = self._machine.start
        self._place.segment_ordinal = 1
        if self._assembler is not None:
            self._assembler.enter(self._machine.plan.root, 1)
        text, faults = node.reader.read(self._decode(segment))
        for fault in faults:
            self._keep(self._place.add(fault.rule, fault, node.plan.id, ""))
        opening = "" if self._assembler is not None else "{"
        self._out.append((opening + opening_text(None, node.plan)).encode())
        self._out.append(text.encode())

    def read(self, segments: list[bytes], index: int) -> int:
        """Takes segments from `index` on; returns the index of the first that it did not take."""
        place, frames, out = self._place, self._frames, self._out
        node, kinds, separator = self._node, self._kinds, self._separator
        place.begin_batch(index)
        while index < len(segments):
            segment = segments[index]
            cut = segment.find(separator)
            key = segment if cut < 0 else segment[:cut]
            kind = kinds.get(key, KEY_IS_ID)
            if kind == KEY_HAS_FIRST_ELEMENT:
                cut = segment.find(separator, cut + 1)
                key = segment if cut < 0 else segment[:cut]
            elif kind != KEY_IS_ID:
                key = self._key(segment, kind)
            step = node.steps.get(key)
            if step is None:
                if self._is_control(segment):
                    break
                place.at(index)
                step = self._look_up(node, segment)
                if step is None:
                    index += 1
                    continue
            for match, template, checks in step.hot:
                found = match(segment)
                if found is not None and (not checks or _allowed(found, checks)):
                    body = template % found.groups()
                    break
            else:
                place.at(index)
                body = self._body(step, segment)
            if step.is_plain and not self._is_odd:
                frame = frames[-1]
                if frame.seen & step.mask == step.expect:
                    frame.seen |= step.bit
                    out.append(body)
                else:
                    self._take(step, segment, body, index)
            else:
                self._take(step, segment, body, index)
            self._node = node = step.node
            index += 1
            if node.is_special and self._is_end(node, segment, index - 1):
                break
        place.at(index - 1)
        return index

    def _key(self, segment: bytes, kind: int) -> bytes:
        """As `Machine.key`, without taking the whole segment apart where that can be."""
        if kind != KEY_HAS_FIRST_COMPONENT:
            return self._machine.key(segment)
        begin = segment.find(self._separator) + 1
        end = segment.find(self._separator, begin)
        inner = segment.find(self._machine.delimiters.component, begin)
        end = inner if end < 0 or 0 <= inner < end else end
        return segment if begin == 0 or end < 0 else segment[:end]

    def _take(self, step: Step, segment: bytes, body: bytes, index: int) -> None:
        """Takes a step that leaves, enters or tracks something, or one that is not regular."""
        frames, pops = self._frames, step.pops
        frame = frames[-1 - pops]
        is_regular = frame.seen & step.mask == step.expect
        if step.glue is None or self._is_odd or not (is_regular or self._follows(frame, step)):
            self._place.at(index)
            self._move(step, segment, body)
            return
        while pops:
            popped = frames.pop()
            if popped.required & ~popped.seen:
                self._place.at(index)
                self._report_missing(popped, popped.required & ~popped.seen)
            pops -= 1
        if not is_regular:
            self._place.at(index)
            self._admit(frame, step)
        frame.seen |= step.bit
        if step.is_tracked:
            frame.track(step.member)
        self._out.append(body)
        if step.loop is not None:
            frames.append(Frame(step.loop, step.required))

    def _is_end(self, node: Node, segment: bytes, index: int) -> bool:
        """Checks the numbers of a special segment; true for the trailer, which ends the transaction set."""
        if node.plan.id == "HL":
            for rule, reason in self._hierarchy.faults(segment.split(self._separator)):
                self._place.at(index)
                self._find(rule, reason, "HL", node.plan.loop.path)
            return False
        if node.is_counter:
            expected = self._frames[-2].count(-1 - node.plan.loop.index, 0)
            if segment != b"%b%b%d" % (b"LX", self._separator, expected):
                self._place.at(index)
                self._check_counter(node, segment, expected)
            return False
        self._place.at(index)
        self._end(segment)
        return True

    def _check_counter(self, node: Node, segment: bytes, expected: int) -> None:
        elements = segment.split(self._separator)
        if len(elements) < 2 or elements[1] != b"%d" % expected:
            self._find("lx_sequence", f"LX01 should be {expected}", "LX", node.plan.loop.path)

    def _is_control(self, segment: bytes) -> bool:
        return segment.split(self._separator, 1)[0] in CONTROL_IDS

    def _body(self, step: Step, segment: bytes) -> bytes:
        """The glue and JSON object of a segment that no shape of the step took."""
        node = step.node
        if len(step.hot) < len(node.shapes.hot):
            step.warm_up()
        text, faults = node.reader.read(self._decode(segment))
        if not faults:
            node.shapes.learn(segment)
        for fault in faults:
            found = self._place.add(fault.rule, fault, node.plan.id, node.plan.loop.path)
            if step.glue is None and found is not None:
                self._of_opener.append(found)
            else:
                self._keep(found)
        return (step.glue or b"") + text.encode()

    def _decode(self, segment: bytes) -> str:
        try:
            return segment.decode(self._machine.encoding)
        except UnicodeDecodeError:
            return segment.decode("latin-1")

    def _keep(self, finding: Finding | None) -> None:
        if finding is not None and self._assembler is not None:
            self._assembler.find(finding)

    def _find(self, rule: str, reason: str, segment_id: str, loop_path: str) -> None:
        self._keep(self._place.find(rule, reason, segment_id, loop_path))

    # Segments that no remembered step leads to

    def _look_up(self, node: Node, segment: bytes) -> Step | None:
        """The step to a segment seen here for the first time; None (and a finding) when it has no place."""
        step = self._machine.step(node, segment)
        if step is None:
            step = self._machine.near_step(node, segment)
            if step is not None and self._is_taken(step):
                step = None
        if step is None:
            self._no_place(segment)
        return step

    def _is_taken(self, step: Step) -> bool:
        """Whether the member is there already and may not repeat, so that a strange qualifier can't mean it."""
        seen = self._frames[-1 - step.pops].seen
        return bool(seen & step.bit) and step.member.repeat_max == 1

    def _no_place(self, segment: bytes) -> None:
        """Reports a segment that the guide has no place for, and keeps it beside the tree."""
        text = self._decode(segment)
        separator = self._machine.delimiters.element.decode("latin-1")
        segment_id = text.split(separator, 1)[0]
        clean = segment_id.strip(" ")
        path = self._frames[-1].loop.path
        if not is_segment_id(clean):
            rule, reason = "segment_id_invalid", "the segment id is not 2 or 3 letters or digits"
        elif not self._machine.has_segment(clean):
            rule, reason = "segment_unknown", f"the guide has no {clean} segment"
        elif self._machine.is_earlier(self._node, segment):
            rule, reason = "segment_out_of_sequence", f"{clean} belongs further up in this loop"
        else:
            rule = "segment_unexpected"
            reason = f"{clean}, or its qualifier, may not stand after {self._node.plan.path}"
        self._find(rule, reason, clean[:3] if is_segment_id(clean) else "", path)
        self._put_aside(text)

    def _put_aside(self, text: str) -> None:
        self._unplaced += 1
        if self._unplaced > limits.unplaced_segments_max:
            return
        frame = next(f for f in reversed(self._frames) if f.is_placed)
        frame.odd.extra.append((self._place.segment_ordinal, text))
        self._is_odd = True

    # What a loop requires and allows

    def _follows(self, frame: Frame, step: Step) -> bool:
        """Whether the text of the member can simply follow: it is new, or one more of the array just written."""
        if not frame.seen & step.bit:
            return True
        last = self._node.plan if not step.pops else self._frames[-step.pops].loop
        return step.member.is_array and last is step.member

    def _admit(self, frame: Frame, step: Step) -> None:
        """Reports what was passed over, and a member that occurs too often."""
        missing = step.expect & ~frame.seen
        if missing:
            self._report_missing(frame, missing)
        member = step.member
        if not frame.seen & step.bit or member.repeat_max == UNBOUNDED:
            return
        count = frame.count(member.index, 1)
        if count > member.repeat_max:
            path = frame.loop.path if isinstance(member, SegmentPlan) else member.path
            rule = "segment_repeat" if isinstance(member, SegmentPlan) else "loop_repeat"
            what = "segment" if isinstance(member, SegmentPlan) else "loop"
            reason = f"{what} {member.id} ({member.name}) may occur {member.repeat_max} times here"
            self._find(rule, reason, step.node.plan.id, path)

    def _report_missing(self, frame: Frame, missing: int) -> None:
        for member in frame.loop.members:
            if not missing >> member.index & 1:
                continue
            frame.seen |= 1 << member.index
            if isinstance(member, LoopPlan):
                reason = f"required loop {member.id} ({member.name}) is missing"
                self._find("loop_required", reason, member.opener.id, member.path)
            else:
                reason = f"required segment {member.id} ({member.name}) is missing"
                self._find("segment_required", reason, member.id, frame.loop.path)

    # The long way: text that depends on more than the step

    def _move(self, step: Step, segment: bytes, body: bytes) -> None:
        """Takes a step whose text is odd, or that crosses the spine of a business unit."""
        body = body.removeprefix(step.glue or b"")
        last: Member = self._node.plan
        for _ in range(step.pops):
            last = self._pop(last)
        frame = self._frames[-1]
        tail = frame.odd.tail if frame.odd.tail is not None else last
        occurred = bool(frame.seen & step.bit)
        self._admit(frame, step)
        frame.seen |= step.bit
        if not frame.is_placed:
            self._push_unplaced(step, segment)
        elif occurred and not (step.member is tail and step.member.is_array):
            self._insert(frame, tail, step, segment, body)
        else:
            self._append(frame, tail, step, body)
        for found in self._of_opener:
            self._keep(found)
        self._of_opener.clear()
        self._is_odd = any(f.is_odd for f in self._frames)

    def _pop(self, last: Member) -> Member:
        """Ends the innermost loop; returns it as the member now last in the loop around it."""
        frame = self._frames.pop()
        if frame.required & ~frame.seen:
            self._report_missing(frame, frame.required & ~frame.seen)
        loop, odd = frame.loop, frame.odd
        tail = odd.tail if odd.tail is not None else last
        if odd.is_placed:
            end = "]" if tail.is_array and not self._is_spine_child(loop, tail) else ""
            self._out.append((end + frame.notes_text()).encode())
            if self._is_spine(loop):
                self._leave(loop)
            else:
                self._out.append(b"}")
        if odd.capture >= 0:
            text = b"".join(self._out[odd.capture :])
            del self._out[odd.capture :]
            self._out[self._frames[-1].odd.ends[loop.index]] += b"," + text
        return loop

    def _is_spine(self, loop: LoopPlan) -> bool:
        return self._assembler is not None and (
            id(loop) in self._spine.loops or id(loop) in self._spine.units
        )

    def _is_spine_child(self, loop: LoopPlan, member: Member) -> bool:
        return isinstance(member, LoopPlan) and self._is_spine(member) and self._is_spine(loop)

    def _append(self, frame: Frame, tail: Member, step: Step, body: bytes) -> None:
        """Writes a member behind all others of its loop."""
        member, out = step.member, self._out
        if tail is not member and tail.is_array and is_tracked(frame.loop, tail):
            frame.odd.ends[tail.index] = len(out)
            out.append(bytearray())
        if step.is_tracked:
            frame.track(member)
        frame.odd.tail = None
        if step.loop is not None and self._is_spine(step.loop):
            self._enter(frame, tail, step, body)
            return
        text = opening_text(tail, member)
        if tail.is_array and self._is_spine_child(frame.loop, tail):
            text = text.removeprefix("]")
        out.append(text.encode())
        out.append(body)
        if step.loop is not None:
            self._frames.append(Frame(step.loop, step.required))

    def _insert(self, frame: Frame, tail: Member, step: Step, segment: bytes, body: bytes) -> None:
        """Writes one more of an array that others followed; what is no array has no place any more."""
        member = step.member
        end = frame.odd.ends.get(member.index)
        frame.odd.tail = tail
        if end is None:
            self._push_unplaced(step, segment)
            return
        frame.track(member)
        frame.odd.is_interleaved = True
        if step.loop is None:
            self._out[end] += b"," + body
            return
        inner = Frame(step.loop, step.required)
        inner.odd.capture = len(self._out)
        self._frames.append(inner)
        text = opening_text(member, member)
        self._out.append(text.removeprefix(",").encode() + body)

    def _push_unplaced(self, step: Step, segment: bytes) -> None:
        self._put_aside(self._decode(segment))
        if step.loop is not None:
            inner = Frame(step.loop, step.required)
            inner.odd.is_placed = False
            self._frames.append(inner)

    # Documents of one business unit

    def _enter(self, frame: Frame, tail: Member, step: Step, body: bytes) -> None:
        assembler, loop = self._assembler, step.loop
        assert assembler is not None
        assert loop is not None
        if tail.is_array and not self._is_spine_child(frame.loop, tail):
            self._out.append(b"]")
        assembler.add(self._flush())
        assembler.enter(loop, self._place.segment_ordinal)
        opener = loop.opener
        self._out.append(opening_text(None, opener).encode())
        self._out.append(body)
        self._frames.append(Frame(loop, step.required))

    def _leave(self, loop: LoopPlan) -> None:
        assembler = self._assembler
        assert assembler is not None
        assembler.add(self._flush())
        is_unit = id(loop) in self._spine.units
        last = self._place.segment_ordinal - (0 if self.is_done else 1)
        self._give(assembler.leave(last, is_unit=is_unit))

    def _flush(self) -> bytes:
        text = b"".join(self._out)
        self._out.clear()
        return text

    # The end, and text on its way out

    def _end(self, segment: bytes) -> None:
        separator = self._machine.delimiters.element.decode("latin-1")
        self.trailer = tuple(self._decode(segment).split(separator)[1:])
        self.is_done = True
        self.finish()

    def finish(self) -> None:
        """Closes everything that is open, at SE or where the transaction set breaks off."""
        last: Member = self._node.plan
        while len(self._frames) > 1:
            last = self._pop(last)
        frame = self._frames[0]
        if frame.required & ~frame.seen and self.is_done:
            self._report_missing(frame, frame.required & ~frame.seen)
        tail = frame.odd.tail if frame.odd.tail is not None else last
        end = "]" if tail.is_array and not self._is_spine_child(frame.loop, tail) else ""
        self._out.append((end + frame.notes_text()).encode())
        if self._assembler is None:
            self._out.append(b"}")
        else:
            self._assembler.add(self._flush())
            self._give(self._assembler.finish(self._place.segment_ordinal))
        self._frames.clear()

    def _give(self, documents: list[DocumentText]) -> None:
        """Passes documents of business units on, to stand among the findings where they were complete."""
        if not self._is_too_large:
            self._place.give(documents)

    def take_text(self) -> bytes:
        """JSON text of the transaction set that nothing can change any more; none where it goes by units."""
        if self._assembler is not None:
            if sum(map(len, self._out)) > limits.unit_bytes_max:
                self._give_up()
                self._out.clear()
            return b""
        cut = min((p for f in self._frames if (p := f.pinned()) is not None), default=None)
        if cut is None:
            return self._flush()
        if sum(map(len, self._out)) > limits.unit_bytes_max:
            self._give_up()
            self._release()
            return self._flush()
        text = b"".join(self._out[:cut])
        del self._out[:cut]
        for frame in self._frames:
            frame.shift(cut)
        return text

    def _give_up(self) -> None:
        if not self._is_too_large:
            reason = f"a unit holds more than {limits.unit_bytes_max} bytes of JSON text"
            self._find("unit_too_large", reason, "", "")
        self._is_too_large = True

    def _release(self) -> None:
        """Drops what was to be inserted further up, so that the text before it may leave."""
        is_placed = True
        for frame in self._frames:
            odd = frame.odd
            odd.ends.clear()
            if odd.capture >= 0:
                del self._out[odd.capture :]
                odd.capture = NOT_CAPTURED
                is_placed = False
            odd.is_placed = odd.is_placed and is_placed


def is_segment_id(text: str) -> bool:
    """Two or three letters or digits, a letter first (X12.6)."""
    return 2 <= len(text) <= 3 and text.isascii() and text.isalnum() and text[0].isalpha()


def _allowed(found: re.Match[bytes], checks: tuple[Check, ...]) -> bool:
    """Whether the groups that hold codes of long lists hold allowed ones."""
    for group, codes in checks:  # noqa: SIM110  (a generator costs more than the checks)
        if found[group] not in codes:
            return False
    return True
