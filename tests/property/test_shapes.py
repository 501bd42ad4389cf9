"""The fast path equals the reference: shapes take nothing that the reader of segments would fault."""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from ediport.x12 import shapes
from ediport.x12.errors import Unreadable
from ediport.x12.machine import Machine
from tests.engine import Reading, read_all
from tests.generators.x12_837p import generate_837p
from tests.property.mutations import KINDS, Mutation, mutated

_CLAIMS = 30


def by_reference(data: bytes) -> Reading:
    """Reads with machines that never learn a shape."""
    never = 1 << 60
    with (
        patch.object(shapes, "_HOT_AFTER", never),
        patch("ediport.x12.reader.machine_for", Machine),
    ):
        return read_all(data)


def warm(data: bytes) -> None:
    """Lets the machine of these separators learn the shapes of clean segments first."""
    read_all(data)


def outcome(reader: Callable[[bytes], Reading], data: bytes) -> Reading | str:
    """The reading, or the code of what makes the data unreadable."""
    try:
        return reader(data)
    except Unreadable as fault:
        return fault.code


mutations = st.lists(
    st.builds(
        Mutation,
        st.sampled_from(sorted(KINDS)),
        st.integers(0, 10_000),
        st.integers(0, 10_000),
    ),
    min_size=1,
    max_size=12,
)


def test_generated_claims_read_alike() -> None:
    data = b"".join(generate_837p(_CLAIMS * 4, 11))
    warm(data)
    assert read_all(data) == by_reference(data)


@settings(max_examples=120)
@given(seed=st.integers(0, 20), changes=mutations)
def test_damaged_claims_read_alike(seed: int, changes: list[Mutation]) -> None:
    data = b"".join(generate_837p(_CLAIMS, seed))
    warm(data)
    damaged = mutated(data, changes)
    assert outcome(read_all, damaged) == outcome(by_reference, damaged)
