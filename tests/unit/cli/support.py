"""What the tests of the command line share: sample files, and one with a known fault."""

from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[2] / "samples"

BROKEN_PLACE = "CLM05-03"
"""The element that `broken_claims` leaves out."""


def broken_claims() -> bytes:
    """`claims.x12` with one claim of its first transaction set without claim frequency code."""
    data = (SAMPLES / "claims.x12").read_bytes()
    begin = data.index(b"CLM*")
    at = data.index(b":B:1*", begin)
    return data[:at] + b":B*" + data[at + len(b":B:1*") :]
