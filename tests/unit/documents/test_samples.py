"""The committed samples are what the generators make, and what they claim to be."""

from __future__ import annotations

from itertools import groupby

import pytest

from tests.generators.claims_csv import generate_claims_csv, sample
from tests.generators.samples import FOLDER, SAMPLES
from tests.generators.style import Style, restyled
from tests.generators.x12_837p import claims_for, generate_837p
from tests.unit.documents.conftest import Read
from tests.unit.documents.second_opinion import pyx12_accepts

README = (FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SAMPLES)
def test_the_committed_file_is_the_generators(name: str) -> None:
    assert (FOLDER / name).read_bytes() == SAMPLES[name]()


def test_every_file_is_listed() -> None:
    files = {path.name for path in FOLDER.iterdir()} - {"README.md", ".gitattributes"}
    assert files == set(SAMPLES)
    assert all(f"`{name}`" in README for name in files)


@pytest.mark.parametrize("name", [name for name in SAMPLES if name.endswith(".x12")])
def test_pyx12_accepts_the_sample(name: str) -> None:
    assert pyx12_accepts((FOLDER / name).read_bytes())


def test_the_readme_lists_the_planted_rows() -> None:
    for _, group in groupby(sample()[1], key=lambda planted: planted.kind):
        planted = list(group)
        rows = [p.row for p in planted]
        span = str(rows[0]) if len(rows) == 1 else f"{rows[0]}-{rows[-1]}"
        (rule,) = {p.rule for p in planted} - {"unit_other_row"}
        assert any(f"| {span} |" in line and f"`{rule}`" in line for line in README.splitlines())


def test_the_csv_generator_makes_good_claims(read: Read) -> None:
    units, rejects = read(generate_claims_csv(60, seed=9))
    assert (len(units), rejects) == (60, [])


def test_the_benchmarks_input_is_valid() -> None:
    data = b"".join(generate_837p(120, seed=3, claims_per_set=50))
    assert data.count(b"~CLM*") == 120
    assert data.count(b"~ST*837*") == 3
    assert pyx12_accepts(data)


def test_the_benchmarks_input_depends_on_its_seed_alone() -> None:
    first, again, other = (b"".join(generate_837p(50, seed=seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_the_benchmarks_input_has_the_size_that_was_asked_for() -> None:
    size = sum(map(len, generate_837p(claims_for(1_000_000), seed=5)))
    assert 800_000 < size < 1_200_000


def test_the_benchmarks_input_has_honest_variety() -> None:
    """Values that a real file repeats hardly ever are not repeated here either."""
    claims = 1_000
    data = b"".join(generate_837p(claims, seed=4)).decode()
    segments = [segment.split("*") for segment in data.split("~")]
    numbers = [s[1] for s in segments if s[0] == "CLM"]
    members = [s[9] for s in segments if s[:2] == ["NM1", "IL"]]
    names = {(s[3], s[4]) for s in segments if s[:2] == ["NM1", "IL"]}
    amounts = {s[2] for s in segments if s[0] == "SV1"}
    diagnoses = {part.split(":")[1] for s in segments if s[0] == "HI" for part in s[1:]}
    assert len(set(numbers)) == claims
    assert len(set(members)) > 0.99 * len(members)
    assert len(names) > 0.85 * len(members)  # other insurance names the same person again
    assert len(amounts) > 1_000
    assert len(diagnoses) > 500
    loops = (
        "NM1*DN*",
        "NM1*82*",
        "NM1*77*",
        "HL*",
        "SBR*",
        "SVD*",
        "LIN*",
        "NTE*",
        "AMT*F5*",
        "REF*G1*",
        "NM1*DK*",
    )
    assert all(f"~{start}" in data for start in loops)


def test_a_style_may_not_use_a_character_of_the_values() -> None:
    with pytest.raises(ValueError, match="separators"):
        b"".join(restyled([b"ISA*A~"], Style(segment="A")))
