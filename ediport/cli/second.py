"""Keeps what is read for the second validator, and compares its verdicts with ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ediport.guides.second_opinion import (
    Opinion,
    SetOpinion,
    differences,
    opinion_bytes_max,
    second_opinion,
)
from ediport.x12.findings import Finding


class Listener:
    """Sits between a file and its reader; afterwards it knows the second validator's opinion."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._accepted: dict[tuple[int, int, int], bool] = {}
        self.opinion = Opinion("too_large")

    def listen(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The chunks as they are; no more of them is kept than the second validator takes."""
        for chunk in chunks:
            if len(self._kept) <= opinion_bytes_max:
                self._kept += chunk
            yield chunk

    def judge(self, place: tuple[int, int, int], *, accepted: bool) -> None:
        """Takes our verdict on one transaction set."""
        self._accepted[place] = accepted

    def differences(self, *, is_envelope_good: bool) -> Iterator[Finding]:
        """Asks, and yields a finding for every difference."""
        self.opinion = second_opinion(bytes(self._kept))
        self._kept.clear()
        return differences(self.opinion, self._accepted, is_envelope_good=is_envelope_good)

    @property
    def compared(self) -> int:
        """Transaction sets that both have judged."""
        return len(list(self._common()))

    @property
    def agreed(self) -> int:
        """Transaction sets that both judge alike."""
        return sum(
            (one.verdict == "accepted") == self._accepted[_place(one)] for one in self._common()
        )

    def _common(self) -> Iterator[SetOpinion]:
        return (s for s in self.opinion.sets if s.verdict != "none" and _place(s) in self._accepted)

    def to_dict(self) -> dict[str, Any]:
        return {
            "outcome": self.opinion.outcome,
            "verdict": self.opinion.verdict,
            "compared": self.compared,
            "agreed": self.agreed,
        }


def _place(one: SetOpinion) -> tuple[int, int, int]:
    return one.interchange, one.group, one.transaction
