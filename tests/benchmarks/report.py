"""The page of figures that `make bench` writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_NAMES = {
    "translate": "X12 read, checked, written as canonical JSON (one document a transaction set)",
    "units": "the same, one document a claim",
    "build": "X12 read by claim, JSON parsed, X12 built again",
}
_HEAD = """# Benchmarks

Written by `make bench`. Times hold for one machine on one day; only the ratios travel. The input is a generated
837P (`tests/generators/x12_837p.py`): names, dates, amounts, codes, providers as varied as real ones, each claim
valid in pyx12 too.
"""


def page(
    rows: Sequence[dict[str, Any]],
    pyx12: dict[str, Any],
    large: Sequence[dict[str, Any]],
    where: str,
) -> str:
    """The whole page as Markdown."""
    base = float(pyx12["seconds"])
    lines = [_HEAD, f"{where}. File: {pyx12['megabytes']:.1f} MB.\n"]
    lines += ["| what | s | MB/s | times pyx12 | peak MB |", "|---|---|---|---|---|"]
    lines.append(_row("pyx12 4.0.0 `x12n_document`, validation with 999", pyx12, base))
    lines += [_row(_NAMES[r["task"]], r, base) for r in rows if r["task"] in _NAMES]
    lines += [
        "",
        "Memory does not grow with the file:",
        "",
        "| file MB | s | MB/s | peak MB |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {r['megabytes']:.0f} | {r['seconds']:.1f} | {r['megabytes'] / r['seconds']:.1f} | {r['peak_mb']:.0f} |"
        for r in [rows[0], *large]
    ]
    return "\n".join(lines) + "\n"


def _row(name: str, row: dict[str, Any], base: float) -> str:
    seconds = float(row["seconds"])
    speed = float(row["megabytes"]) / seconds
    return f"| {name} | {seconds:.1f} | {speed:.2f} | {base / seconds:.1f} | {row['peak_mb']:.0f} |"
