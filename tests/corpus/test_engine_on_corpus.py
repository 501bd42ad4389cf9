"""The engine on every shared sample file: an answer each, and clean ones back byte for byte."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ediport.x12.errors import Unreadable
from ediport.x12.reader import Split
from tests.engine import Reading, read_all, write_all

FILES = 477


@pytest.fixture(scope="module")
def files(corpus: Path) -> list[Path]:
    with (corpus / "INDEX.tsv").open(encoding="utf-8") as index:
        return [corpus / row["file"] for row in csv.DictReader(index, delimiter="\t")]


def reading(path: Path, split: Split) -> Reading | None:
    try:
        return read_all(path.read_bytes(), split=split)
    except Unreadable:
        return None


@pytest.mark.slow
@pytest.mark.parametrize("split", ["none", "unit"])
def test_every_file_is_answered(files: list[Path], split: Split) -> None:
    """Events or Unreadable; every document is JSON."""
    assert len(files) == FILES
    for path in files:
        result = reading(path, split)
        if result is not None:
            assert result.documents or split == "unit", path.name


@pytest.mark.slow
@pytest.mark.parametrize("split", ["none", "unit"])
def test_clean_files_come_back_byte_for_byte(files: list[Path], split: Split) -> None:
    checked = 0
    for path in files:
        result = reading(path, split)
        if result is None or not result.is_syntactically_clean:
            continue
        checked += 1
        assert write_all(result.documents) == path.read_bytes(), path.name
    assert checked > 200
