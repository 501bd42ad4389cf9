"""The library of guides: finds plans by GS08, GS01 and ST01, and keeps compiled plans in a cache folder.

A cache file is named by a fingerprint of everything it was made from (pyx12's version, our guide files, the
compiler itself, the plan format), so a changed source is compiled again and an old file is never read.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from platformdirs import user_cache_path

from ediport.guides import keys, pyx12_source
from ediport.resources import schemas_folder
from ediport.x12.errors import Defect
from ediport.x12.plan import PLAN_FORMAT, Plan


class GuideLibrary:
    """All guides that this installation has. Safe to share between threads: plans never change."""

    def __init__(self, cache_folder: Path | None = None, guides_folder: Path | None = None) -> None:
        self._folder = guides_folder or schemas_folder() / "guides"
        self._cache = cache_folder
        self._entries = _read_entries(self._folder / "pyx12.yaml")
        self._fingerprint = _fingerprint(self._folder)
        self._plans: dict[str, Plan] = {}
        self._by_version = _index(self._entries)

    def find(
        self, version: str, functional_id: str, transaction_set: str, implementation: str = ""
    ) -> Plan | None:
        """The plan for GS08, GS01 and ST01; ST03 decides where GS08 names only the base standard."""
        for name in (version, implementation):
            for entry in self._by_version.get(name, ()):
                same_group = functional_id in ("", entry["functional_id"])
                if same_group and transaction_set in ("", entry["transaction_set"]):
                    return self._plan(entry)
        return None

    def get(self, guide: str, transaction_set: str | None = None) -> Plan | None:
        """The plan of a guide by its version (`005010X222A1`) or abbreviation (`837P`)."""
        for entry in self._by_version.get(guide, ()):
            if transaction_set in (None, entry["transaction_set"]):
                return self._plan(entry)
        return None

    def all(self) -> Sequence[Plan]:
        """Every plan, in the order of the guide files."""
        return [self._plan(entry) for entry in self._entries]

    def _plan(self, entry: Mapping[str, Any]) -> Plan:
        name = entry["abbreviation"]
        if name not in self._plans:
            self._plans[name] = Plan.from_data(self._load(entry))
        return self._plans[name]

    def _load(self, entry: Mapping[str, Any]) -> Mapping[str, Any]:
        cached = self._cached(entry)
        if cached is not None:
            return cached
        data = pyx12_source.plan_data(entry)
        self._store(entry, data)
        return data

    def _path(self, entry: Mapping[str, Any]) -> Path | None:
        if self._cache is None:
            return None
        return self._cache / f"{entry['abbreviation']}-{self._fingerprint}.json"

    def _cached(self, entry: Mapping[str, Any]) -> Mapping[str, Any] | None:
        path = self._path(entry)
        if path is None or not path.is_file():
            return None
        with suppress(OSError, ValueError):
            data: Mapping[str, Any] = json.loads(path.read_bytes())
            return data
        return None

    def _store(self, entry: Mapping[str, Any], data: Mapping[str, Any]) -> None:
        """Writes the cache file whole or not at all; a cache that can't be written is no fault."""
        path = self._path(entry)
        if path is None:
            return
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(data, file, separators=(",", ":"))
            Path(name).replace(path)


@cache
def library() -> GuideLibrary:
    """The library of this process, with its cache in the user's cache folder."""
    return GuideLibrary(cache_folder=user_cache_path("ediport") / "plans")


def _read_entries(path: Path) -> list[dict[str, Any]]:
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(entries, list):
        raise Defect(f"{path.name} does not hold a list of guides")
    return entries


def _index(entries: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    index: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        for name in (entry["guide"], entry["abbreviation"], *entry.get("aliases", ())):
            rows = index.setdefault(name, [])
            if entry not in rows:
                rows.append(entry)
    return index


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256(f"{pyx12_source.source_version()} format {PLAN_FORMAT}".encode())
    sources = [Path(pyx12_source.__file__), Path(keys.__file__), *sorted(folder.glob("*.yaml"))]
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
