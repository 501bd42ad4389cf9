"""One open loop while a transaction set is read: what was seen in it and how its JSON text stands."""

from __future__ import annotations

from typing import Final

from ediport.x12.machine import Member
from ediport.x12.plan import LoopPlan
from ediport.x12.values import json_text

NOT_CAPTURED: Final = -1


class Oddities:
    """What is remembered of a loop whose text depends on more than the steps taken.

    `tail` is the member whose text stands last when that is not the one just read; `ends` says at which index of
    the output an array ended that others followed; `extra` holds segments that have no place, with their
    ordinals. A loop that is not placed has no text of its own: what it holds goes to the `extra` of a loop around
    it. From `capture` on, the output is text of this loop that belongs further up.
    """

    __slots__ = ("capture", "ends", "extra", "is_interleaved", "is_placed", "tail")

    def __init__(self) -> None:
        self.ends: dict[int, int] = {}
        self.extra: list[tuple[int, str]] = []
        self.tail: Member | None = None
        self.is_placed = True
        self.is_interleaved = False
        self.capture = NOT_CAPTURED

    @property
    def is_odd(self) -> bool:
        """Whether the text between segments depends on more than the step taken."""
        return bool(
            self.tail is not None
            or self.extra
            or self.is_interleaved
            or not self.is_placed
            or self.capture != NOT_CAPTURED
        )


class Frame:
    """State of one occurrence of a loop.

    `seen` has a bit per member that occurred (the opener is the first), `required` those that must. `counts` says
    how often members occurred whose number is limited, and how far numbered loops (LX01) are; `order` holds the
    tracked members as they came. Most loops need none of the last three, so they are made when first used.
    """

    __slots__ = ("_odd", "counts", "loop", "order", "required", "seen")

    def __init__(self, loop: LoopPlan, required: int) -> None:
        self.loop = loop
        self.required = required
        self.seen = 1
        self.counts: dict[int, int] | None = None
        self.order: list[Member] | None = None
        self._odd: Oddities | None = None

    @property
    def odd(self) -> Oddities:
        """The oddities of this loop, made when first asked for."""
        if self._odd is None:
            self._odd = Oddities()
        return self._odd

    @property
    def is_odd(self) -> bool:
        return self._odd is not None and self._odd.is_odd

    @property
    def is_placed(self) -> bool:
        return self._odd is None or self._odd.is_placed

    def count(self, key: int, start: int) -> int:
        """One more of what `key` stands for; the first call gives `start` + 1."""
        if self.counts is None:
            self.counts = {}
        number = self.counts[key] = self.counts.get(key, start) + 1
        return number

    def track(self, member: Member) -> None:
        """Notes a member whose order among its neighbours matters."""
        if self.order is None:
            self.order = [member]
        else:
            self.order.append(member)

    def pinned(self) -> int | None:
        """Index in the output from where text may still be inserted, or None."""
        if self._odd is None:
            return None
        places = list(self._odd.ends.values())
        if self._odd.capture != NOT_CAPTURED:
            places.append(self._odd.capture)
        return min(places, default=None)

    def shift(self, cut: int) -> None:
        """The first `cut` pieces of the output have left."""
        if self._odd is None:
            return
        self._odd.ends = {index: place - cut for index, place in self._odd.ends.items()}
        if self._odd.capture != NOT_CAPTURED:
            self._odd.capture -= cut

    def notes_text(self) -> str:
        """The members `_order` and `_unplaced`, each with a comma before it."""
        if self._odd is None:
            return ""
        text = ""
        if self._odd.is_interleaved:
            keys = ",".join(json_text(member.key) for member in self.order or ())
            text += f',"_order":[{keys}]'
        if self._odd.extra:
            parts = (f'{{"position":{n},"segment":{json_text(s)}}}' for n, s in self._odd.extra)
            text += f',"_unplaced":[{",".join(parts)}]'
        return text
