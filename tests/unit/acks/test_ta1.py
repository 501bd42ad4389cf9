"""The TA1: its place, its verdict, and when it is sent."""

from __future__ import annotations

import pytest

from ediport.x12.acks import AckOptions, acknowledge
from ediport.x12.delimiters import Delimiters
from ediport.x12.events import Event, InterchangeBegin
from ediport.x12.findings import Finding, Rule
from tests.unit.acks.ack_answers import (
    NOW,
    Numbers,
    answer,
    finding,
    group,
    interchange,
    isa,
    lines,
    parse,
    transaction,
)


def ta1(*findings: Finding, options: AckOptions | None = None, **isa_changes: str) -> list[str]:
    events = interchange(group(transaction()), header=isa(**isa_changes), findings=findings)
    return [line for line in lines(events, options) if line.startswith("TA1")]


def test_it_comes_first_in_an_interchange_of_its_own() -> None:
    found = parse(answer(interchange(group(transaction()))))
    assert [(len(a.ta1), len(a.groups)) for a in found] == [(1, 0), (0, 1)]
    assert found[0].ta1[0] == ["TA1", "000000905", "261122", "1010", "A", "000"]
    assert [a.isa[13] for a in found] == ["000000001", "000000002"]


def test_or_in_one_interchange_directly_after_isa() -> None:
    text = lines(interchange(group(transaction())), AckOptions(one_interchange=True))
    assert [line[:3] for line in text[:3]] == ["ISA", "TA1", "GS*"]
    assert text[-1] == "IEA*1*000000001"


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("interchange_trailer_missing", "023"),
        ("interchange_control_number_mismatch", "001"),
        ("interchange_group_count", "021"),
        ("interchange_content_invalid", "024"),
        ("isa_element_length", "022"),
        ("interchange_version_unknown", "017"),
    ],
)
def test_faults_that_leave_the_groups_answered_are_noted(rule: str, code: str) -> None:
    assert ta1(finding(rule)) == [f"TA1*000000905*261122*1010*E*{code}"]


@pytest.mark.parametrize(
    ("rule", "code"),
    [("interchange_control_number_repeated", "025"), ("delimiters_unusable", "026")],
)
def test_a_rejected_interchange_gets_no_999(rule: str, code: str) -> None:
    text = lines(interchange(group(transaction()), findings=[finding(rule)]))
    assert text[1:] == [f"TA1*000000905*261122*1010*R*{code}", "IEA*0*000000001"]


def test_what_rejects_is_an_option() -> None:
    options = AckOptions(rejecting_interchange_codes=frozenset({"023"}))
    found = finding("interchange_trailer_missing")
    assert ta1(found, options=options) == ["TA1*000000905*261122*1010*R*023"]


def test_nothing_taken_is_rejected() -> None:
    text = lines(interchange(findings=[finding("interchange_trailer_missing")]))
    assert text[1] == "TA1*000000905*261122*1010*R*023"


def test_the_gravest_code_is_named() -> None:
    rows = ["interchange_group_count", "interchange_trailer_missing", "isa_element_length"]
    assert ta1(*map(finding, rows)) == ["TA1*000000905*261122*1010*E*022"]


def test_an_error_is_named_before_a_warning() -> None:
    warning = Finding(Rule("soft", 1, "warning", "interchange", "022", "s"), "w", interchange=1)
    found = [warning, finding("interchange_group_count")]
    assert ta1(*found) == ["TA1*000000905*261122*1010*E*021"]


def test_each_isa_element_has_its_code() -> None:
    codes = [
        ta1(finding("isa_element_invalid", element=n))[0][-3:] for n in (1, 5, 9, 10, 14, 15, 16)
    ]
    assert codes == ["010", "005", "014", "015", "019", "020", "027"]


def test_a_warning_with_a_code_is_noted() -> None:
    rule = Rule("soft", 1, "warning", "interchange", "020", "summary")
    assert ta1(Finding(rule, "words", interchange=1)) == ["TA1*000000905*261122*1010*E*020"]
    assert ta1(finding("byte_order_mark")) == ["TA1*000000905*261122*1010*A*000"]


def test_findings_before_the_begin_belong_to_their_interchange() -> None:
    early: list[Event] = [finding("isa_element_length")]
    assert lines(early + interchange(group()))[1].endswith("E*022")
    other: list[Event] = [finding("isa_element_length", interchange=2)]
    assert lines(other + interchange(group()))[1].endswith("A*000")


@pytest.mark.parametrize(
    ("when", "requested", "faulty", "sent"),
    [
        ("always", "0", False, 1),
        ("requested", "0", True, 0),
        ("requested", "1", False, 1),
        ("errors", "1", False, 0),
        ("errors", "0", True, 1),
        ("never", "1", True, 0),
    ],
)
def test_when_it_is_sent(when: str, requested: str, faulty: bool, sent: int) -> None:
    found = [finding("interchange_group_count")] if faulty else []
    options = AckOptions(ta1=when)  # type: ignore[arg-type]
    assert len(ta1(*found, options=options, isa14=requested)) == sent


def test_an_interchange_of_answers_gets_none_unless_it_asks() -> None:
    assert answer(interchange()) == b""
    assert len(lines(interchange(header=isa(isa14="1")))) == 3


def test_what_cannot_be_repeated_is_made_valid() -> None:
    broken = interchange(group(transaction()), header=isa(isa13="AB12", isa09="261399", isa10="2"))
    assert lines(broken)[1] == "TA1*000000012*261123*0905*A*000"
    long = interchange(group(transaction()), header=isa(isa13="1234567890123", isa09="20261122"))
    assert lines(long)[1] == "TA1*567890123*261123*1010*A*000"
    nothing = answer([InterchangeBegin(1, (), Delimiters(), 1)])
    assert parse(nothing)[0].ta1[0][1:] == ["000000000", "261123", "0905", "R", "023"]


@pytest.mark.parametrize(
    ("received", "written"),
    [("P", "P"), ("T", "T"), ("I", "P"), ("", "P"), ("\x01", "P")],
)
def test_usage_is_kept_where_it_is_one(received: str, written: str) -> None:
    found = parse(answer(interchange(group(transaction()), header=isa(isa15=received))))
    assert [a.isa[15] for a in found] == [written, written]
    forced = answer(interchange(group()), AckOptions(usage="T"))
    assert parse(forced)[0].isa[15] == "T"


def test_ids_that_cannot_be_repeated_are_cleaned() -> None:
    header = isa(isa05="é", isa06="BAD\x00ID~", isa08="X" * 30)
    found = parse(answer(interchange(group(transaction()), header=header)))[0]
    assert found.isa[5:9] == ["30", "X" * 15, "ZZ", "BAD?ID?        "]


@pytest.mark.parametrize(
    "separators",
    [
        Delimiters(b"|", b">", b"<", b"\n"),
        Delimiters(b"\x1d", b"\x1f", b"\x1e", b"\x1c"),
        Delimiters(b"\x1f", b"\x1e", b"", b"'", b"\r\n"),
        Delimiters(b"\xa7", b":", b"^", b"\xa6"),
        Delimiters(b"*", b"^", b"", b"~"),
        Delimiters(b"?", b".", b"-", b"_", b"\n"),
        Delimiters(b"*", b"*", b"*", b"*"),
        Delimiters(b"A", b"B", b"C", b"D"),
        Delimiters(b"", b"", b"", b""),
        Delimiters(b"\n", b":", b"", b"~", b"\n"),
        Delimiters(b"*", b":", b"^", b"\n", b"\n"),
    ],
)
def test_any_separators_can_be_answered(separators: Delimiters) -> None:
    found = finding("element_code", 4, "NM1", element=3, value="?.-_#^*:~")
    events = interchange(group(transaction("0001", found)), delimiters=separators)
    assert len(parse(answer(events))) == 2
    options = AckOptions(delimiters=separators)
    assert len(parse(answer(interchange(group(transaction("0001", found))), options))) == 2


def test_numbers_are_drawn_for_what_is_written_only() -> None:
    numbers = Numbers()
    events = interchange(
        group(transaction()), findings=[finding("interchange_control_number_repeated")]
    )
    assert list(acknowledge(events, control_numbers=numbers, now=NOW))
    assert numbers.drawn == {"interchange": 1, "group": 0, "transaction": 0}


def test_the_repetition_separator_is_kept() -> None:
    events = interchange(group(transaction()), delimiters=Delimiters(repetition=b"|"))
    assert [a.isa[11] for a in parse(answer(events))] == ["|", "|"]


def test_an_interchange_inside_another_ends_it() -> None:
    events = interchange(group(transaction()))[:-1] + interchange(group(transaction()))
    found = parse(answer(events))
    assert [a.ta1[0][4:] for a in found if a.ta1] == [["E", "023"], ["A", "000"]]


def test_several_interchanges_and_one_without_an_end() -> None:
    events = interchange(group(transaction())) + interchange(group(transaction()))[:-1]
    found = parse(answer(events))
    assert [a.ta1[0][4:] for a in found if a.ta1] == [["A", "000"], ["E", "023"]]
    assert len(found) == 4


def test_a_set_outside_of_any_group_is_reported() -> None:
    assert lines(interchange(transaction()))[1].endswith("R*024")
    stray = finding("segment_unexpected", segment_id="REF")
    assert ta1(stray) == ["TA1*000000905*261122*1010*E*024"]
