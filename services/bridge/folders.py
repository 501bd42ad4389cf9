"""Folders as a way in and out: taking files whole, publishing files whole, whatever dies when.

Rules of this room:
- A file is taken by one rename, so one taker gets it and nobody sees half of it.
- A file is published under its final name only when all of it is on disk (write, fsync, rename, fsync folder).
- Links, folders and names of unfinished uploads are left alone.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

chunk_bytes: Final = 262_144
"""A file is read in pieces of this size."""

settle_s: Final = 0.25
"""A file whose size and time stand still this long counts as closed by its writer."""

name_chars_max: Final = 120
"""Longer file names are cut when they become part of ours."""

_UNFINISHED: Final = (".part", ".tmp", ".filepart", ".crdownload")


@dataclass(slots=True)
class Settling:
    """Tells which files of a folder nobody writes to any more."""

    _seen: dict[Path, tuple[int, int, float]] = field(default_factory=dict)

    def ready(self, folder: Path, now_s: float) -> list[Path]:
        """Files of `folder` that have stood still for `settle_s`, by name; `now_s` is a monotonic clock."""
        looks = {path: (size, time_ns) for path, size, time_ns in _candidates(folder)}
        for path in [p for p in self._seen if p.parent == folder and p not in looks]:
            del self._seen[path]
        return [path for path, look in sorted(looks.items()) if self._is_still(path, look, now_s)]

    def _is_still(self, path: Path, look: tuple[int, int], now_s: float) -> bool:
        before = self._seen.get(path)
        if before is None or before[:2] != look:
            self._seen[path] = (*look, now_s)
            return False
        return now_s - before[2] >= settle_s


def take(path: Path, folder: Path, stamp: str, name: str = "") -> Path | None:
    """Move `path` into `folder` as `<stamp>_<name>`; None when somebody else was faster."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{stamp}_{(name or path.name)[-name_chars_max:]}"
    try:
        path.rename(target)
    except FileNotFoundError:
        return None
    sync_folder(folder)
    return target


def chunks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, `chunk_bytes` at a time."""
    with path.open("rb") as file:
        while piece := file.read(chunk_bytes):
            yield piece


def digest(path: Path) -> str:
    """SHA-256 of a file in lower-case hex."""
    total = hashlib.sha256()
    for piece in chunks(path):
        total.update(piece)
    return total.hexdigest()


def stage(path: Path, data: Iterable[bytes]) -> None:
    """Write a file and bring it to disk; it may be seen half written, so never under a final name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.writelines(data)
        file.flush()
        os.fsync(file.fileno())


def publish(path: Path, data: Iterable[bytes]) -> None:
    """Make a file appear whole under its final name; an older one of the name is replaced."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        stage(temporary, data)
        temporary.rename(path)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()
    sync_folder(path.parent)


def move(path: Path, target: Path) -> bool:
    """Rename a file into another folder for good; False when it is not there (any more)."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.rename(target)
    except FileNotFoundError:
        return False
    sync_folder(target.parent)
    return True


def sync_folder(folder: Path) -> None:
    """Bring the names of a folder to disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _candidates(folder: Path) -> Iterator[tuple[Path, int, int]]:
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        if not entry.name.startswith(".") and not entry.name.lower().endswith(_UNFINISHED):
            with suppress(FileNotFoundError):
                if entry.is_file(follow_symlinks=False):
                    state = entry.stat(follow_symlinks=False)
                    yield Path(entry.path), state.st_size, state.st_mtime_ns
