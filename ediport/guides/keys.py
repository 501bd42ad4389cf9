"""Keys of canonical JSON: the guide's name in snake case + `_` + the X12 id, unique among its siblings."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_APOSTROPHE = re.compile(r"['\u2019]")


def key_of(name: str, x12_id: str) -> str:
    """The key of one node; a legal identifier in Python, JavaScript and jq."""
    words = _NOT_WORD.sub("_", _APOSTROPHE.sub("", name.lower())).strip("_")
    key = f"{words}_{x12_id}" if words else f"x_{x12_id}"
    return key if key[0].isalpha() else f"x_{key}"


def unique_keys(keys: Sequence[str]) -> list[str]:
    """The keys with an ordinal from 2 appended to each that stands before it already (`..._REF_2`)."""
    seen: dict[str, int] = {}
    out = []
    for key in keys:
        count = seen[key] = seen.get(key, 0) + 1
        out.append(key if count == 1 else f"{key}_{count}")
    return out
