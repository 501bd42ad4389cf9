"""`make bench`: the engine against pyx12 on one generated 837P, speeds as ratios within one run, and memory.

Each measurement runs in a process of its own, so that peak memory is its own; ours run before and after pyx12
and the slower one counts, since machines are noisy. Writes `docs/benchmarks.md`.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from ediport.guides import library
from tests.benchmarks.report import page
from tests.generators.x12_837p import claims_for, generate_837p

MEGABYTE: Final = 1_000_000
SEED: Final = 837


def generated(folder: Path, megabytes: int) -> Path:
    """A file of about this size; the same bytes for the same size."""
    path = folder / f"{megabytes}mb.x12"
    with path.open("wb") as file:
        for chunk in generate_837p(claims_for(megabytes * MEGABYTE), SEED):
            file.write(chunk)
    return path


def measured(task: str, path: Path) -> dict[str, Any]:
    """Seconds, peak memory in MB and counts of one task, run by `tests.benchmarks.tasks`."""
    command = [sys.executable, "-m", "tests.benchmarks.tasks", task, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {"task": task, "megabytes": path.stat().st_size / MEGABYTE, **result}


def slower(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    return max(first, second, key=lambda row: float(row["seconds"]))


def run(sizes: Sequence[int], out: Path) -> None:
    library().get("837P")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base = generated(folder, 10)
        tasks = ("translate", "units")
        before = {task: measured(task, base) for task in tasks}
        pyx12 = measured("pyx12", base)
        rows = [slower(before[task], measured(task, base)) for task in tasks]
        rows.append(measured("build", base))
        large = [measured("translate", generated(folder, size)) for size in sizes]
    text = page(rows, pyx12, large, f"Python {platform.python_version()}, one process a task")
    out.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--large", type=int, nargs="*", default=[100], help="more sizes, in MB")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks.md"))
    options = parser.parse_args()
    run(options.large, options.out)


if __name__ == "__main__":
    main()
