"""Folders as a way in and out: taking files whole, publishing files whole, whatever dies when.

Rules of this room:
- A file is taken by one rename, so one taker gets it and nobody sees half of it.
- A file is published under its final name only when all of it is on disk (write, fsync, rename, fsync folder).
- Links, folders and names of unfinished uploads are left alone.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

chunk_bytes: Final = 262_144
"""A file is read in pieces of this size."""

name_chars_max: Final = 120
"""Longer file names are cut when they become part of ours."""

leftover_s: Final = 3600.0
"""A half-written file of this age belongs to nobody any more."""

_UNFINISHED: Final = (".part", ".tmp", ".filepart", ".crdownload")


@dataclass(slots=True)
class Settling:
    """Tells which files of a folder nobody writes to any more.

    A file is ready when its size and times have stood still for `settle_s`: by the file system's clock, or, where
    that disagrees with ours, from one look to a later one.
    """

    settle_s: float
    _seen: dict[Path, tuple[tuple[int, int], float]] = field(default_factory=dict)

    def ready(self, folder: Path) -> list[Path]:
        """Files of `folder` that are complete, by name."""
        looks = dict(_candidates(folder))
        for path in [p for p in self._seen if p.parent == folder and p not in looks]:
            del self._seen[path]
        return [path for path, look in sorted(looks.items()) if self._is_still(path, look)]

    def _is_still(self, path: Path, look: tuple[int, int]) -> bool:
        now_s = time.monotonic()
        before, since_s = self._seen.setdefault(path, (look, now_s))
        if before != look:
            self._seen[path] = (look, now_s)
            return False
        return max(now_s - since_s, time.time() - look[1] / 1e9) >= self.settle_s


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


def sweep(folder: Path) -> None:
    """Remove what killed processes left half written in `folder`, after `leftover_s`."""
    for path in folder.glob(".*.tmp"):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > leftover_s:
                path.unlink()


def sync_folder(folder: Path) -> None:
    """Bring the names of a folder to disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _candidates(folder: Path) -> Iterator[tuple[Path, tuple[int, int]]]:
    """Files with their size and the time of their last change, be it of content or of name (ns)."""
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        if not entry.name.startswith(".") and not entry.name.lower().endswith(_UNFINISHED):
            with suppress(FileNotFoundError):
                if entry.is_file(follow_symlinks=False):
                    state = entry.stat(follow_symlinks=False)
                    changed_ns = max(state.st_mtime_ns, state.st_ctime_ns)
                    yield Path(entry.path), (state.st_size, changed_ns)
