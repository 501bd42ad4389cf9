"""Claim acknowledgments (277CA, 005010X214), small: accepted and rejected claims of two billing providers."""

from __future__ import annotations

from random import Random
from typing import Final

from tests.generators.style import Ends, gs, isa, trailer, transaction
from tests.generators.values import FIRST_DAY, charge, day, digits, last_name, money, npi, person

GUIDE: Final = "005010X214"


def generate_277ca(claims: int, seed: int, ends: Ends) -> bytes:
    """One interchange with one transaction set; every fourth claim is rejected."""
    rng = Random(seed)
    stamp = f"{FIRST_DAY:%Y%m%d}"
    answers = [_Answer(rng, number) for number in range(1, claims + 1)]
    segments = _header(rng, answers, stamp)
    level = 2
    for provider, share in enumerate((answers[::2], answers[1::2])):
        if share:
            segments += _provider(rng, provider, level + 1, share)
            level += 1
            for answer in share:
                level += 1
                segments += answer.segments(level, level - 1 - share.index(answer), stamp)
    body = transaction("277", 1, GUIDE, segments)
    return (isa(ends, stamp) + gs(ends, "HN", GUIDE, stamp) + body + trailer(ends, 1)).encode(
        "ascii"
    )


class _Answer:
    """What the payer says about one claim."""

    def __init__(self, rng: Random, number: int) -> None:
        self.cents = charge(rng)
        self.accepted = number % 4 != 0
        self._number = number
        self._who = person(rng)
        self._member = f"E{digits(rng, 8)}"
        self._payer_number = digits(rng, 12)
        self._served = f"{day(rng):%Y%m%d}"

    def segments(self, level: int, parent: int, stamp: str) -> list[str]:
        """2000D and below."""
        status = "A2:20:PR*{}*WQ" if self.accepted else "A3:116:IL*{}*U"
        out = [
            f"HL*{level}*{parent}*PT",
            f"NM1*QC*1*{self._who.last.upper()}*{self._who.first.upper()}****MI*{self._member}",
            f"TRN*2*DEMO-{self._number:06d}",
            f"STC*{status.format(stamp)}*{money(self.cents)}",
        ]
        if self.accepted:
            out.append(f"REF*1K*{self._payer_number}")
        return [*out, f"DTP*472*D8*{self._served}"]


def _header(rng: Random, answers: list[_Answer], stamp: str) -> list[str]:
    total = sum(answer.cents for answer in answers)
    return [
        f"BHT*0085*08*{digits(rng, 8)}*{stamp}*0900*TH",
        "HL*1**20*1",
        "NM1*PR*2*EVERGREEN HEALTH PLAN*****PI*EVRGN",
        f"TRN*1*{digits(rng, 9)}",
        f"DTP*050*D8*{stamp}",
        f"DTP*009*D8*{stamp}",
        "HL*2*1*21*1",
        "NM1*41*2*TEST SUBMITTER*****46*TESTSUBMITTER",
        f"TRN*2*{digits(rng, 9)}",
        f"STC*A1:19:PR*{stamp}*WQ*{money(total)}",
        *_totals(answers, "90", "AA"),
    ]


def _totals(answers: list[_Answer], accepted_code: str, rejected_code: str) -> list[str]:
    accepted = [answer.cents for answer in answers if answer.accepted]
    rejected = [answer.cents for answer in answers if not answer.accepted]
    quantities = [(accepted_code, accepted), (rejected_code, rejected)]
    return [
        *(f"QTY*{code}*{len(found)}" for code, found in quantities if found),
        *(f"AMT*{code}*{money(sum(f))}" for code, f in (("YU", accepted), ("YY", rejected)) if f),
    ]


def _provider(rng: Random, number: int, level: int, answers: list[_Answer]) -> list[str]:
    total = sum(answer.cents for answer in answers)
    return [
        f"HL*{level}*2*19*1",
        f"NM1*85*2*{last_name(rng).upper()} CLINIC*****XX*{npi(50_000 + 10 * number)}",
        f"TRN*1*{digits(rng, 7)}",
        f"STC*A1:19:PR**WQ*{money(total)}",
        *_totals(answers, "QA", "QC"),
    ]
