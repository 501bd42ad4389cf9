"""X12 -> JSON -> X12 gives the same bytes; units joined again do too."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ediport.x12.reader import Split
from tests.engine import read_all, samples, write_all
from tests.generators.x12_837p import generate_837p


@pytest.mark.parametrize("path", samples(), ids=lambda p: p.name)
@pytest.mark.parametrize("split", ["none", "unit"])
def test_sample_comes_back_byte_for_byte(path: Path, split: Split) -> None:
    data = path.read_bytes()
    reading = read_all(data, split=split)
    assert reading.rules == []
    assert write_all(reading.documents) == data


@settings(max_examples=10)
@given(
    claims=st.integers(1, 40), seed=st.integers(0, 10_000), split=st.sampled_from(["none", "unit"])
)
def test_generated_claims_come_back(claims: int, seed: int, split: Split) -> None:
    data = b"".join(generate_837p(claims, seed))
    reading = read_all(data, split=split)
    assert reading.rules == []
    assert write_all(reading.documents) == data
