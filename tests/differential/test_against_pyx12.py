"""Our verdict against pyx12's: every kind of difference stands in docs/pyx12-differences.md, or this fails."""

from __future__ import annotations

import csv
import io
import logging
import re
from pathlib import Path
from random import Random

import pytest
import pyx12.params
import pyx12.x12n_document

from ediport.x12.errors import Unreadable
from tests.engine import SAMPLES, Reading, read_all
from tests.generators.x12_837p import generate_837p
from tests.property.mutations import KINDS, Mutation, mutated

PAGE = Path(__file__).resolve().parents[2] / "docs" / "pyx12-differences.md"
LISTED = frozenset(re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
MUTATIONS = 150
SEED = 41


def explained(reading: Reading) -> bool:
    return not LISTED.isdisjoint(reading.rules)


def pyx12_accepts(data: bytes) -> bool:
    """pyx12's verdict; a run that it breaks off counts as rejected."""
    try:
        source = io.StringIO(data.decode("ascii"))
        return bool(
            pyx12.x12n_document.x12n_document(pyx12.params.ParamsBase(), source, None, None)
        )
    except Exception:  # noqa: BLE001  (pyx12 raises whatever its code runs into)
        return False


@pytest.fixture(autouse=True)
def _quiet() -> None:
    logging.getLogger("pyx12").setLevel(logging.CRITICAL + 1)


def outcome(data: bytes) -> Reading | None:
    try:
        return read_all(data)
    except Unreadable:
        return None


@pytest.mark.slow
def test_corpus(corpus: Path) -> None:
    """The index holds pyx12's verdict on each file as it is."""
    accepted = compared = 0
    with (corpus / "INDEX.tsv").open(encoding="utf-8") as index:
        rows = [
            r
            for r in csv.DictReader(index, delimiter="\t")
            if r["pyx12"] in ("ok", "fail", "error")
        ]
    for row in rows:
        reading = outcome((corpus / row["file"]).read_bytes())
        if reading is None:
            assert row["pyx12"] != "ok", row["file"]
        elif reading.has_all_guides:
            compared += 1
            accepted += row["pyx12"] == "ok"
            same = (not reading.errors) == (row["pyx12"] == "ok")
            assert same or (row["pyx12"] != "ok" and explained(reading)), row["file"]
    assert compared > 100
    assert accepted > 30


@pytest.mark.slow
def test_seeded_mutations() -> None:
    """One change each to valid files of every guide."""
    rng = Random(SEED)
    names = ("837I-1", "835-1", "834-1", "277CA-1", "999-1", "820-1")
    valid = [b"".join(generate_837p(2, seed)) for seed in range(3)]
    valid += [(SAMPLES / f"{name}.x12").read_bytes() for name in names]
    kinds = sorted(KINDS)
    for number in range(MUTATIONS):
        change = Mutation(rng.choice(kinds), rng.randrange(10**5), rng.randrange(10**5))
        data = mutated(rng.choice(valid), [change])
        reading = outcome(data)
        if reading is None:
            assert not pyx12_accepts(data), (number, change)
            continue
        same = (not reading.errors) == pyx12_accepts(data)
        assert same or explained(reading), (number, change, reading.rules)


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.x12")), ids=lambda p: p.name)
def test_samples_are_good_for_both(path: Path) -> None:
    data = path.read_bytes()
    assert read_all(data).rules == []
    assert pyx12_accepts(data)
