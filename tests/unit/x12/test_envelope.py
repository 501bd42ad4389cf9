"""ISA to IEA, GS to GE, ST to SE, TA1: what is wrong with them, where it is told, and what comes back."""

from __future__ import annotations

from itertools import groupby

import pytest

from ediport.x12.events import (
    Event,
    GroupBegin,
    GroupEnd,
    InterchangeBegin,
    InterchangeEnd,
    TransactionBegin,
    TransactionEnd,
)
from ediport.x12.findings import Finding
from ediport.x12.reader import Split
from tests.unit.x12.small_guide import GUIDE
from tests.unit.x12.x12_files import (
    BEGIN,
    FULL,
    GROUP,
    HEADER,
    documents,
    events,
    findings,
    rules,
    there_and_back,
    whole,
    x12,
)

GOOD = x12(*FULL)
SET = (f"ST*100*0001*{GUIDE}", *BEGIN, "SE*5*0001")
ENDS = ("GE*1*1", "IEA*1*000000001")


def changed(old: str, new: str, data: bytes = GOOD) -> bytes:
    assert data.count(old.encode()) >= 1
    return data.replace(old.encode(), new.encode(), 1)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("*00501*", "*00999*", "interchange_version_unknown"),
        ("*000000001*0*", "*00000000A*0*", "isa_element_invalid"),
        ("*000000001*0*T", "*000000001*2*T", "isa_element_invalid"),
        ("*0*T*", "*0*X*", "isa_element_invalid"),
        ("*260102*", "*261302*", "isa_element_invalid"),
        ("*0600*^", "*2500*^", "isa_element_invalid"),
        ("*ZZ*SENDER         *", "*Z*SENDER         *", "isa_element_length"),
        ("IEA*1*", "IEA*2*", "interchange_group_count"),
        ("IEA*1*", "IEA*X*", "interchange_group_count"),
        ("IEA*1*000000001", "IEA*1", "interchange_control_number_mismatch"),
        ("IEA*1*000000001~", "", "interchange_trailer_missing"),
    ],
)
def test_interchange(old: str, new: str, rule: str) -> None:
    (found, *_) = [f for f in findings(changed(old, new)) if f.rule.id == rule]
    assert (found.level, found.interchange, found.group, found.transaction) == (
        "interchange", 1, 0, 0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("GS*XX*", "GS**", "group_element_invalid"),
        ("*SENDER*RECEIVER*", "*S*RECEIVER*", "group_element_invalid"),
        ("*20260102*", "*20260230*", "group_element_invalid"),
        ("*0600*1*X*", "*2460*1*X*", "group_element_invalid"),
        ("*0600*1*X*", "*0600*A*X*", "group_element_invalid"),
        ("*0600*1*X*", "*0600*1**", "group_element_invalid"),
        (f"*X*{GUIDE}~ST", f"*X*{GUIDE}*1~ST", "group_element_invalid"),
        ("GE*1*", "GE*2*", "group_transaction_count"),
        ("GE*1*1", "GE*1*2", "group_control_number_mismatch"),
        ("GE*1*1~", "", "group_trailer_missing"),
        ("ST*100", "ZZ*9~ST*100", "group_content_invalid"),
    ],
)
def test_group(old: str, new: str, rule: str) -> None:
    (found, *_) = [f for f in findings(changed(old, new)) if f.rule.id == rule]
    assert (found.level, found.interchange, found.group, found.transaction) == ("group", 1, 1, 0)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("ST*100*", "ST**", "transaction_set_missing"),
        ("ST*100*", "ST*999*", "transaction_set_unknown"),
        ("ST*100*0001*", "ST*100*1*", "transaction_control_number_missing"),
        ("ST*100*0001*", "ST*100*0123456789*", "transaction_control_number_missing"),
        ("SE*12*0001", "SE*12*0002", "transaction_control_number_mismatch"),
        ("SE*12*", "SE*11*", "transaction_segment_count"),
        ("SE*12*", "SE*X*", "transaction_segment_count"),
        ("SE*12*0001~", "", "transaction_trailer_missing"),
    ],
)
def test_transaction_set(old: str, new: str, rule: str) -> None:
    (found, *_) = [f for f in findings(changed(old, new)) if f.rule.id == rule]
    assert (found.level, found.interchange, found.group, found.transaction) == (
        "transaction", 1, 1, 1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        ((HEADER, *SET, *ENDS), "group_header_missing"),
        ((HEADER, "REF*1L*A", GROUP, *SET, *ENDS), "interchange_content_invalid"),
        ((HEADER, "GE*1*1", GROUP, *SET, *ENDS), "interchange_content_invalid"),
        ((HEADER, GROUP, "SE*1*1", *SET, *ENDS), "group_content_invalid"),
        ((HEADER, GROUP, *SET, *SET, "GE*2*1", ENDS[1]), "transaction_control_number_repeated"),
        (
            (HEADER, GROUP, *SET, ENDS[0], GROUP, *SET, ENDS[0], "IEA*2*000000001"),
            "group_control_number_repeated",
        ),
        (
            (HEADER, GROUP, *SET, *ENDS, HEADER, GROUP, *SET, *ENDS),
            "interchange_control_number_repeated",
        ),
        ((HEADER, GROUP, *SET, ENDS[0], "TA1*1*260102*0600*A*000", ENDS[1]),
         "acknowledgment_misplaced"),
        ((HEADER, GROUP.replace(GUIDE, "005010X000"), "ST*100*0001", *SET[1:], *ENDS),
         "group_guide_unknown"),
    ],
)  # fmt: skip
def test_order_and_repeats(segments: tuple[str, ...], expected: str) -> None:
    assert expected in rules(whole(*segments))


def kinds(found: list[Event]) -> list[str]:
    return [type(e).__name__ for e in found if not isinstance(e, Finding)]


def test_events_nest() -> None:
    data = whole(HEADER, GROUP, *SET, *SET[:1], *SET[1:], "GE*2*1", ENDS[1])
    names = [n for n in kinds(events(data)) if n != "DocumentText"]
    assert names == [
        "InterchangeBegin", "GroupBegin", "TransactionBegin", "TransactionEnd",
        "TransactionBegin", "TransactionEnd", "GroupEnd", "InterchangeEnd",
    ]  # fmt: skip


@pytest.mark.parametrize("split", ["none", "unit"])
def test_documents_come_before_the_ends_of_their_levels(split: Split) -> None:
    names = [n for n in kinds(events(GOOD * 2, split)) if n.endswith(("Text", "End"))]
    ends = ["TransactionEnd", "GroupEnd", "InterchangeEnd"]
    pieces = [k for k, _ in groupby(names)]
    assert pieces == ["DocumentText", *ends] * 2


def test_totals() -> None:
    bad = ("ST*100*0002", *BEGIN[:1], "SE*3*0002")
    data = whole(HEADER, GROUP, *SET, *bad, "GE*3*1", ENDS[1])
    found = events(data)
    ends = [e for e in found if isinstance(e, TransactionEnd)]
    assert [(e.control_number, e.segment_count, e.errors, e.accepted) for e in ends] == [
        ("0001", 5, 0, True),
        ("0002", 3, 2, False),
    ]
    (group,) = [e for e in found if isinstance(e, GroupEnd)]
    assert (group.transactions, group.declared, group.accepted, group.errors) == (2, 3, 1, 1)
    (interchange,) = [e for e in found if isinstance(e, InterchangeEnd)]
    assert (interchange.control_number, interchange.groups, interchange.errors) == (
        "000000001", 1, 0,
    )  # fmt: skip


def test_headers_are_as_in_the_file() -> None:
    found = events(GOOD)
    (interchange,) = [e for e in found if isinstance(e, InterchangeBegin)]
    (group,) = [e for e in found if isinstance(e, GroupBegin)]
    (begin,) = [e for e in found if isinstance(e, TransactionBegin)]
    assert interchange.header == tuple(HEADER.split("*")[1:])
    assert group.header == tuple(GROUP.split("*")[1:])
    assert (begin.header, begin.guide, begin.transaction_set) == (
        ("100", "0001", GUIDE), GUIDE, "100",
    )  # fmt: skip


@pytest.mark.parametrize(
    "segments",
    [
        (HEADER, "IEA*0*000000001"),
        (HEADER, "IEA*1*000000001"),
        (HEADER, "TA1*000000009*260102*0600*A*000", "IEA*0*000000001"),
        (HEADER, GROUP, "GE*0*1", "IEA*1*000000001"),
        (HEADER, GROUP, "GE*7*9", "IEA*1*000000001"),
        (HEADER, GROUP, "GE*0*1", GROUP, "GE*0*1", "IEA*2*000000001"),
        (HEADER, GROUP, *SET, "GE*01*1", "IEA*1*000000009"),
        (HEADER, GROUP, *SET, ENDS[0], GROUP, *SET, ENDS[0], "IEA*2*000000001"),
        (HEADER, GROUP, *SET, *SET, "GE*2*1", ENDS[1]),
        (HEADER, GROUP, *SET, *ENDS, HEADER, GROUP, *SET, *ENDS),
        (HEADER, *ENDS[1:], HEADER, *ENDS[1:]),
        (HEADER, GROUP, *SET, ENDS[0], "TA1*1*260102*0600*A*000", ENDS[1]),
        (HEADER, "TA1*1*260102*0600*A*000", "TA1*2*260102*0600*R*023", GROUP, *SET, *ENDS),
    ],
)
def test_envelopes_come_back(segments: tuple[str, ...]) -> None:
    """Empty ones, equal ones one after another, and ones whose counts are wrong."""
    data = whole(*segments, end="~\n")
    assert there_and_back(data) == data


def test_empty_envelopes_are_documents_of_their_own() -> None:
    data = whole(HEADER, "TA1*000000009*260102*0600*A*000", "IEA*0*000000001")
    (document,) = documents(data)
    assert "group" not in document
    assert document["interchange"]["interchange_acknowledgment_TA1"] == [
        {
            "interchange_control_number_01": "000000009",
            "interchange_date_02": "260102",
            "interchange_time_03": "0600",
            "interchange_acknowledgment_code_04": "A",
            "interchange_note_code_05": "000",
        }
    ]


def test_a_misplaced_acknowledgment_does_not_part_the_interchange() -> None:
    second = GROUP.replace("*1*X*", "*2*X*")
    data = whole(
        HEADER, GROUP, *SET, "GE*1*1", "TA1*1*260102*0600*A*000", second, *SET, "GE*1*2",
        "IEA*2*000000001",
    )  # fmt: skip
    names = [s.split(b"*")[0] for s in there_and_back(data).split(b"~") if s]
    assert names.count(b"ISA") == names.count(b"IEA") == names.count(b"TA1") == 1


def test_findings_stay_with_their_level_however_it_ends() -> None:
    """A stray segment between groups is told before the next group begins."""
    second = GROUP.replace("*1*X*", "*2*X*")
    data = whole(HEADER, GROUP, *SET, "GE*1*1", "ZZ*1", second, *SET, "GE*1*2", "IEA*2*000000001")
    names = [
        e.rule.id if isinstance(e, Finding) else f"{type(e).__name__} {getattr(e, 'ordinal', '')}"
        for e in events(data)
    ]
    assert names.index("interchange_content_invalid") < names.index("GroupBegin 2")
