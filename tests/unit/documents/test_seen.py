"""The memory of keys."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ediport.documents.seen import SeenKeys


def test_many_keys_in_little_memory() -> None:
    seen = SeenKeys()
    assert all(seen.add((str(number),)) for number in range(20_000))
    assert not any(seen.add((str(number),)) for number in range(20_000))
    assert len(seen) == 20_000
    assert seen._slots.itemsize * len(seen._slots) < 50 * len(seen)


@given(st.lists(st.tuples(st.text(max_size=2), st.text(max_size=1))))
def test_it_remembers_like_a_set(keys: list[tuple[str, ...]]) -> None:
    seen, known = SeenKeys(), set[tuple[str, ...]]()
    for key in keys:
        assert seen.add(key) == (key not in known)
        known.add(key)
    assert len(seen) == len(known)
