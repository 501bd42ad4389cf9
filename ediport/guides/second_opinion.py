"""A second opinion on X12: what pyx12, a validator that is not ours, makes of the same bytes.

Rules of this room: pyx12 runs in a child process with limits on time and memory, so that whatever it does - crash,
hang, print, log values - ends there. No opinion is an answer too. Opinions hold positions and codes, no values.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from ediport.guides.framing import read_message, write_message
from ediport.x12.findings import Finding
from ediport.x12.rules import RULES

Verdict = Literal["accepted", "rejected", "none"]

Outcome = Literal["answered", "no_guide", "not_x12", "crashed", "timed_out", "too_large"]

Ordinals = tuple[int, int, int]
"""Interchange, group and transaction set, as findings count them."""

opinion_bytes_max: Final = 8_388_608
"""Larger files are not shown to the second validator, which reads some 0.2 MB a second."""

opinion_s_max: Final = 120.0
"""Seconds that the second validator has for one file."""

_ERRORS_SHOWN_MAX: Final = 3

OUTCOMES: Final[Mapping[Outcome, str]] = {
    "answered": "it has read all of it",
    "no_guide": "it has no guide for one of the versions",
    "not_x12": "it does not see X12 in it",
    "crashed": "it failed on it",
    "timed_out": f"it was not done after {opinion_s_max:.0f} seconds",
    "too_large": f"it is asked about no more than {opinion_bytes_max // 1_048_576} MiB",
}
"""Why there is or is not an opinion, in words that follow 'the second validator:'."""


@dataclass(frozen=True, slots=True)
class OpinionError:
    """One error as pyx12 places it; `code` is its IK304, IK403, IK502, AK905 or TA105 code, by `level`.

    `segment_ordinal` counts from ST = 1; 0 where the error belongs to no one segment of a transaction set.
    """

    level: str
    code: str
    segment_id: str = ""
    segment_ordinal: int = 0
    element: int | None = None
    component: int | None = None

    @property
    def words(self) -> str:
        """Place and kind in plain words: `segment 12 CLM05-03: not an allowed code (IK403 7)`."""
        place = self.segment_id
        if self.element is not None:
            place += f"{self.element:02d}"
        if self.component is not None:
            place += f"-{self.component:02d}"
        kind, field = _words(self.level, self.code)
        where = f"segment {self.segment_ordinal} {place}" if self.segment_ordinal else place
        return f"{where}: {kind} ({field} {self.code})"


@dataclass(frozen=True, slots=True)
class SetOpinion:
    """The verdict on one transaction set; ordinals from 1, as in findings. `error_count` counts all errors."""

    interchange: int
    group: int
    transaction: int
    control_number: str
    verdict: Verdict
    errors: tuple[OpinionError, ...] = ()
    error_count: int = 0


@dataclass(frozen=True, slots=True)
class Opinion:
    """The whole opinion; `outcome` says whether pyx12 came to an end, `envelope` holds errors outside of sets."""

    outcome: Outcome
    is_accepted: bool = False
    sets: tuple[SetOpinion, ...] = ()
    envelope: tuple[OpinionError, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """`accepted` when pyx12 read all of it and found nothing."""
        if self.outcome != "answered":
            return "none"
        return "accepted" if self.is_accepted else "rejected"

    @property
    def words(self) -> str:
        return OUTCOMES[self.outcome]


def second_opinion(x12: bytes) -> Opinion:
    """pyx12's opinion of one file or interchange; any bytes whatever give an answer. Safe between threads."""
    if len(x12) > opinion_bytes_max:
        return Opinion("too_large")
    return _worker().ask(x12)


def differences(
    opinion: Opinion, accepted: Mapping[Ordinals, bool], *, is_envelope_good: bool = True
) -> Iterator[Finding]:
    """A finding `second_opinion_differs` for each transaction set, and each envelope, that we judge otherwise.

    `accepted` gives our verdict by transaction set, `is_envelope_good` whether we found no error outside of them.
    """
    for other in opinion.sets:
        place = (other.interchange, other.group, other.transaction)
        is_accepted = accepted.get(place)
        if is_accepted is None or other.verdict == "none":
            continue
        if (other.verdict == "accepted") != is_accepted:
            errors = _errors_words(other.errors, other.error_count)
            yield Finding(
                RULES["second_opinion_differs"], _reason(errors, "transaction set"), *place
            )
    if opinion.outcome == "answered" and bool(opinion.envelope) == is_envelope_good:
        errors = _errors_words(opinion.envelope, len(opinion.envelope))
        yield Finding(RULES["second_opinion_differs"], _reason(errors, "envelope"))


def _reason(errors: str, thing: str) -> str:
    if not errors:
        return f"the second validator (pyx12) finds no fault in the {thing}, we do"
    return f"we find no fault in the {thing}, the second validator (pyx12) does: {errors}"


def _errors_words(errors: Sequence[OpinionError], count: int) -> str:
    shown = [error.words for error in errors[:_ERRORS_SHOWN_MAX]]
    rest = f"; and {count - len(shown)} more" if count > len(shown) else ""
    return "; ".join(shown) + rest


class _Alarm(threading.Timer):
    """Kills a process when its time is up."""

    def __init__(self, seconds: float, process: subprocess.Popen[bytes]) -> None:
        super().__init__(seconds, self._ring)
        self.daemon = True
        self.rang = threading.Event()
        self._process = process

    def _ring(self) -> None:
        self.rang.set()
        self._process.kill()


class _Worker:
    """The child process, started when it is first asked and again after it died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def ask(self, x12: bytes) -> Opinion:
        with self._lock:
            process = self._running()
            timer = _Alarm(opinion_s_max, process)
            timer.start()
            try:
                answer = self._exchange(process, x12)
            finally:
                timer.cancel()
            if answer is None:
                self._stop()
                return Opinion("timed_out" if timer.rang.is_set() else "crashed")
        return _opinion(json.loads(answer))

    def _exchange(self, process: subprocess.Popen[bytes], x12: bytes) -> bytes | None:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            write_message(process.stdin, x12)
            return read_message(process.stdout)
        except OSError:
            return None
        except BaseException:
            self._stop()
            raise

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._stop()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ediport.guides.pyx12_worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process

    def _stop(self) -> None:
        """Kills the child; its pipes are closed without caring what is left in them."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()

    def close(self) -> None:
        self._stop()


@cache
def _worker() -> _Worker:
    """The worker of this process. A forked child gets one of its own, or both would use the same pipes."""
    worker = _Worker()
    atexit.register(worker.close)
    os.register_at_fork(after_in_child=_worker.cache_clear)
    return worker


def _opinion(answer: Mapping[str, Any]) -> Opinion:
    is_whole = answer["outcome"] == "answered"
    return Opinion(
        answer["outcome"],
        answer["is_accepted"],
        tuple(_set_opinion(row, is_whole) for row in answer["sets"]),
        tuple(_error(row) for row in answer["envelope"]),
    )


def _set_opinion(row: Mapping[str, Any], is_whole: bool) -> SetOpinion:
    """A set that pyx12 did not read to its end because it broke off has no verdict."""
    verdict: Verdict = "rejected" if row["error_count"] else "accepted"
    if not row["is_complete"]:
        verdict = "rejected" if is_whole else "none"
    errors = tuple(_error(error) for error in row["errors"])
    place = (row["interchange"], row["group"], row["transaction"])
    return SetOpinion(*place, row["control_number"], verdict, errors, row["error_count"])


def _error(row: Mapping[str, Any]) -> OpinionError:
    return OpinionError(
        row["level"],
        row["code"],
        row["segment_id"],
        row.get("segment_ordinal", 0),
        row.get("element"),
        row.get("component"),
    )


_SEGMENT_KINDS: Final = {
    "1": "segment not recognised",
    "2": "segment not expected here",
    "3": "a required segment or loop is missing before or here",
    "4": "loop too often",
    "5": "segment too often",
    "6": "segment not in the guide",
    "7": "segment out of sequence",
    "8": "fault in the elements of the segment",
    "HL1": "hierarchical number out of sequence",
    "HL2": "hierarchical parent unknown",
    "LX": "line number out of sequence",
    "SEG1": "needless separators at the end of the segment",
}
_ELEMENT_KINDS: Final = {
    "1": "required element missing",
    "2": "element missing that another one requires",
    "3": "too many elements",
    "4": "element too short",
    "5": "element too long",
    "6": "character not allowed, or needless blanks",
    "7": "not an allowed code",
    "8": "not a date",
    "9": "not a time",
    "10": "element not used, or excluded by another one",
}
_TRANSACTION_KINDS: Final = {
    "2": "trailer missing",
    "3": "control numbers of header and trailer differ",
    "4": "segment count wrong",
    "23": "control number used before",
}
_GROUP_KINDS: Final = {
    "3": "group trailer missing",
    "4": "control numbers of header and trailer differ",
    "5": "transaction set count wrong",
    "6": "control number used before",
}
_INTERCHANGE_KINDS: Final = {
    "001": "control numbers of header and trailer differ",
    "021": "group count wrong",
    "023": "interchange trailer missing",
    "024": "a segment that may not stand there",
    "025": "control number used before",
}
_KINDS: Final = {
    "segment": (_SEGMENT_KINDS, "IK304"),
    "element": (_ELEMENT_KINDS, "IK403"),
    "transaction": (_TRANSACTION_KINDS, "IK502"),
    "group": (_GROUP_KINDS, "AK905"),
    "interchange": (_INTERCHANGE_KINDS, "TA105"),
}


def _words(level: str, code: str) -> tuple[str, str]:
    kinds, field = _KINDS[level]
    return kinds.get(code, "another fault"), field
