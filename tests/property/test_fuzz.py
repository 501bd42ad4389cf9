"""Any bytes whatever give events or Unreadable; any JSON whatever gives X12 or findings."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ediport.guides import library
from ediport.x12.errors import Unreadable
from ediport.x12.reader import Split
from ediport.x12.writer import build_bytes
from tests.engine import read_all, samples

splits = st.sampled_from(["none", "unit"])


@settings(max_examples=150)
@given(st.binary(max_size=2_000), splits)
def test_any_bytes(data: bytes, split: Split) -> None:
    with suppress(Unreadable):
        read_all(data, split=split)


@settings(max_examples=150)
@given(data=st.data(), split=splits)
def test_damaged_samples(data: st.DataObject, split: Split) -> None:
    text = bytearray(data.draw(st.sampled_from(samples())).read_bytes()[:8_000])
    for _ in range(data.draw(st.integers(1, 12))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place : place + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
        if not text:
            return
    with suppress(Unreadable):
        for line in read_all(bytes(text), split=split).text.split(b"\n")[:-1]:
            json.loads(line)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=12,
)
keys = st.sampled_from(
    [
        "transaction_set_header_ST",
        "submitter_name_1000A",
        "submitter_name_NM1",
        "billing_provider_hierarchical_level_2000A",
        "_order",
        "_unplaced",
        "_more",
        "_segments",
    ]
)
trees = st.recursive(
    anything, lambda inner: st.dictionaries(keys, inner | st.lists(inner, max_size=2)), max_leaves=8
)


@settings(max_examples=200)
@given(interchange=anything, group=anything, transaction=trees, trailers=anything)
def test_any_json(interchange: Any, group: Any, transaction: Any, trailers: Any) -> None:
    document = {
        "guide": "005010X222A1",
        "interchange": interchange,
        "group": group,
        "transaction": transaction,
        "_trailers": trailers,
    }
    build_bytes([document], library())
    build_bytes([transaction], library())
