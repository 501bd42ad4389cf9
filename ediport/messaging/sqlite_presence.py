"""Which consumers of an SQLite queue file are alive: each holds a locked file as long as its
process lives.

The kernel drops the lock when the process ends, however it ends, so a successor can give back at
once what a killed consumer had in hand; where that does not work (a forked child keeps the lock),
leases run out by time.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

consumer_bits = 62


class Presence:
    """A consumer's own number and lock file in `folder`; `close` ends its presence."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.consumer, self._file = self._appear()

    def dead(self) -> Iterator[int]:
        """Numbers of consumers that died; each is forgotten after the caller asked for the next
        one.
        """
        for path in self._folder.glob("*.lock"):
            if path.stem != str(self.consumer):
                yield from self._dead(path)

    def close(self) -> None:
        self._path(self.consumer).unlink(missing_ok=True)
        os.close(self._file)

    def _dead(self, path: Path) -> Iterator[int]:
        file = _locked(path, os.O_RDWR)
        if file is None:
            return
        try:
            yield int(path.stem)
            path.unlink(missing_ok=True)
        finally:
            os.close(file)

    def _appear(self) -> tuple[int, int]:
        while True:
            number = secrets.randbits(consumer_bits)
            file = _locked(self._path(number), os.O_RDWR | os.O_CREAT | os.O_EXCL)
            if file is not None and os.fstat(file).st_nlink:
                return number, file
            if file is not None:
                os.close(file)

    def _path(self, number: int) -> Path:
        return self._folder / f"{number}.lock"


def _locked(path: Path, flags: int) -> int | None:
    """Open and lock `path`; None when another process holds it or it is gone."""
    try:
        file = os.open(path, flags | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    return file
