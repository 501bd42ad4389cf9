"""What pyx12 says, in our words, and how differences to our own verdict are found; without its process."""

import io
import json
from pathlib import Path

import pytest

from ediport.guides.framing import read_message, write_message
from ediport.guides.pyx12_worker import judge
from ediport.guides.second_opinion import (
    Opinion,
    OpinionError,
    SetOpinion,
    _opinion,
    differences,
    opinion_bytes_max,
    second_opinion,
)

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
CLAIMS = (SAMPLES / "claims.x12").read_bytes()
MARKER = b"MARKERVALUE"


def opinion(x12: bytes) -> Opinion:
    return _opinion(judge(x12))


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.x12")), ids=lambda p: p.stem)
def test_the_samples_are_accepted(path: Path) -> None:
    told = opinion(path.read_bytes())
    assert (told.outcome, told.verdict) == ("answered", "accepted")
    assert {one.verdict for one in told.sets} == {"accepted"}


def test_the_place_of_an_error_is_told() -> None:
    told = opinion(CLAIMS.replace(b"CLM*", b"CLM**", 1))
    first, second = told.sets
    assert (told.verdict, first.verdict, second.verdict) == ("rejected", "rejected", "accepted")
    assert (first.interchange, first.group, first.transaction) == (1, 1, 1)
    assert first.errors[0].words == "segment 23 CLM01: required element missing (IK403 1)"


def test_errors_of_the_envelope_stand_apart() -> None:
    told = opinion(CLAIMS.replace(b"GE*2*", b"GE*3*"))
    assert told.verdict == "rejected"
    assert {one.verdict for one in told.sets} == {"accepted"}
    assert [error.words for error in told.envelope] == ["GS: transaction set count wrong (AK905 5)"]


def test_a_guide_that_it_lacks_is_no_opinion() -> None:
    told = opinion(CLAIMS.replace(b"005010X222A1", b"005010X279A1"))
    assert (told.outcome, told.verdict) == ("no_guide", "none")


def test_a_transaction_set_that_is_broken_off_has_no_verdict() -> None:
    later = CLAIMS.replace(b"ISA*", b"ISA*", 1)
    group = CLAIMS[CLAIMS.index(b"GS*") : CLAIMS.index(b"IEA*")]
    unknown = group.replace(b"005010X222A1", b"005010X279A1")
    told = opinion(later.replace(b"IEA*1*", unknown + b"IEA*2*"))
    assert told.outcome == "no_guide"
    assert [one.verdict for one in told.sets] == ["accepted", "accepted"]


@pytest.mark.parametrize(
    "x12", [b"", b"ISA", b"\x00" * 200, b"hello", bytes(range(256)) * 4, b"ISA*" * 60]
)
def test_garbage_is_no_opinion(x12: bytes) -> None:
    assert opinion(x12).verdict == "none"


def test_characters_outside_ascii_are_no_hindrance() -> None:
    told = opinion(CLAIMS.replace(b"N3*", "N3*\u00c9".encode(), 1))
    assert told.outcome == "answered"


def test_a_byte_order_mark_is_no_hindrance() -> None:
    assert opinion(b"\xef\xbb\xbf" + CLAIMS).verdict == "accepted"


def test_utf16_is_no_hindrance() -> None:
    assert opinion(CLAIMS.decode("latin-1").encode("utf-16")).verdict == "accepted"


def test_no_value_is_told() -> None:
    x12 = CLAIMS.replace(b"CLM*", b"CLM*" + MARKER * 9, 1).replace(b"HI*", MARKER + b"*", 1)
    answer = judge(x12)
    assert answer["sets"][0]["error_count"] > 0
    assert MARKER.decode() not in json.dumps(answer).replace('"segment_id": "MARKERVALUE"', "")


def test_very_large_input_is_not_shown_to_it() -> None:
    told = second_opinion(b"ISA" + b"*" * opinion_bytes_max)
    assert (told.outcome, told.verdict) == ("too_large", "none")


GOOD = SetOpinion(1, 1, 1, "0001", "accepted")
BAD = SetOpinion(
    1, 1, 2, "0002", "rejected",
    tuple(OpinionError("element", "7", "CLM", n, 5, 3) for n in range(1, 6)), 5,
)  # fmt: skip
SILENT = SetOpinion(1, 1, 3, "0003", "none")
BOTH = Opinion("answered", False, (GOOD, BAD, SILENT))


def test_where_both_agree_there_is_no_finding() -> None:
    assert list(differences(BOTH, {(1, 1, 1): True, (1, 1, 2): False, (1, 1, 3): True})) == []


def test_where_it_rejects_what_we_accept_its_reasons_are_given() -> None:
    (finding,) = differences(BOTH, {(1, 1, 2): True})
    assert finding.rule.id == "second_opinion_differs"
    assert (finding.interchange, finding.group, finding.transaction) == (1, 1, 2)
    assert finding.reason == (
        "we find no fault in the transaction set, the second validator (pyx12) does: "
        "segment 1 CLM05-03: not an allowed code (IK403 7); "
        "segment 2 CLM05-03: not an allowed code (IK403 7); "
        "segment 3 CLM05-03: not an allowed code (IK403 7); and 2 more"
    )


def test_where_it_accepts_what_we_reject_that_is_said() -> None:
    (finding,) = differences(BOTH, {(1, 1, 1): False})
    assert finding.reason.startswith("the second validator (pyx12) finds no fault")


def test_the_envelope_is_compared_too() -> None:
    bad = Opinion("answered", False, (), (OpinionError("interchange", "001", "ISA"),))
    assert [f.transaction for f in differences(bad, {}, is_envelope_good=True)] == [0]
    assert list(differences(bad, {}, is_envelope_good=False)) == []
    good = Opinion("answered", True)
    assert [f.transaction for f in differences(good, {}, is_envelope_good=False)] == [0]
    unknown = Opinion("no_guide")
    assert list(differences(unknown, {}, is_envelope_good=False)) == []


def test_an_unknown_code_has_words_too() -> None:
    assert (
        OpinionError("segment", "99", "CLM", 3).words == "segment 3 CLM: another fault (IK304 99)"
    )


def test_messages_are_framed() -> None:
    pipe = io.BytesIO()
    write_message(pipe, b"")
    write_message(pipe, b"one")
    pipe.write(b"\0\0\0\0\0\0\0\x09half")
    pipe.seek(0)
    assert [read_message(pipe) for _ in range(4)] == [b"", b"one", None, None]
