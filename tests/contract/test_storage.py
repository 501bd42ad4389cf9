"""Contract of `ediport.storage.port`: every adapter keeps it."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ediport.storage.port import Missing, Storage, piece_bytes, reference_to
from ediport.x12.errors import Defect
from tests.contract.adapters import SHARED_STORAGE, STORAGE
from tests.contract.children import stored_body
from tests.contract.processes import run_and_kill

kills = 5
BODIES = {
    "empty": b"",
    "small": b"ISA*00*",
    "every byte": bytes(range(256)) * 1024,
    "several pieces": b"x" * (3 * piece_bytes + 1),
}


@pytest.fixture(params=STORAGE)
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    adapter = STORAGE[request.param](tmp_path)
    yield adapter
    adapter.close()


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_what_is_put_is_read(storage: Storage, body: bytes) -> None:
    reference = storage.put(body)
    assert reference == reference_to(body)
    assert storage.exists(reference)
    assert storage.read(reference) == body
    assert b"".join(storage.open(reference)) == body


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_in_pieces_is_the_same_body(storage: Storage, body: bytes) -> None:
    pieces = (body[start : start + 1000] for start in range(0, len(body), 1000))
    assert storage.put(pieces) == reference_to(body)
    assert storage.read(reference_to(body)) == body


def test_pieces_are_bounded(storage: Storage) -> None:
    reference = storage.put(BODIES["several pieces"])
    assert max(map(len, storage.open(reference))) <= piece_bytes


def test_the_same_bytes_have_the_same_reference(storage: Storage) -> None:
    assert storage.put(b"same") == storage.put([b"sa", b"me"])
    assert storage.put(b"other") != storage.put(b"same")


def test_put_many(storage: Storage) -> None:
    bodies = [*BODIES.values(), b"small", *BODIES.values()]
    assert storage.put_many(bodies) == [reference_to(body) for body in bodies]
    assert [storage.read(reference_to(body)) for body in bodies] == bodies
    assert storage.put_many([]) == []


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_delete(storage: Storage, body: bytes) -> None:
    reference = storage.put(body)
    storage.delete(reference)
    storage.delete(reference)
    assert not storage.exists(reference)
    with pytest.raises(Missing):
        storage.read(reference)
    with pytest.raises(Missing):
        storage.open(reference)
    assert storage.read(storage.put(body)) == body


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "sha256/",
        "sha256/" + "A" * 64,
        "sha256/" + "a" * 63,
        "sha256/" + "a" * 65,
        "sha256/" + "a" * 64 + "\n",
        "sha256/../../" + "a" * 58,
        "/etc/passwd",
        "md5/" + "a" * 64,
    ],
)
def test_what_is_no_reference_reaches_no_path(storage: Storage, reference: str) -> None:
    for method in (storage.read, storage.open, storage.exists, storage.delete):
        with pytest.raises(Defect) as error:
            method(reference)
        assert not isinstance(error.value, Missing)


@pytest.mark.parametrize("size", [10, 1_000_000])
def test_a_failed_put_leaves_nothing(storage: Storage, tmp_path: Path, size: int) -> None:
    def broken() -> Iterator[bytes]:
        yield b"x" * size
        raise InterruptedError

    with pytest.raises(InterruptedError):
        storage.put(broken())
    assert not storage.exists(reference_to(b"x" * size))
    assert [
        path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_size == size
    ] == []


def test_threads_put_the_same_and_different_bodies(storage: Storage) -> None:
    bodies = [stored_body(f"thread {number}") for number in range(20)]
    threads = [threading.Thread(target=storage.put_many, args=(bodies,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [storage.read(reference_to(body)) for body in bodies] == bodies


@pytest.mark.parametrize("adapter", SHARED_STORAGE)
def test_a_killed_process_leaves_whole_bodies_and_all_that_it_confirmed(
    adapter: str, tmp_path: Path
) -> None:
    chance = random.Random(adapter)
    said = [run_and_kill(chance, "put", adapter, tmp_path, turn) for turn in range(kills)]
    storage = STORAGE[adapter](tmp_path)
    for turn, lines in enumerate(said):
        for line in lines:
            reference, _, text = line.partition(" ")
            assert storage.read(reference) == stored_body(text)
        in_hand = stored_body(f"{turn} {len(lines)}")
        if storage.exists(reference_to(in_hand)):
            assert storage.read(reference_to(in_hand)) == in_hand
    storage.close()
