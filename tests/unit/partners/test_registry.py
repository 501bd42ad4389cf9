"""Agreements found by partner, payer identifier and interchange ids."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ediport.partners.agreement_file import AgreementError, load
from ediport.partners.registry import Registry, load_folder
from ediport.resources import schemas_folder

DEMO = schemas_folder() / "partners" / "demo"
EVERGREEN = load(DEMO / "evergreen-health.yaml")
SUMMIT = load(DEMO / "summit-mutual.yaml")


def header(sender: str, receiver: str, usage: str = "T") -> tuple[str, ...]:
    """ISA01 to ISA16; sender and receiver are qualifier and id."""
    ours, theirs = sender.split(":"), receiver.split(":")
    ids = (ours[0], ours[1].ljust(15), theirs[0], theirs[1].ljust(15))
    return ("00", " " * 10, "00", " " * 10, *ids, "", "", "^", "00501", "1", "0", usage, ":")


def test_the_demo_folder() -> None:
    registry = load_folder(DEMO)
    assert [agreement.partner for agreement in registry] == ["evergreen-health", "summit-mutual"]
    assert len(registry) == 2
    assert registry.partner("summit-mutual") == SUMMIT
    assert registry.partner("nobody") is None


def test_by_payer() -> None:
    registry = Registry([EVERGREEN, SUMMIT])
    assert registry.by_payer("99101") is EVERGREEN
    assert registry.by_payer(" SUMMIT1 ") is SUMMIT
    assert registry.by_payer("") is None


def test_by_header_takes_what_the_partner_sends_to_us() -> None:
    registry = Registry([EVERGREEN, SUMMIT])
    assert registry.by_header(header("ZZ:EVERGREEN", "ZZ:EDIPORT")) is EVERGREEN
    assert registry.by_header(header("27:99202", "30:990000001")) is SUMMIT


@pytest.mark.parametrize(
    "isa",
    [
        header("ZZ:EDIPORT", "ZZ:EVERGREEN"),
        header("30:EVERGREEN", "ZZ:EDIPORT"),
        header("ZZ:EVERGREEN", "ZZ:EDIPORT", "P"),
        header("ZZ:EVERGREEN", "30:990000001"),
        ("00",),
        (),
    ],
)
def test_by_header_takes_nothing_else(isa: tuple[str, ...]) -> None:
    assert Registry([EVERGREEN, SUMMIT]).by_header(isa) is None


def test_conflicts_are_errors_that_name_both() -> None:
    rival = replace(SUMMIT, partner="rival", payer_ids=("EVRGN",))
    with pytest.raises(AgreementError) as caught:
        Registry({"a.yaml": EVERGREEN, "b.yaml": SUMMIT, "c.yaml": rival})
    problems = {(p.file, p.pointer, p.fault) for p in caught.value.problems}
    assert problems == {
        ("c.yaml", "/payer_ids", "a.yaml has the same payer id."),
        ("c.yaml", "/theirs", "b.yaml has the same interchange ids."),
    }


def test_one_partner_twice() -> None:
    other = replace(SUMMIT, partner="evergreen-health")
    with pytest.raises(AgreementError, match="partner"):
        Registry([EVERGREEN, other])


def test_test_and_production_are_told_apart() -> None:
    live = replace(SUMMIT, partner="summit-live", usage="production", payer_ids=("99203",))
    registry = Registry([SUMMIT, live])
    assert registry.by_header(header("27:99202", "30:990000001", "P")) is live
    assert registry.by_header(header("27:99202", "30:990000001", "T")) is SUMMIT


def test_a_folder_reports_the_problems_of_every_file(tmp_path: Path) -> None:
    shutil.copy(DEMO / "summit-mutual.yaml", tmp_path)
    (tmp_path / "one.yaml").write_text("format: 2")
    (tmp_path / "two.yml").write_text("[")
    (tmp_path / "notes.txt").write_text("not an agreement")
    (tmp_path / ".hidden.yaml").write_text("[")
    with pytest.raises(AgreementError) as caught:
        load_folder(tmp_path)
    assert {problem.file for problem in caught.value.problems} == {"one.yaml", "two.yml"}


@pytest.mark.parametrize("name", ["empty", "absent"])
def test_a_folder_without_agreements(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(AgreementError, match="holds no agreement"):
        load_folder(tmp_path / name)
