from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from ediport.security.hashing import ReferenceHash, is_hash, key_bytes_min, key_from_file
from ediport.x12.errors import Defect

KEY = bytes(range(32))


def test_hmac_sha256_of_kind_and_value() -> None:
    assert ReferenceHash(KEY).of("patient_control_number", "26463774") == (
        "2e87c725b27fa5293ac2bd56c07d4a2f887b4e54e9263388f90ced7b057faa8e"
    )


def test_equal_values_have_equal_hashes_of_one_kind_and_key() -> None:
    hashes = ReferenceHash(KEY)
    assert hashes.of("member_id", "größe") == hashes.of("member_id", "größe")
    assert hashes.of("member_id", "1") != hashes.of("patient_control_number", "1")
    assert hashes.of("member_id", "1") != ReferenceHash(KEY[::-1]).of("member_id", "1")


def test_a_short_key_is_refused() -> None:
    with pytest.raises(Defect):
        ReferenceHash(KEY[:-1])


def test_the_form_of_a_hash() -> None:
    assert is_hash(ReferenceHash(KEY).of("a", "b"))
    assert not any(map(is_hash, ("", "SMITH", "A" * 64, "a" * 63, "a" * 64 + "\n")))


def test_a_key_file_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "reference.key"
    keys: list[bytes] = []
    threads = [threading.Thread(target=lambda: keys.append(key_from_file(path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(keys)) == 1
    assert len(keys[0]) == key_bytes_min
    assert [each.name for each in path.parent.iterdir()] == ["reference.key"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
