"""One measured task in a process of its own: prints a JSON line with seconds, peak MB and what was counted."""

from __future__ import annotations

import io
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyx12.params
import pyx12.x12n_document

from ediport.guides import library
from ediport.x12.events import DocumentText
from ediport.x12.findings import Finding
from ediport.x12.reader import Split, read
from ediport.x12.writer import build

CHUNK_BYTES = 262_144
KILOBYTES_PER_MB = 1_000


def chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def reading(path: Path, split: Split) -> int:
    """Reads, checks and writes canonical JSON; returns its bytes. Findings would make the figure worthless."""
    size = 0
    for event in read(chunks(path), library(), split=split):
        if isinstance(event, DocumentText):
            size += len(event.text)
        elif isinstance(event, Finding):
            raise SystemExit(f"the generated file has a finding: {event.rule.id}")
    return size


def building(path: Path) -> int:
    """Units of the file, read beforehand, built to X12 again; returns its bytes."""
    return sum(len(p) for p in build(units(path), library()) if isinstance(p, bytes))


def units(path: Path) -> Iterator[dict[str, object]]:
    for event in read(chunks(path), library(), split="unit"):
        if isinstance(event, DocumentText):
            yield json.loads(event.text)


def by_pyx12(path: Path) -> int:
    """pyx12's own validation of the same file, with a 999 as it makes it by default."""
    with path.open(encoding="ascii") as file:
        is_valid = pyx12.x12n_document.x12n_document(
            pyx12.params.ParamsBase(), file, io.StringIO(), None
        )
    if not is_valid:
        raise SystemExit("pyx12 rejects the generated file")
    return path.stat().st_size


TASKS: dict[str, Callable[[Path], int]] = {
    "translate": lambda path: reading(path, "none"),
    "units": lambda path: reading(path, "unit"),
    "build": building,
    "pyx12": by_pyx12,
}


def main() -> None:
    task, path = TASKS[sys.argv[1]], Path(sys.argv[2])
    library().get("837P")
    begin = time.perf_counter()
    size = task(path)
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES_PER_MB
    sys.stdout.write(json.dumps({"seconds": seconds, "peak_mb": peak, "bytes": size}) + "\n")


if __name__ == "__main__":
    main()
