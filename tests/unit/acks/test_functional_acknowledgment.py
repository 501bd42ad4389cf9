"""The 997: the answer to releases before 005010."""

from __future__ import annotations

import pytest

from ediport.x12.acks import AckOptions, BusinessUnit, Context
from ediport.x12.delimiters import Delimiters
from ediport.x12.findings import Guarded
from tests.unit.acks.ack_answers import (
    answer,
    finding,
    group,
    gs,
    interchange,
    isa,
    lines,
    parse,
    transaction,
)

OLD = isa(isa11="U", isa12="00401")
QUIET = AckOptions(ta1="never")
SEPARATORS = Delimiters(repetition=b"")
HEADER = gs("HC", "17", "004010X098A1")


def test_the_whole_of_it() -> None:
    rows = [
        finding(
            "element_code", 8, "NM1", loop_path="2010AA", element=8, data_element="66", value="M^"
        ),
        finding("segment_not_used", 9, "PWK"),
    ]
    sets = group(transaction("0021", *rows, header=("837", "0021")), header=HEADER)
    unit = Context(BusinessUnit("CLM01", Guarded("1")))
    events = interchange(sets, header=OLD, delimiters=SEPARATORS)
    assert lines(events, QUIET, context=lambda _: unit) == [
        (
            "ISA*00*          *00*          *30*PAYER          *ZZ*SUBMITTER      "
            "*261123*0905*U*00401*000000001*0*T*:"
        ),
        "GS*FA*PAYAPP*SUBAPP*20261123*0905*1*X*004010",
        "ST*997*0001",
        "AK1*HC*17",
        "AK2*837*0021",
        "AK3*NM1*8*2010*8",
        "AK4*8*66*7*M^",
        "AK3*PWK*9**2",
        "AK5*R*5",
        "AK9*R*1*1*0",
        "SE*9*0001",
        "GE*1*1",
        "IEA*1*000000001",
    ]


@pytest.mark.parametrize(
    ("rule", "code"),
    [("repeats_too_many", "3"), ("element_pattern", "7"), ("element_not_used", "3")],
)
def test_codes_of_the_999_become_the_nearest(rule: str, code: str) -> None:
    sets = transaction("0001", finding(rule, 8, "NM1", element=2), header=("837", "0001"))
    text = lines(interchange(group(sets, header=HEADER), header=OLD, delimiters=SEPARATORS), QUIET)
    assert f"AK4*2**{code}" in text


def test_a_guide_that_is_not_there() -> None:
    sets = transaction("0001", header=("837", "0001"), guide=None)
    events = interchange(group(sets, header=HEADER, guide=None), header=OLD, delimiters=SEPARATORS)
    text = lines(events, QUIET)
    assert text[5:7] == ["AK5*R*1", "AK9*R*1*1*0*2"]
    repeated = [finding("group_control_number_repeated")]
    again = interchange(group(sets, header=HEADER, findings=repeated), header=OLD)
    assert "AK9*R*1*1*0*6" in lines(again, QUIET)


def test_early_releases_have_short_dates() -> None:
    header = isa(isa11="U", isa12="00303")  # answered in 00401
    events = interchange(group(header=gs("PO", "1", "003030")), header=header)
    assert "GS*FA*PAYAPP*SUBAPP*261123*0905*1*X*003030" in lines(events, QUIET)


def test_both_kinds_in_one_interchange() -> None:
    old = group(transaction(header=("837", "0001")), header=HEADER)
    found = parse(answer(interchange(old, group(transaction())), QUIET))[0]
    assert found.isa[12] == "00501"
    assert [g[0][8] for g in found.groups] == ["004010", "005010X231A1"]
