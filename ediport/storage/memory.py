"""Storage in memory: for tests and for a process that may forget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ediport.storage.port import Missing, digest_of, pieces, reference_to


class MemoryStorage:
    """See `port.Storage`; single dictionary operations, so threads may share it."""

    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}

    def put(self, data: bytes | Iterable[bytes]) -> str:
        body = data if isinstance(data, bytes) else b"".join(data)
        reference = reference_to(body)
        self._bodies[digest_of(reference)] = body
        return reference

    def put_many(self, bodies: Sequence[bytes]) -> list[str]:
        return [self.put(body) for body in bodies]

    def open(self, reference: str) -> Iterator[bytes]:
        return pieces(self.read(reference))

    def read(self, reference: str) -> bytes:
        body = self._bodies.get(digest_of(reference))
        if body is None:
            raise Missing("no body for this reference")
        return body

    def exists(self, reference: str) -> bool:
        return digest_of(reference) in self._bodies

    def delete(self, reference: str) -> None:
        self._bodies.pop(digest_of(reference), None)

    def close(self) -> None:
        """Nothing to let go of."""
