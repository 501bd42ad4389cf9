"""The file that says how a payer behaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from ediport.simulator.conduct import Conduct, load_conduct
from ediport.simulator.faults import Fault
from ediport.x12.errors import Defect


def written(folder: Path, text: str) -> Path:
    path = folder / "payer.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_no_file_and_an_empty_one_are_good_conduct(tmp_path: Path) -> None:
    assert load_conduct(tmp_path / "absent.yaml") == Conduct()
    assert load_conduct(written(tmp_path, "")) == Conduct()


def test_every_member(tmp_path: Path) -> None:
    text = """
seed: 7
delays_s: {277CA: 2, "835": 10}
faults: {seed: 8, rates: {late: 0.1, bad_counts: 1}, kinds: ["277CA"], late_s: 60}
"""
    conduct = load_conduct(written(tmp_path, text))
    assert conduct.seed == 7
    assert conduct.delays_s == {"277CA": 2.0, "835": 10.0}
    assert conduct.faults.rates == {Fault.LATE: 0.1, Fault.BAD_COUNTS: 1.0}
    assert conduct.faults.kinds == {"277CA"}
    assert (conduct.faults.seed, conduct.faults.late_s) == (8, 60.0)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "temper: bad",
        "seed: high",
        "delays_s: {271: 1}",
        "faults: {rates: {explode: 1}}",
        "faults: {size: 1}",
        "a: [",
    ],
)
def test_what_is_no_conduct_is_a_defect(tmp_path: Path, text: str) -> None:
    with pytest.raises(Defect):
        load_conduct(written(tmp_path, text))
