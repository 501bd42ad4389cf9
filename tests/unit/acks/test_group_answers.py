"""AK1 and AK9: how a group is answered, with which kind, and with which verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ediport.x12.acks import AckOptions, Judgment, acknowledge
from ediport.x12.delimiters import Delimiters
from ediport.x12.events import GroupBegin, InterchangeBegin, InterchangeEnd, TransactionBegin
from tests.unit.acks.ack_answers import (
    NOW,
    Numbers,
    Received,
    answer,
    body,
    finding,
    group,
    gs,
    interchange,
    isa,
    lines,
    parse,
    transaction,
)

FAULT = finding("segment_unexpected", 5, "REF")


def ak9(events: Received, options: AckOptions | None = None) -> list[str]:
    return [line for line in body(events, options) if line.startswith("AK9")]


def test_all_some_and_none_accepted() -> None:
    good, bad = transaction("0001"), transaction("0002", FAULT)
    assert ak9(interchange(group(good, bad))) == ["AK9*P*2*2*1"]
    assert ak9(interchange(group(bad))) == ["AK9*R*1*1*0"]
    assert ak9(interchange(group())) == ["AK9*A*0*0*0"]


def test_an_unknown_guide_rejects_the_group_and_lists_its_sets() -> None:
    header = gs("HC", "9", "005010X999")
    sets = [transaction(n, header=("837", n, "005010X999"), guide=None) for n in ("0001", "0002")]
    found = [finding("group_guide_unknown")]
    assert body(interchange(group(*sets, header=header, findings=found, guide=None))) == [
        "AK1*HC*9*005010X999",
        "AK2*837*0001*005010X999",
        "IK5*R*I6",
        "AK2*837*0002*005010X999",
        "IK5*R*I6",
        "AK9*R*2*2*0*2",
    ]


def test_an_unknown_guide_is_seen_without_a_finding() -> None:
    assert ak9(interchange(group(guide=None))) == ["AK9*R*0*0*0*2"]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("group_trailer_missing", "3"),
        ("group_control_number_mismatch", "4"),
        ("group_transaction_count", "5"),
        ("group_control_number_repeated", "19"),
        ("group_content_invalid", "6"),
        ("group_element_invalid", "6"),
    ],
)
def test_an_error_of_the_group_rejects_it(rule: str, code: str) -> None:
    events = interchange(group(transaction(), declared=3, findings=[finding(rule)]))
    assert ak9(events) == [f"AK9*R*3*1*0*{code}"]


@pytest.mark.parametrize(("element", "code"), [(1, "1"), (6, "6"), (8, "2"), (4, "6")])
def test_a_fault_of_a_gs_element_has_its_code(element: int, code: str) -> None:
    found = [finding("group_element_invalid", element=element)]
    assert ak9(interchange(group(transaction(), findings=found))) == [f"AK9*R*1*1*0*{code}"]


def test_a_set_without_a_guide_says_so_whatever_else_is_wrong() -> None:
    rows = [
        finding("segment_id_invalid", 4, "?"),
        finding("transaction_segment_count", transaction=1),
    ]
    text = body(interchange(group(transaction("0001", *rows, guide=None))))
    assert text[2:4] == ["IK3*ZZZ*4**1", "IK5*R*I6*4*5"]
    unknown = [finding("transaction_set_unknown", transaction=1)]
    text = body(interchange(group(transaction("0001", *unknown, guide=None))))
    assert text[2] == "IK5*R*1"


def test_codes_that_do_not_reject_are_an_option() -> None:
    options = AckOptions(rejecting_group_codes=frozenset({"2"}))
    found = [finding("group_transaction_count")]
    events = interchange(group(transaction(), declared=3, findings=found))
    assert ak9(events, options) == ["AK9*E*3*1*1*5"]


def test_a_missing_count_is_none() -> None:
    found = [finding("group_trailer_missing")]
    assert ak9(interchange(group(transaction(), declared=None, findings=found))) == [
        "AK9*R*0*1*0*3"
    ]


@pytest.mark.parametrize(
    "header", [("837",), ("837", "1"), ("837", "1234567890"), ("", "0001"), ("837", "00ü1")]
)
def test_a_set_that_cannot_be_named_is_counted_not_listed(header: tuple[str, ...]) -> None:
    events = interchange(group(transaction("0001"), transaction(header=header)))
    assert body(events)[1:] == ["AK2*837*0001*005010X222A1", "IK5*A", "AK9*R*2*2*0*5"]


def test_a_convention_that_cannot_be_repeated_is_left_out() -> None:
    events = interchange(group(transaction(header=("837", "0001", "0050\x01"))))
    assert body(events)[1] == "AK2*837*0001"


@pytest.mark.parametrize(
    "header", [gs("", "1"), gs("H", "1"), gs("HC", "A"), gs("HC", "1234567890"), gs("hc"), ("HC",)]
)
def test_a_group_that_cannot_be_named_is_reported_by_the_ta1(header: tuple[str, ...]) -> None:
    bad = group(transaction(), header=header)
    assert lines(interchange(bad))[1:] == ["TA1*000000905*261122*1010*R*024", "IEA*0*000000001"]
    both = lines(interchange(group(transaction()), bad))
    assert both[1] == "TA1*000000905*261122*1010*E*024"
    assert both.count("AK9*A*1*1*1") == 1


def test_answers_are_never_answered() -> None:
    found = [finding("group_guide_unknown"), finding("group_transaction_count")]
    answers = group(
        transaction("0002", FAULT, header=("999", "0001")),
        header=gs("FA", "1", "005010X231A1"),
        findings=found,
        guide=None,
    )
    assert answer(interchange(answers), AckOptions(ta1="never")) == b""
    assert lines(interchange(answers))[1] == "TA1*000000905*261122*1010*A*000"


def test_each_group_gets_a_set_of_its_own() -> None:
    events = interchange(group(transaction()), group(transaction(), header=gs("HC", "78")))
    answers = parse(answer(events, AckOptions(ta1="never")))
    assert len(answers) == 1
    assert [s[:3] for s in answers[0].groups[0] if s[0] in ("ST", "AK1")] == [
        ["ST", "999", "0001"],
        ["AK1", "HC", "77"],
        ["ST", "999", "0002"],
        ["AK1", "HC", "78"],
    ]


def test_groups_of_other_parties_are_answered_in_other_groups() -> None:
    other = gs("HC", "78", sender="OTHER")
    events = interchange(group(transaction()), group(transaction(), header=other))
    found = parse(answer(events, AckOptions(ta1="never")))[0]
    assert [g[0][2:4] for g in found.groups] == [["PAYAPP", "SUBAPP"], ["PAYAPP", "OTHER"]]


def test_application_codes_fall_back_to_interchange_ids() -> None:
    header = gs("HC", "78", sender="", receiver="X")
    found = parse(answer(interchange(group(transaction(), header=header))))[1]
    assert found.groups[0][0][2:4] == ["PAYER", "SUBMITTER"]


@pytest.mark.parametrize(
    ("header", "kind", "version"),
    [
        (gs("HC", "1", "005010X222"), "999", "005010X231A1"),
        (gs("PI", "1", "006020X314"), "999", "005010X231A1"),
        (gs("HC", "1", "005010"), "999", "005010X231A1"),
        (gs("HC", "1", "garbage"), "999", "005010X231A1"),
        (gs("HC", "1", ""), "997", "005010"),
        (gs("PO", "1", "005010"), "997", "005010"),
        (gs("PO", "1", "004030"), "997", "004030"),
        (gs("HC", "1", "004010X098A1"), "997", "004010"),
    ],
)
def test_the_kind_follows_from_the_release(
    header: tuple[str, ...], kind: str, version: str
) -> None:
    found = parse(answer(interchange(group(transaction(), header=header))))[1]
    assert found.groups[0][0][8] == version
    assert found.groups[0][1][1] == kind


def test_a_group_without_an_end_is_closed() -> None:
    events: Received = [InterchangeBegin(1, isa(), Delimiters(), 1)]
    events += [GroupBegin(1, gs(), "g"), TransactionBegin(1, ("837", "0001"), "g", "837")]
    events += [InterchangeEnd(1, "", 1, 0)]
    assert body(events) == ["AK1*HC*77*005010X222A1", "AK2*837*0001", "IK5*R*2", "AK9*R*0*1*0*3"]


def test_judgments_are_those_of_the_answer() -> None:
    unlisted = transaction(header=("837", "1"))
    groups = [group(transaction()), group(transaction(), unlisted), group(header=gs("H"))]
    groups.append(group(header=gs("FA", "1", "005010X231A1")))
    for number, events in enumerate(groups, 1):
        begin = events[0]
        assert isinstance(begin, GroupBegin)
        events[0] = replace(begin, ordinal=number)
    heard: list[Judgment] = []
    answers = acknowledge(
        interchange(*groups), control_numbers=Numbers(), now=NOW, judged=heard.append
    )
    text = b"".join(answers)
    assert [(j.group, j.status) for j in heard] == [(1, "A"), (2, "R"), (3, "R"), (0, "E")]
    assert {j.interchange for j in heard} == {1}
    rows = [s[1] for a in parse(text) for g in a.groups for s in g if s[0] == "AK9"]
    assert rows == ["A", "R"]


def test_answers_only_for_errors() -> None:
    options = AckOptions(ta1="never", functional="errors")
    good = group(transaction("0001"))
    bad = group(transaction("0002", FAULT), header=gs("HC", "78"))
    assert answer(interchange(good), options) == b""
    found = parse(answer(interchange(good, bad, good), options))[0]
    assert [s[2] for s in found.groups[0] if s[0] == "AK1"] == ["78"]
    assert len(found.groups) == 1
    never = AckOptions(ta1="never", functional="never")
    assert answer(interchange(bad), never) == b""
