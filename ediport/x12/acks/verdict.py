"""Who is accepted: the status codes of TA1, IK5 (AK5) and AK9, decided from what was found.

Rules: pure functions. A transaction set is rejected for errors and accepted "with errors" when
something without that weight is noted. A group is rejected for its own errors or when no set of it
is accepted. An interchange is rejected when its errors say so (`AckOptions`) or nothing in it could
be taken.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from ediport.x12.acks.options import error_codes_max

Status = Literal["A", "E", "P", "R"]

NO_ERROR: Final = "000"

_TA105_BY_GRAVITY: Final = (
    *("026", "027", "022", "025", "003", "017", "023", "001", "024", "021", "002", "018", "004"),
    *("005", "006", "007", "008", "009", "010", "011", "012", "013", "014", "015", "016", "019"),
)
_AK905_BY_GRAVITY: Final = ("19", "1", "2", "6", "3", "4", "5")

count_max: Final = 999_999
"""AK902 to AK904 have six digits."""


@dataclass(frozen=True, slots=True)
class InterchangeVerdict:
    """TA104 and TA105."""

    status: Status
    code: str


@dataclass(frozen=True, slots=True)
class SetVerdict:
    """IK501 and IK502 to IK506."""

    status: Status
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupVerdict:
    """AK901 to AK904, and the codes from AK905 on."""

    status: Status
    declared: int
    received: int
    accepted: int
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgment:
    """What was decided of a group, or of an interchange (`group` is 0), by their ordinals.

    Nothing of a group or interchange with status R may have an effect: it will be sent again.
    """

    interchange: int
    group: int
    status: Status


Judged = Callable[[Judgment], None]
"""Hears of each judgment: a group's at its end, its interchange's at the end of that."""


def unheard(_: Judgment) -> None:
    """For callers who need no judgments."""


def interchange_verdict(
    codes: Mapping[str, bool], taken: int, rejecting: Collection[str]
) -> InterchangeVerdict:
    """`codes` maps TA105 codes to whether they are errors.

    `taken` counts the groups that were answered or are answers themselves.
    """
    if not codes:
        return InterchangeVerdict("A", NO_ERROR)
    errors = [code for code, is_error in codes.items() if is_error]
    rejected = bool(errors) and (taken == 0 or any(code in rejecting for code in errors))
    gravest = _ordered(errors or codes, _TA105_BY_GRAVITY)[0]
    return InterchangeVerdict("R" if rejected else "E", gravest)


def set_verdict(codes: Iterable[str], *, rejected: bool, noted: bool) -> SetVerdict:
    """`codes` in the order in which they were found; `noted` when there is any IK3, IK4 or code."""
    if rejected:
        return SetVerdict("R", tuple(codes)[:error_codes_max])
    return SetVerdict("E" if noted else "A", tuple(codes)[:error_codes_max])


def group_verdict(
    codes: Mapping[str, bool],
    *,
    declared: int | None,
    received: int,
    accepted: int,
    noted: bool,
    rejecting: Collection[str],
) -> GroupVerdict:
    """`codes` maps AK905 codes to whether they are errors; `declared` is GE01 or None."""
    status: Status = "A"
    faulty = any(is_error and code in rejecting for code, is_error in codes.items())
    if faulty or (received and not accepted):
        status = "R"
    elif accepted < received:
        status = "P"
    elif noted or codes:
        status = "E"
    return GroupVerdict(
        status,
        min(max(declared or 0, 0), count_max),
        min(received, count_max),
        0 if status == "R" else min(accepted, count_max),
        tuple(_ordered(codes, _AK905_BY_GRAVITY)[:error_codes_max]),
    )


def _ordered(codes: Iterable[str], gravity: tuple[str, ...]) -> list[str]:
    return sorted(codes, key=lambda code: gravity.index(code) if code in gravity else len(gravity))
