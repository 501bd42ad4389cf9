from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ediport.storage.folder import FolderStorage, incoming_age_s_max, small_bytes_max
from ediport.storage.port import reference_to
from ediport.x12.errors import Retryable

LARGE = b"x" * (small_bytes_max + 1)


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[FolderStorage]:
    opened = FolderStorage(tmp_path / "bodies")
    yield opened
    opened.close()


def files(tmp_path: Path) -> list[str]:
    return [
        str(path.relative_to(tmp_path)) for path in tmp_path.rglob("sha256/**/*") if path.is_file()
    ]


def test_a_large_body_is_one_file_by_its_digest(storage: FolderStorage, tmp_path: Path) -> None:
    digest = storage.put(LARGE).removeprefix("sha256/")
    storage.put(LARGE)
    assert files(tmp_path) == [f"bodies/sha256/{digest[:2]}/{digest[2:]}"]


def test_a_small_body_is_no_file_of_its_own(storage: FolderStorage, tmp_path: Path) -> None:
    storage.put(b"x" * small_bytes_max)
    assert files(tmp_path) == []


def test_everything_is_private(storage: FolderStorage, tmp_path: Path) -> None:
    storage.put_many([b"small", LARGE])
    modes = {path.is_dir(): stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert modes == {True: 0o700, False: 0o600}


def test_what_a_killed_process_left_is_swept_later(storage: FolderStorage, tmp_path: Path) -> None:
    old, new = (tmp_path / "bodies" / "incoming" / name for name in ("old", "new"))
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (0, time.time() - incoming_age_s_max - 1))
    FolderStorage(tmp_path / "bodies").close()
    assert (old.exists(), new.exists()) == (False, True)


def test_a_full_disk_is_retryable(
    storage: FolderStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Retryable, match="errno 28"):
        storage.put(LARGE)
    monkeypatch.undo()
    assert not storage.exists(reference_to(LARGE))
    assert list((tmp_path / "bodies" / "incoming").iterdir()) == []


def test_a_body_gets_its_name_only_when_it_is_whole(
    storage: FolderStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the process were killed just before the rename."""

    def broken(incoming: Path, final: Path) -> None:
        assert incoming.read_bytes() == LARGE
        assert not final.exists()
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(Retryable, match="errno 5"):
        storage.put(LARGE)
    assert files(tmp_path) == []
