"""Taking and publishing files whole."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from services.bridge.folders import Settling, digest, move, publish, take


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


def test_a_file_is_ready_when_it_stands_still(tmp_path: Path) -> None:
    settling = Settling(settle_s=0.0)
    (tmp_path / "a.csv").write_bytes(b"1")
    assert names(settling.ready(tmp_path)) == ["a.csv"]
    (tmp_path / "a.csv").write_bytes(b"12")
    assert names(settling.ready(tmp_path)) == []
    assert names(settling.ready(tmp_path)) == ["a.csv"]


def test_a_file_that_has_just_changed_waits(tmp_path: Path) -> None:
    settling = Settling(settle_s=3600.0)
    (tmp_path / "a.csv").write_bytes(b"1")
    assert settling.ready(tmp_path) == []
    assert settling.ready(tmp_path) == []


def test_what_is_no_finished_file_is_left_alone(tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_bytes(b"1")
    inbox = tmp_path / "inbox"
    (inbox / "folder").mkdir(parents=True)
    for name in (".hidden", "a.part", "b.TMP", "c.filepart"):
        (inbox / name).write_bytes(b"1")
    (inbox / "link.csv").symlink_to(outside)
    os.mkfifo(inbox / "pipe.csv")
    assert Settling(settle_s=0.0).ready(inbox) == []


def test_a_folder_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    assert Settling(settle_s=0.0).ready(tmp_path / "nowhere") == []


def test_one_taker_gets_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"1")
    own = take(path, tmp_path / "work", "stamp")
    assert own == tmp_path / "work" / "stamp_a.csv"
    assert take(path, tmp_path / "work", "other") is None


def test_a_long_name_is_cut_at_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 200 + ".csv")
    path.write_bytes(b"1")
    own = take(path, tmp_path / "work", "stamp")
    assert own is not None
    assert own.name.endswith("xxx.csv")
    assert len(own.name) < 200


def test_publishing_leaves_all_or_nothing(tmp_path: Path) -> None:
    def broken() -> object:
        yield b"half"
        raise OSError("disk full")

    target = tmp_path / "report.csv"
    publish(target, [b"old"])
    with pytest.raises(OSError, match="disk full"):
        publish(target, broken())  # type: ignore[arg-type]
    assert target.read_bytes() == b"old"
    publish(target, [b"new", b"er"])
    assert target.read_bytes() == b"newer"
    assert names(list(tmp_path.iterdir())) == ["report.csv"]


def test_moving_what_is_gone_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"1")
    assert move(path, tmp_path / "to" / "a")
    assert not move(path, tmp_path / "to" / "a")


def test_the_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert digest(tmp_path / "a").startswith("ba7816bf8f01cfea")
