"""The 999: what stands in it for what was found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ediport.x12.acks import AckOptions, BusinessUnit, Context, ContextOf, Trigger
from ediport.x12.acks.context import no_context
from ediport.x12.delimiters import Delimiters
from ediport.x12.events import TransactionEnd
from ediport.x12.findings import Finding, Guarded, Rule
from tests.unit.acks.ack_answers import (
    answer,
    body,
    finding,
    group,
    gs,
    interchange,
    lines,
    parse,
    transaction,
)

QUIET = AckOptions(ta1="never")


def body_of(*findings: Finding, context: ContextOf = no_context) -> list[str]:
    """IK3 to IK5 for one set with these findings."""
    return body(interchange(group(transaction("0001", *findings))), QUIET, context=context)[2:-1]


def test_a_clean_set_is_accepted() -> None:
    assert body(interchange(group(transaction()))) == [
        "AK1*HC*77*005010X222A1",
        "AK2*837*0001*005010X222A1",
        "IK5*A",
        "AK9*A*1*1*1",
    ]


def test_the_envelope_answers_the_sender() -> None:
    text = lines(interchange(group(transaction())), QUIET)
    assert text[0] == (
        "ISA*00*          *00*          *30*PAYER          *ZZ*SUBMITTER      "
        "*261123*0905*^*00501*000000001*0*T*:"
    )
    assert text[1:3] == [
        "GS*FA*PAYAPP*SUBAPP*20261123*0905*1*X*005010X231A1",
        "ST*999*0001*005010X231A1",
    ]
    assert text[-3:] == ["SE*6*0001", "GE*1*1", "IEA*1*000000001"]


def test_an_835_is_answered_like_any_other() -> None:
    header = gs("HP", "5", "005010X221A1")
    events = interchange(group(transaction(header=("835", "1234")), header=header))
    assert body(events)[:3] == ["AK1*HP*5*005010X221A1", "AK2*835*1234", "IK5*A"]


def test_an_element_error_hangs_under_its_segment() -> None:
    found = finding(
        "element_code", 22, "CLM", loop_path="2000A/2000B/2300", element=5, component=3,
        data_element="1325", value="9",
    )  # fmt: skip
    assert body_of(found) == ["IK3*CLM*22*2300*8", "IK4*5:3*1325*7*9", "IK5*R*5"]


def test_findings_of_one_segment_share_an_ik3_and_come_by_position() -> None:
    rows = [
        finding("element_code", 30, "REF", loop_path="2300", element=1, value="XX"),
        finding("element_required", 12, "NM1", loop_path="2010AA", element=9, data_element="67"),
        finding("element_too_long", 30, "REF", loop_path="2300", element=2, value="A" * 120),
        finding("segment_repeat", 30, "REF", loop_path="2300"),
    ]
    assert body_of(*rows) == [
        "IK3*NM1*12*2010*8",
        "IK4*9*67*1",
        "IK3*REF*30*2300*8",
        "IK4*1**7*XX",
        f"IK4*2**5*{'A' * 99}",
        "IK3*REF*30*2300*5",
        "IK5*R*5",
    ]


def test_a_missing_segment_is_reported_where_it_was_missed() -> None:
    found = finding("segment_required", 57, "REF", loop_path="2000A/2010AA")
    assert body_of(found) == ["IK3*REF*57*2010*3", "IK5*R*5"]


def test_an_option_lets_loop_ids_of_guides_through() -> None:
    found = finding("segment_required", 57, "REF", loop_path="2000A/2010AA")
    options = AckOptions(ta1="never", loop_id_characters_max=6)
    assert body(interchange(group(transaction("0001", found))), options)[2] == "IK3*REF*57*2010AA*3"


def test_errors_against_the_guide_are_told_from_those_against_the_standard() -> None:
    guide = finding("segment_not_used", 9, "PWK", loop_path="2300")
    element = finding("element_not_used", 9, "NM1", loop_path="2010AA", element=7, value="X")
    standard = finding("segment_unexpected", 10, "ZZZ")
    assert body_of(guide)[-1] == "IK5*R*I5"
    assert body_of(element)[-1] == "IK5*R*I5"
    assert body_of(standard)[-1] == "IK5*R*5"
    assert body_of(guide, standard)[-1] == "IK5*R*5*I5"


def test_set_level_codes_come_first_and_five_at_most() -> None:
    rows = ["segment_count", "control_number_mismatch", "trailer_missing"]
    rows += ["control_number_repeated", "set_missing"]
    found = [finding(f"transaction_{row}") for row in rows]
    assert body_of(*found, finding("segment_empty", 4, "REF"))[-1] == "IK5*R*4*3*2*23*6"


def test_a_set_without_a_guide_is_rejected() -> None:
    events = interchange(group(transaction("0001", guide=None), transaction("0002")))
    assert [line for line in body(events) if line[:3] in ("IK5", "AK9")] == [
        "IK5*R*I6",
        "IK5*A",
        "AK9*P*2*2*1",
    ]


def test_a_warning_with_a_code_is_noted_and_accepted() -> None:
    rule = Rule("soft", 5, "warning", "element", "7", "summary")
    found = Finding(rule, "words", transaction=1, segment_ordinal=8, segment_id="HI", element=1)
    events = interchange(group(transaction("0001", found)))
    assert body(events)[2:] == ["IK3*HI*8**8", "IK4*1**7", "IK5*E*5", "AK9*E*1*1*1"]


def test_a_warning_without_a_code_is_not_noted() -> None:
    assert body_of(finding("trailing_separator", 8, "HI")) == ["IK5*A"]


def test_an_error_without_a_code_rejects_all_the_same() -> None:
    rule = Rule("silent", 3, "error", "segment", None, "summary")
    found = Finding(rule, "words", transaction=1, segment_ordinal=8, segment_id="CLM")
    assert body_of(found) == ["IK5*R*5"]


@pytest.mark.parametrize(
    ("value", "copy"),
    [
        ("plain", "plain"),
        ("blank end  ", "blank end"),
        ("   ", ""),
        ("a:b^c", "a?b?c"),
        ("tab\tand\x00nul", "tab?and?nul"),
        ("Müller €", "M?ller ?"),
        ("x" * 98 + " y", "x" * 98),
        ("", ""),
    ],
)
def test_the_copy_of_bad_data_never_breaks_the_answer(value: str, copy: str) -> None:
    found = finding("element_character", 8, "NM1", element=3, value=value)
    expected = f"IK4*3**6*{copy}" if copy else "IK4*3**6"
    assert body_of(found)[1] == expected


def test_no_copy_where_nothing_is_there() -> None:
    found = finding("element_required", 8, "NM1", element=3, value="left over")
    assert body_of(found)[1] == "IK4*3**1"


def test_a_value_never_holds_the_separators_of_the_answer() -> None:
    found = finding("element_code", 8, "NM1", element=3, value="a|b*c~d?e")
    separators = Delimiters(b"|", b"?", b"^", b"~", b"\r\n")
    events = interchange(group(transaction("0001", found)), delimiters=separators)
    text = answer(events, QUIET)
    assert b"IK4|3||7|a.b*c.d.e~\r\n" in text
    parse(text)


def test_position_has_component_and_repeat() -> None:
    found = finding("element_code", 8, "HI", element=2, repeat=3, value="A")
    assert body_of(found)[1] == "IK4*2::3**7*A"
    far = finding("elements_too_many", 8, "HI", element=150, value="A")
    assert body_of(far)[1] == "IK4*99**3*A"


def test_a_segment_without_a_usable_id_is_found_by_its_position() -> None:
    assert body_of(finding("segment_id_invalid", 8, "Q*"))[0] == "IK3*ZZZ*8**1"
    assert body_of(finding("segment_id_invalid", 8, "LONGER"))[0] == "IK3*ZZZ*8**1"
    assert body_of(finding("segment_id_invalid", 8, "A"))[0] == "IK3*ZZZ*8**1"
    assert body_of(finding("segment_unknown", 8, "zz1"))[0] == "IK3*ZZ1*8**6"


@pytest.mark.parametrize("number", ["C023", "12345", "", "1ü"])
def test_a_data_element_without_a_number_is_left_out(number: str) -> None:
    found = finding("element_code", 8, "CLM", element=5, data_element=number, value="A")
    assert body_of(found)[1] == "IK4*5**7*A"


def test_an_error_rejects_whatever_the_end_says() -> None:
    begin, found, end = transaction("0001", finding("segment_unexpected", 5, "REF"))
    assert isinstance(end, TransactionEnd)
    events = interchange(group([begin, found, replace(end, accepted=True)]))
    assert body(events)[-2:] == ["IK5*R*5", "AK9*R*1*1*0"]


def test_context_stands_under_segment_and_element() -> None:
    unit = BusinessUnit("CLM01", Guarded("PATIENT-42"))
    trigger = Trigger("CLM", 43, "2300", 5, 3)

    def context(found: Finding) -> Context:
        return Context(unit, (trigger,))

    rows = [
        finding("segment_required", 57, "REF", loop_path="2300"),
        finding("element_conditional", 58, "HI", loop_path="2300", element=2),
    ]
    assert body_of(*rows, context=context) == [
        "IK3*REF*57*2300*3",
        "CTX*SITUATIONAL TRIGGER*CLM*43*2300*5:3",
        "CTX*CLM01:PATIENT-42",
        "IK3*HI*58*2300*8",
        "CTX*CLM01:PATIENT-42",
        "IK4*2**2",
        "CTX*SITUATIONAL TRIGGER*CLM*43*2300*5:3",
        "IK5*R*5",
    ]


@pytest.mark.parametrize(
    ("reference", "expected"),
    [("A" * 40, f"CTX*CLM01:{'A' * 35}"), ("bad\x01", None), ("Jörg", None), ("  ", None)],
)
def test_a_reference_is_cut_or_not_sent(reference: str, expected: str | None) -> None:
    unit = BusinessUnit("CLM01", Guarded(reference))
    text = body_of(finding("segment_empty", 5, "REF"), context=lambda _: Context(unit))
    assert [line for line in text if line.startswith("CTX")] == [expected] * (expected is not None)


def test_limits_of_one_set() -> None:
    many = [finding("segment_unexpected", n, "REF") for n in range(2, 1_500)]
    text = body_of(*many)
    assert len(text) == 1_001
    assert text[-1] == "IK5*R*5"
    elements = [finding("element_code", 2, "REF", element=1, value=str(n)) for n in range(150)]
    assert len(body_of(*elements)) == 1 + 99 + 1


def test_contexts_are_bounded() -> None:
    triggers = tuple(Trigger("REF", n) for n in range(1, 20))
    rows = [
        finding("segment_required", 5, "REF"),
        finding("element_code", 6, "NM1", element=1, value="A"),
    ]
    text = body_of(*rows, context=lambda _: Context(None, triggers))
    assert text.index("IK3*NM1*6**8") == 1 + 9
    assert len(text) == 1 + 9 + 2 + 10 + 1


def test_values_do_not_show_in_the_notes() -> None:
    found = finding("element_code", 8, "NM1", element=3, value="SECRET")
    assert "SECRET" not in repr(found)
