"""Storage in a folder: bodies as files by digest, small ones together in one SQLite file.

    <root>/sha256/ab/cdef...   one file a body, mode 600
    <root>/small.db            bodies up to `small_bytes_max`: a batch shares one disk sync
    <root>/incoming/           bodies on their way in; what a killed process left goes after a day

A file gets its final name when it is whole and on the disk, so a body is there in whole or not at
all.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO

from ediport.sqlite_file import Synchronous
from ediport.storage.port import Missing, digest_of, piece_bytes, pieces
from ediport.storage.small import SmallBodies
from ediport.x12.errors import Retryable

small_bytes_max = 65_536
incoming_age_s_max = 86_400.0


class FolderStorage:
    """See `port.Storage`. `synchronous="NORMAL"` leaves the disk sync to the operating system:
    bodies survive kill -9 but maybe not a loss of power.
    """

    def __init__(self, root: Path, *, synchronous: Synchronous = "FULL") -> None:
        self._bodies = root / "sha256"
        self._incoming = root / "incoming"
        self._sync = synchronous == "FULL"
        for folder in (root, self._bodies, self._incoming):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._small = SmallBodies(root / "small.db", synchronous=synchronous)
        self._sweep()

    def put(self, data: bytes | Iterable[bytes]) -> str:
        head, rest = _head(data)
        if len(head) <= small_bytes_max:
            return self._small.put([head])[0]
        return self._put_file(chain((head,), rest))

    def put_many(self, bodies: Sequence[bytes]) -> list[str]:
        small = iter(self._small.put([body for body in bodies if len(body) <= small_bytes_max]))
        return [next(small) if len(body) <= small_bytes_max else self.put(body) for body in bodies]

    def open(self, reference: str) -> Iterator[bytes]:
        digest = digest_of(reference)
        body = self._small.get(digest)
        if body is not None:
            return pieces(body)
        try:
            return _pieces_of(self._path(digest).open("rb"))
        except FileNotFoundError:
            raise Missing("no body for this reference") from None

    def read(self, reference: str) -> bytes:
        return b"".join(self.open(reference))

    def exists(self, reference: str) -> bool:
        digest = digest_of(reference)
        return self._small.get(digest) is not None or self._path(digest).is_file()

    def delete(self, reference: str) -> None:
        digest = digest_of(reference)
        self._small.delete(digest)
        self._path(digest).unlink(missing_ok=True)

    def close(self) -> None:
        self._small.close()

    def _path(self, digest: str) -> Path:
        return self._bodies / digest[:2] / digest[2:]

    def _put_file(self, data: Iterable[bytes]) -> str:
        with _available():
            handle, name = tempfile.mkstemp(dir=self._incoming)
        try:
            with os.fdopen(handle, "wb") as file:
                digest = self._fill(file, data)
            with _available():
                self._settle(Path(name), self._path(digest))
        finally:
            Path(name).unlink(missing_ok=True)
        return f"sha256/{digest}"

    def _fill(self, file: IO[bytes], data: Iterable[bytes]) -> str:
        digest = hashlib.sha256()
        for piece in data:
            digest.update(piece)
            with _available():
                file.write(piece)
        with _available():
            file.flush()
            if self._sync:
                os.fsync(file.fileno())
        return digest.hexdigest()

    def _settle(self, incoming: Path, final: Path) -> None:
        """A repeat replaces the file by the same bytes; the names are synced either way, as a put
        that runs beside this one may not have got so far yet.
        """
        final.parent.mkdir(mode=0o700, exist_ok=True)
        incoming.replace(final)
        if self._sync:
            _sync_folder(final.parent)
            _sync_folder(self._bodies)

    def _sweep(self) -> None:
        oldest = time.time() - incoming_age_s_max
        for path in self._incoming.iterdir():
            try:
                if path.stat().st_mtime < oldest:
                    path.unlink()
            except FileNotFoundError:
                continue


def _head(data: bytes | Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The beginning of a body, more than `small_bytes_max` if it has more, and the rest of it."""
    rest = pieces(data) if isinstance(data, bytes) else iter(data)
    head: list[bytes] = []
    size = 0
    while size <= small_bytes_max and (piece := next(rest, None)) is not None:
        head.append(piece)
        size += len(piece)
    return b"".join(head), rest


def _pieces_of(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(piece_bytes):
            yield piece


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _available() -> Iterator[None]:
    """A full disk or an I/O error may pass. Around our own calls only: what the caller's pieces
    raise is the caller's.
    """
    try:
        yield
    except OSError as error:
        raise Retryable(f"storage not available: errno {error.errno}") from error
