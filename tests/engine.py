"""What several test rooms do with the engine: read bytes whole, build them back, say what came out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ediport.guides import library
from ediport.x12.events import DocumentText, Event, TransactionBegin, TransactionEnd
from ediport.x12.findings import Finding
from ediport.x12.reader import Split, read
from ediport.x12.writer import build

SAMPLES = Path(__file__).resolve().parent / "samples"


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that reading one file gave; `text` is its NDJSON."""

    events: tuple[Event, ...]
    text: bytes

    @property
    def findings(self) -> list[Finding]:
        return [e for e in self.events if isinstance(e, Finding)]

    @property
    def errors(self) -> list[Finding]:
        return [f for f in self.findings if f.is_error]

    @property
    def rules(self) -> list[str]:
        return [f.rule.id for f in self.findings]

    @property
    def is_syntactically_clean(self) -> bool:
        return not any(f.snip_type == 1 for f in self.findings)

    @property
    def has_all_guides(self) -> bool:
        return all(e.guide for e in self.events if isinstance(e, TransactionBegin))

    @property
    def documents(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    @property
    def ends(self) -> list[TransactionEnd]:
        return [e for e in self.events if isinstance(e, TransactionEnd)]


def read_all(chunks: bytes | Sequence[bytes], *, split: Split = "none") -> Reading:
    """Reads a file given whole or in chunks. Pieces of text are joined, since their sizes may differ."""
    parts = [chunks] if isinstance(chunks, bytes) else chunks
    events = list(read(parts, library(), split=split))
    text = b"".join(e.text for e in events if isinstance(e, DocumentText))
    return Reading(tuple(e for e in events if not isinstance(e, DocumentText)), text)


def write_all(documents: Iterable[dict[str, Any]]) -> bytes:
    """X12 of documents, without reading it back."""
    return b"".join(p for p in build(documents, library()) if isinstance(p, bytes))


def samples() -> list[Path]:
    """The project's own X12 samples."""
    return sorted(SAMPLES.glob("*.x12"))


def cut(data: bytes, size: int) -> list[bytes]:
    """The bytes in chunks of one size."""
    return [data[i : i + size] for i in range(0, len(data), size)]
