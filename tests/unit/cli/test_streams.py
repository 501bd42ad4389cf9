"""Files in and out: what is opened, what is refused and how, and that output appears whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path

import pytest

from ediport.cli.failures import CommandFailure
from ediport.cli.streams import chunk_bytes, open_input, open_output
from ediport.x12.errors import Unreadable


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def read(path: Path) -> bytes:
    with open_input(str(path)) as source:
        return b"".join(source.chunks())


def test_input_comes_in_chunks_of_bounded_size(tmp_path: Path) -> None:
    path = tmp_path / "in"
    path.write_bytes(b"x" * (chunk_bytes + 1))
    with open_input(str(path)) as source:
        assert source.size == chunk_bytes + 1
        assert [len(chunk) for chunk in source.chunks()] == [chunk_bytes, 1]


def test_a_mistyped_name_is_answered_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "claims.x12").touch()
    with pytest.raises(CommandFailure, match="no such file") as failure:
        read(tmp_path / "claim.x12")
    assert failure.value.hint == f"did you mean {tmp_path / 'claims.x12'}?"


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandFailure) as failure:
        read(tmp_path / "nowhere" / "claims.x12")
    assert "no folder" in failure.value.hint


def test_a_folder_is_no_input(tmp_path: Path) -> None:
    with pytest.raises(CommandFailure, match="is a folder") as failure:
        read(tmp_path)
    assert "for f in" in failure.value.hint


def test_a_name_with_a_zero_byte_is_refused() -> None:
    with pytest.raises(CommandFailure, match="can't be opened"), open_input("a\0b"):
        pass


def test_unreadable_input_is_said_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.touch()
    with pytest.raises(CommandFailure, match=r"notes\.txt is no X12"), open_input(str(path)):
        raise Unreadable("no_interchange_header", "there is no ISA segment in the input")


def test_closed_standard_input_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(CommandFailure, match="standard input is closed"), open_input("-"):
        pass


def test_closed_standard_output_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    with pytest.raises(CommandFailure, match="standard output is closed"), open_output("-"):
        pass


def test_output_appears_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "out"
    with open_output(str(path)) as target:
        target.write(b"one")
        assert not path.exists()
        target.write(b"two")
    assert path.read_bytes() == b"onetwo"
    assert names(tmp_path) == ["out"]


def test_output_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"before")
    with suppress(CommandFailure), open_output(str(path)) as target:
        target.write(b"half")
        raise CommandFailure("stopped")
    assert path.read_bytes() == b"before"
    assert names(tmp_path) == ["out"]


def test_output_that_fails_leaves_nothing_new(tmp_path: Path) -> None:
    with suppress(KeyboardInterrupt), open_output(str(tmp_path / "out")) as target:
        target.write(b"half")
        raise KeyboardInterrupt
    assert names(tmp_path) == []


def test_output_keeps_the_mode_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.touch(mode=0o600)
    with open_output(str(path)) as target:
        target.write(b"new")
    assert path.stat().st_mode & 0o777 == 0o600


def test_output_follows_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.touch()
    link.symlink_to(real)
    with open_output(str(link)) as target:
        target.write(b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


def test_output_may_be_a_device() -> None:
    with open_output(os.devnull) as target:
        target.write(b"gone")
    assert Path(os.devnull).is_char_device()


def test_output_is_not_the_input(tmp_path: Path) -> None:
    path = tmp_path / "claims.x12"
    path.write_bytes(b"ISA")
    same = str(tmp_path / "." / "claims.x12")
    with (
        pytest.raises(CommandFailure, match="is the input too"),
        open_output(same, source=str(path)),
    ):
        pass
    assert path.read_bytes() == b"ISA"


def test_output_into_no_folder_says_what_to_do(tmp_path: Path) -> None:
    path = str(tmp_path / "nowhere" / "out")
    with pytest.raises(CommandFailure, match="can't be written") as failure, open_output(path):
        pass
    assert failure.value.hint == "make its folder first"


def test_a_folder_is_no_output(tmp_path: Path) -> None:
    with pytest.raises(CommandFailure, match="is a folder"), open_output(str(tmp_path)):
        pass


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.is_char_device():
        pytest.skip("this system has no /dev/full")
    with (
        pytest.raises(CommandFailure, match=r"/dev/full can't be written") as failure,
        open_output(str(full)) as target,
    ):
        target.write(b"x")
    assert "make room" in failure.value.hint
