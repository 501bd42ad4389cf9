"""Where segments belong: what is required, what repeats, what has no place, and how order is kept in JSON."""

from __future__ import annotations

import pytest

from ediport.x12.events import DocumentText, TransactionEnd
from ediport.x12.findings import Finding
from tests.unit.x12.small_guide import SMALL
from tests.unit.x12.x12_files import (
    BEGIN,
    CLAIM,
    FULL,
    PERSON,
    PROVIDER,
    documents,
    events,
    findings,
    places,
    there_and_back,
    transaction,
    x12,
)

TREE = (*BEGIN, *PROVIDER, *PERSON)


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        (BEGIN, []),
        (FULL, []),
        ((*FULL, "CLM*A2*5", "LX*1", "AMT*5"), []),
        ((*BEGIN[:2], "REF*2U*B", "REF*F8*C", "REF*EA*D", "DTP*050*D8*20260101", BEGIN[2]), []),
        # missing
        (BEGIN[1:], ["segment_required 2 - BGN"]),
        ((BEGIN[0], BEGIN[2]), ["segment_required 3 - REF"]),
        (BEGIN[:2], ["loop_required 4 1000 N1"]),
        (BEGIN[:1], ["segment_required 3 - REF", "loop_required 3 1000 N1"]),
        ((*BEGIN, PROVIDER[0]), ["segment_required 6 2000A NM1"]),
        ((*TREE, "CLM*A1*10", "LX*1"), ["segment_required 11 2000A/2000B/2300/2400 AMT"]),
        # too many
        ((*BEGIN[:2], BEGIN[1], BEGIN[2]), ["segment_repeat 4 - REF"]),
        ((*BEGIN[:2], *["REF*F8*C"] * 4, BEGIN[2]), ["segment_repeat 7 - REF"]),
        ((*BEGIN, BEGIN[2]), ["loop_repeat 5 1000 N1"]),
        ((*TREE, *CLAIM, "LX*2", "AMT*1", "LX*3", "AMT*1"),
         ["loop_repeat 14 2000A/2000B/2300/2400 LX"]),
        # a place further up, an unexpected qualifier, an unknown segment
        ((*BEGIN, "BGN*00*2"), ["segment_unexpected 5 1000 BGN"]),
        ((BEGIN[0], BEGIN[1], "DTP*050*D8*20260101", "REF*2U*B", BEGIN[2]),
         ["segment_out_of_sequence 5 - REF"]),
        ((*BEGIN, *PROVIDER, "NM1*QC*DOE"), ["segment_unexpected 7 2000A NM1"]),
        ((*BEGIN[:2], "REF*XX*B", BEGIN[2]), ["segment_unexpected 4 - REF"]),
        ((*BEGIN, "ZZZ*1"), ["segment_unknown 5 1000 ZZZ"]),
        ((*BEGIN, "N1*99*X"), ["segment_unexpected 5 1000 N1"]),
        ((*BEGIN[:2], "N1*99*R"), ["segment_unexpected 4 - N1", "loop_required 5 1000 N1"]),
        # the only segment of that id that may stand here is taken, whatever its qualifier
        ((*BEGIN[:2], "DTP*999*D8*20260101", BEGIN[2]), ["element_code 4 - DTP01"]),
        # no segment id
        ((*BEGIN, ""), ["segment_id_invalid 5 1000 "]),
        ((*BEGIN, "X*1"), ["segment_id_invalid 5 1000 "]),
        ((*BEGIN, "n1*1"), ["segment_unknown 5 1000 n1"]),
        ((*BEGIN, "LONG*1"), ["segment_id_invalid 5 1000 "]),
        ((*BEGIN, "9A*1"), ["segment_id_invalid 5 1000 "]),
    ],
)  # fmt: skip
def test_findings(segments: tuple[str, ...], expected: list[str]) -> None:
    assert places(x12(*segments)) == expected


@pytest.mark.parametrize("count", range(1, 5))
def test_what_stands_after_a_fault_is_placed_all_the_same(count: int) -> None:
    data = x12(*BEGIN[:2], *["ZZZ*1"] * count, *FULL[2:])
    assert [p.split()[0] for p in places(data)] == ["segment_unknown"] * count
    clean = transaction(x12(*FULL))
    found = transaction(data)
    assert found.pop("_unplaced") == [{"position": 4 + n, "segment": "ZZZ*1"} for n in range(count)]
    found["trailer_SE"]["count_01"] = clean["trailer_SE"]["count_01"]
    assert found == clean


UNPLACED = {
    "unknown": (*FULL[:5], "ZZZ*1**3:4^5*", *FULL[5:]),
    "at the end": (*FULL, "ZZZ*1", "BGN*00*2"),
    "at the beginning": ("ZZZ*1", *FULL),
    "many": ("ZZZ*1", *FULL[:3], "BGN*00*2", "NM1*85*X", *FULL[3:], "YY*1", "YY*2"),
    "no ids": (*FULL[:5], "", "*", "x*1", *FULL[5:]),
    "out of sequence": (*BEGIN[:2], "DTP*050*D8*20260101", "REF*2U*B", *FULL[2:]),
    "a loop with children": (*BEGIN[:2], "LX*1", "AMT*1", *FULL[2:]),
}
TOO_MANY = {
    "segment": (*FULL[:2], "REF*1L*B", "REF*1L*C", *FULL[2:]),
    "loop": (*BEGIN, "N1*40*S", "N3*STREET", *FULL[3:]),
    "lines": (*FULL, "LX*2", "AMT*1", "LX*3", "AMT*1"),
}
INTERLEAVED = {
    "segments": (*BEGIN[:2], "REF*F8*1", "REF*2U*B", "REF*EA*2", *FULL[2:]),
    "array first": (BEGIN[0], "REF*F8*1", "REF*1L*A", "REF*F8*2", "REF*2U*B", *FULL[2:]),
}


@pytest.mark.parametrize(
    "segments",
    [*UNPLACED.values(), *TOO_MANY.values(), *INTERLEAVED.values()],
    ids=[*UNPLACED, *(f"too many: {k}" for k in TOO_MANY), *(f"interleaved: {k}" for k in INTERLEAVED)],
)  # fmt: skip
def test_nothing_is_lost(segments: tuple[str, ...]) -> None:
    data = x12(*segments)
    assert there_and_back(data) == data


def test_order_is_kept_where_the_tree_cannot_tell_it() -> None:
    found = transaction(x12(*INTERLEAVED["segments"]))
    assert found["_order"] == ["first_REF", "more_REF", "second_REF", "more_REF"]
    assert found["more_REF"] == [
        {"code_01": "F8", "number_02": "1"},
        {"code_01": "EA", "number_02": "2"},
    ]


@pytest.mark.parametrize(
    "references",
    [
        ("REF*1L*A", "REF*2U*B", "REF*F8*1", "REF*F8*2"),
        ("REF*F8*1", "REF*F8*2", "REF*1L*A", "REF*2U*B"),
        ("REF*2U*B", "REF*F8*1", "REF*1L*A"),
    ],
)
def test_order_is_left_out_where_the_tree_tells_it(references: tuple[str, ...]) -> None:
    data = x12(BEGIN[0], *references, *FULL[2:])
    found = transaction(data)
    assert "_order" not in found
    assert there_and_back(data) == data


def test_a_repeat_too_many_of_what_is_no_array_has_no_place() -> None:
    found = transaction(x12(*TOO_MANY["segment"]))
    assert found["first_REF"] == {"code_01": "1L", "number_02": "A"}
    assert found["_unplaced"] == [
        {"position": 4, "segment": "REF*1L*B"},
        {"position": 5, "segment": "REF*1L*C"},
    ]


def test_a_loop_too_many_goes_aside_with_what_is_in_it() -> None:
    found = transaction(x12(*TOO_MANY["loop"]))
    assert [row["segment"] for row in found["_unplaced"]] == ["N1*40*S", "N3*STREET"]


def test_blanks_before_a_segment_id() -> None:
    data = x12(*FULL[:1], " " + FULL[1], *FULL[2:])
    assert "leading_blank" in [f.rule.id for f in findings(data)]
    assert not [f for f in findings(data) if f.rule.id == "segment_id_invalid"]


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        ((*BEGIN, "HL*2**20*0", PROVIDER[1]), ["hl_sequence 5 2000A HL"]),
        ((*BEGIN, "HL*01**20*0", PROVIDER[1]), ["hl_sequence 5 2000A HL"]),
        ((*BEGIN, *PROVIDER, "HL*3*1*22*0", PERSON[1], *CLAIM), ["hl_sequence 7 2000A/2000B HL"]),
        ((*BEGIN, *PROVIDER, "HL*2*2*22*0", PERSON[1], *CLAIM), ["hl_parent 7 2000A/2000B HL"]),
        ((*BEGIN, *PROVIDER, "HL*2*9*22*0", PERSON[1], *CLAIM), ["hl_parent 7 2000A/2000B HL"]),
        ((*FULL, "HL*3*1*22*0", PERSON[1], *CLAIM), []),
        ((*FULL, "HL*3**20*1", PROVIDER[1], "HL*4*3*22*0", PERSON[1], *CLAIM), []),
        ((*FULL, "HL*3**20*1", PROVIDER[1], "HL*4*1*22*0", PERSON[1], *CLAIM),
         ["hl_parent 14 2000A/2000B HL"]),
        ((*TREE, "CLM*A1*10", "LX*2", "AMT*1"), ["lx_sequence 10 2000A/2000B/2300/2400 LX"]),
        ((*TREE, "CLM*A1*10", "LX*1", "AMT*1", "LX*1", "AMT*1"),
         ["lx_sequence 12 2000A/2000B/2300/2400 LX"]),
        ((*TREE, *CLAIM, "CLM*A2*10", "LX*1", "AMT*1"), []),
        ((*TREE, *CLAIM, "CLM*A2*10", "LX*2", "AMT*1"),
         ["lx_sequence 13 2000A/2000B/2300/2400 LX"]),
    ],
)  # fmt: skip
def test_numbers_that_go_up(segments: tuple[str, ...], expected: list[str]) -> None:
    data = x12(*segments)
    assert places(data) == expected
    assert there_and_back(data) == data


def test_a_finding_says_everything_about_its_place() -> None:
    (finding,) = findings(x12(*TREE, "CLM*A1*10*1:Q", *CLAIM[1:]))
    assert finding.to_dict(reveal=True) == {
        "rule": "element_code", "snip_type": 2, "severity": "error", "level": "element",
        "ack_code": "7", "reason": "CLM03-02 code: is none of the allowed codes (B)",
        "place": "CLM03-02", "interchange": 1, "group": 1, "transaction": 1,
        "segment_in_file": 11, "segment_ordinal": 9, "segment_id": "CLM",
        "loop_path": "2000A/2000B/2300", "loop_id": "2300", "element": 3, "component": 2,
        "value": "Q",
    }  # fmt: skip


def test_a_finding_does_not_show_its_value() -> None:
    (finding,) = findings(x12(*TREE, "CLM*A1*SECRET", *CLAIM[1:]))
    assert finding.value is not None
    assert finding.value.reveal() == "SECRET"
    assert "SECRET" not in f"{finding} {finding!r} {finding.to_dict()} {finding.value}"


def test_units_carry_the_findings_that_lie_in_them() -> None:
    claims = ("CLM*A1*X", *CLAIM[1:]), ("CLM*A2*10", "LX*2", "AMT*10"), ("CLM*A3*Y", *CLAIM[1:])
    data = x12(*TREE, *(s for claim in claims for s in claim))
    units = [e for e in events(data, "unit") if isinstance(e, DocumentText)]
    rules = [[f.rule.id for f in u.findings] for u in units]
    assert rules == [["element_character"], ["lx_sequence"], ["element_character"]]
    ranges = [(u.unit, u.first_segment, u.last_segment) for u in units]
    assert ranges == [(1, 9, 11), (2, 12, 14), (3, 15, 17)]


def test_findings_around_units_go_with_those_that_follow() -> None:
    """A subscriber's fault is a fault of each of its claims, not of another subscriber's."""
    bad = ("HL*2*1*22*9", PERSON[1])
    other = ("HL*3*1*22*0", PERSON[1])
    data = x12(*BEGIN, *PROVIDER, *bad, *CLAIM, *CLAIM, *other, *CLAIM)
    units = [e for e in events(data, "unit") if isinstance(e, DocumentText)]
    assert [len(u.findings) for u in units] == [1, 1, 0]


def test_findings_are_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ediport.x12.limits.findings_per_transaction_max", 5)
    found = findings(x12(*BEGIN, *["ZZZ*1"] * 20))
    assert [f.rule.id for f in found] == ["segment_unknown"] * 5 + ["findings_suppressed"]
    (end,) = [e for e in events(x12(*BEGIN, *["ZZZ*1"] * 20)) if isinstance(e, TransactionEnd)]
    assert (end.errors, end.findings_suppressed, end.accepted) == (20, 15, False)


def test_unplaced_segments_are_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ediport.x12.limits.unplaced_segments_max", 3)
    (document,) = documents(x12(*BEGIN, *["ZZZ*1"] * 20))
    assert len(document["transaction"]["receiver_1000"]["_unplaced"]) == 3


def test_the_small_guide_has_what_these_tests_need() -> None:
    assert [s.id for s in SMALL.root.segments()] == [
        "ST", "BGN", "REF", "REF", "REF", "DTP", "N1", "N3", "HL", "NM1", "NTE", "HL", "NM1",
        "CLM", "DTP", "LX", "AMT", "PLB", "SE",
    ]  # fmt: skip
    assert isinstance(findings(x12())[0], Finding)
