"""From bytes to answer: an 835 as it should be, and with each fault that an envelope can have."""

from __future__ import annotations

import pytest

from ediport.guides import library
from ediport.x12.reader import read
from tests.unit.acks.ack_answers import answer, parse

ISA = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*PROVIDER       "
    "*261122*1010*^*00501*000000905*0*T*:~"
)
GS = "GS*HP*PAYER*PROVIDER*20261122*1010*77*X*005010X221A1~"
SET = (
    "ST*835*0001~BPR*I*0*C*NON************20261101~TRN*1*12345*1512345678~DTM*405*20261101~"
    "N1*PR*PAYER~N3*1 MAIN~N4*TOWN*NY*10001~PER*BL*DESK*TE*5551112222~"
    "N1*PE*PROVIDER*XX*1234567893~SE*10*0001~"
)
GE, IEA = "GE*1*77~", "IEA*1*000000905~"
WHOLE = ISA + GS + SET + GE + IEA
LATER = SET.replace("*0001~", "*0002~")
ACCEPTED = "AK9*A*1*1*1"


def told(text: str) -> list[str]:
    """TA104 with TA105, then IK5 and AK9 segments."""
    found = parse(answer(read([text.encode("latin-1")], library())))
    rows = [f"{s[4]} {s[5]}" for a in found for s in a.ta1]
    segments = [s for a in found for g in a.groups for s in g]
    return rows + ["*".join(s) for s in segments if s[0] in ("IK5", "AK9")]


def test_a_whole_835_is_accepted() -> None:
    assert told(WHOLE) == ["A 000", "IK5*A", ACCEPTED]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ISA + GS + SET + GE, ["E 023", "IK5*A", ACCEPTED]),
        (ISA + GS + SET, ["E 023", "IK5*A", "AK9*R*0*1*0*3"]),
        (ISA + GS + SET[:-11], ["E 023", "IK5*R*2", "AK9*R*0*1*0*3"]),
        (ISA + GS + SET + IEA, ["A 000", "IK5*A", "AK9*R*0*1*0*3"]),
        (ISA + GS + SET[:-11] + GE + IEA, ["A 000", "IK5*R*2", "AK9*R*1*1*0"]),
        (ISA + GS, ["E 023", "AK9*R*0*0*0*3"]),
        (ISA, ["R 023"]),
        (ISA + IEA, ["R 021"]),
        (ISA + SET + IEA.replace("1*", "0*", 1), ["R 024"]),
        (WHOLE.replace("SE*10", "SE*11"), ["A 000", "IK5*R*4", "AK9*R*1*1*0"]),
        (WHOLE.replace("SE*10*0001", "SE*10*0002"), ["A 000", "IK5*R*3", "AK9*R*1*1*0"]),
        (WHOLE.replace("GE*1*", "GE*2*"), ["A 000", "IK5*A", "AK9*R*2*1*0*5"]),
        (WHOLE.replace("GE*1*77", "GE*1*78"), ["A 000", "IK5*A", "AK9*R*1*1*0*4"]),
        (WHOLE.replace("IEA*1", "IEA*2"), ["E 021", "IK5*A", ACCEPTED]),
        (WHOLE.replace("IEA*1*000000905", "IEA*1*1"), ["E 001", "IK5*A", ACCEPTED]),
        (WHOLE.replace("X221A1", "X999"), ["A 000", "IK5*R*I6", "AK9*R*1*1*0*2"]),
        (WHOLE.replace("0001~", "1~"), ["A 000", "AK9*R*1*1*0*5"]),
        (WHOLE.replace("*77", "*AB"), ["R 024"]),
        (ISA + GS + SET + SET + "GE*2*77~" + IEA, ["A 000", "IK5*A", "IK5*R*23", "AK9*P*2*2*1"]),
        (
            ISA + GS + SET + GE + GS + LATER + GE + IEA.replace("1*", "2*", 1),
            ["A 000", "IK5*A", ACCEPTED, "IK5*A", "AK9*R*1*1*0*19"],
        ),
        (ISA + GS + SET + GE + "REF*1*2~" + IEA, ["E 024", "IK5*A", ACCEPTED]),
        (WHOLE + WHOLE, ["A 000", "R 025", "IK5*A", ACCEPTED]),
    ],
)
def test_each_fault_is_told_on_its_level(text: str, expected: list[str]) -> None:
    assert told(text) == expected


def test_errors_in_a_set_are_told_with_their_places() -> None:
    text = WHOLE.replace("N4*TOWN*NY*10001~", "N4*TOWN*NY*10001**QQ~").replace("N3*1 MAIN~", "")
    found = parse(answer(read([text.replace("SE*10", "SE*9").encode()], library())))
    segments = ["*".join(s) for s in found[1].groups[0]]
    assert "IK3*N3*6*1000*3" in segments
    assert "IK4*5**I10*QQ" in [s.replace("*309*", "**") for s in segments]
    assert segments[-4:-3] == ["IK5*R*5*I5"]


def test_an_answer_is_not_answered() -> None:
    first = answer(read([WHOLE.encode()], library()))
    ta1_only = answer(read([first[: first.index(b"IEA") + 16]], library()))
    assert ta1_only == b""
    second = parse(answer(read([first], library())))
    assert [(a.ta1[0][4:], len(a.groups)) for a in second] == [(["A", "000"], 0)]
