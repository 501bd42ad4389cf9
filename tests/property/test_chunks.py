"""The same events and text however the bytes are cut (as h11 has it for HTTP)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ediport.x12.reader import Split
from tests.engine import cut, read_all, samples

HEAD_BYTES = 6_000


def head(path: Path) -> bytes:
    """A sample cut short: broken ends are the harder case."""
    return path.read_bytes()[:HEAD_BYTES]


@pytest.mark.parametrize("path", samples(), ids=lambda p: p.name)
@pytest.mark.parametrize("split", ["none", "unit"])
@pytest.mark.parametrize("size", [1, 7, 106, 1000])
def test_chunk_size_makes_no_difference(path: Path, split: Split, size: int) -> None:
    data = head(path)
    assert read_all(cut(data, size), split=split) == read_all(data, split=split)


@settings(max_examples=40)
@given(st.data())
def test_any_cuts_make_no_difference(data: st.DataObject) -> None:
    text = head(data.draw(st.sampled_from(samples())))
    places = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=20)))
    chunks = [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]
    assert read_all(chunks) == read_all(text)
