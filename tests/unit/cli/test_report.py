"""What a person sees of findings, at the widths and on the terminals that people have."""

import io
import re
from collections.abc import Callable

import pytest
from rich.console import Console

from ediport.cli.report import Report
from ediport.cli.second import Listener
from ediport.cli.tally import Tally
from ediport.guides import library
from ediport.guides.explain import expectation
from ediport.guides.second_opinion import Opinion, SetOpinion
from ediport.x12.events import TransactionBegin
from ediport.x12.findings import Finding
from ediport.x12.reader import read
from tests.unit.cli.support import SAMPLES, broken_claims

Shown = Callable[..., str]


def shown(
    data: bytes,
    *,
    width: int = 80,
    encoding: str = "utf-8",
    color: bool = False,
    values: bool = False,
) -> str:
    """The report on some X12, as a terminal would get it."""
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="")
    console = Console(
        file=file, width=width, highlight=False, force_terminal=color, no_color=not color
    )
    report, tally = Report(console, "claims.x12", show_values=values), Tally()
    plan = library().get("837P")
    assert plan is not None
    for event in read([data], library()):
        tally.take(event)
        if isinstance(event, TransactionBegin):
            report.begin_set(event)
        elif isinstance(event, Finding):
            report.find(event, expectation(plan, event))
    report.end(tally, None)
    file.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    text = re.sub(r"\x1b\[[\d;]*m", "", shown(broken_claims(), width=width, color=True))
    assert max(len(line) for line in text.splitlines()) <= width


def test_a_finding_is_a_block() -> None:
    text = shown(broken_claims())
    block = text[text.index("  ✘") :].split("\n\n")[0].splitlines()
    assert block == [
        "  ✘ error   segment 25  2000A/2000B/2000C/2300  CLM05-03",
        "    reason  CLM05-03 Claim Frequency Code: required, but missing",
        "    guide   required, ID of 1 character",
        "    rule    element_required (SNIP 2, IK403 code 1)",
    ]


def test_each_transaction_set_has_its_heading_once() -> None:
    data = broken_claims().replace(b":B:1*", b":B*")
    text = shown(data)
    assert text.count("Transaction set 837 0001, guide 005010X222A1") == 1
    assert text.count("Transaction set 837 0002, guide 005010X222A1") == 1


def test_faults_of_the_envelope_stand_apart() -> None:
    text = shown(broken_claims().replace(b"GE*2*", b"GE*3*"))
    assert "\nEnvelope\n" in text
    assert "envelope: 1 error" in text


def test_a_terminal_without_unicode_gets_plain_signs() -> None:
    text = shown(broken_claims(), encoding="ascii")
    assert "x rejected" in text
    assert "?" not in text


def test_color_is_for_terminals() -> None:
    assert "\x1b[" in shown(broken_claims(), color=True)
    assert "\x1b[" not in shown(broken_claims())


def test_values_are_shown_only_when_asked() -> None:
    data = broken_claims().replace(b":B*", b":B:MARKER*", 1)
    assert "MARKER" not in shown(data)
    assert "value   'MARKER'" in shown(data, values=True)


def test_control_characters_of_values_do_not_reach_the_terminal() -> None:
    data = broken_claims().replace(b":B*", b":B:\x1b[31m*", 1)
    assert "\x1b" not in shown(data, values=True)


def test_of_many_transaction_sets_the_rejected_ones_are_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ediport.cli.report.verdicts_shown_max", 1)
    data = (SAMPLES / "claims.x12").read_bytes()
    second = data.index(b"ST*", data.index(b"ST*") + 1)
    data = data[:second] + data[second:].replace(b":B:1*", b":B*", 1)
    text = shown(data)
    assert "837 0002" in text[text.index("✘ rejected") :]
    assert "and 1 further transaction set\n" in text


@pytest.mark.parametrize(
    ("opinion", "words"),
    [
        (Opinion("no_guide"), "none; it has no guide for one of the versions"),
        (
            Opinion("answered", True, (SetOpinion(1, 1, 1, "0001", "accepted"),)),
            "agrees on 1 of 1 transaction sets; it has read all of it",
        ),
    ],
)
def test_the_second_opinion_is_summed_up(opinion: Opinion, words: str) -> None:
    file = io.StringIO()
    listener = Listener()
    listener.opinion = opinion
    listener.judge((1, 1, 1), accepted=True)
    report = Report(Console(file=file, width=120), "claims.x12", show_values=False)
    report.end(Tally(), listener)
    assert f"second opinion (pyx12): {words}" in file.getvalue()
