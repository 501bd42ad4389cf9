"""What is agreed with a submitter: `<home>/submitters/<name>.yaml`, or the defaults where there is none.

    requester: clinic-a              # whom answers are for; the submitter's name where left out
    files:                           # the first pattern that fits the file's name decides
      - {pattern: "*.csv", layout: professional-claim}

X12 is known by its content and needs no row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

import yaml

from ediport.x12.errors import Defect

DEFAULT_LAYOUT: Final = "professional-claim"
"""The layout of flat files from a submitter without a file of its own."""

config_bytes_max: Final = 65_536


@dataclass(frozen=True, slots=True)
class FileRule:
    """Files whose name fits `pattern` (lower case; `*` and `?`) are read by `layout`."""

    pattern: str
    layout: str


@dataclass(frozen=True, slots=True)
class Submitter:
    """One who drops files; `name` is the name of the inbox folder."""

    name: str
    requester: str
    files: tuple[FileRule, ...] = (FileRule("*", DEFAULT_LAYOUT),)

    def layout_for(self, file_name: str) -> str | None:
        """The layout for a flat file of this name, or None."""
        fitting = (r for r in self.files if fnmatchcase(file_name.lower(), r.pattern.lower()))
        rule = next(fitting, None)
        return rule.layout if rule else None


def load_submitter(folder: Path, name: str) -> Submitter:
    """The submitter of an inbox folder; raises `Defect` when its file can't be used."""
    path = folder / f"{name}.yaml"
    if not path.is_file():
        return Submitter(name, name)
    if path.stat().st_size > config_bytes_max:
        raise Defect(f"{path.name} is too large for what is agreed with a submitter")
    try:
        return _submitter(name, yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise Defect(f"{path.name} does not describe a submitter") from error


def _submitter(name: str, data: Mapping[str, Any]) -> Submitter:
    if set(data) - {"requester", "files"}:
        raise ValueError("unknown members")
    rules = tuple(FileRule(str(r["pattern"]), str(r["layout"])) for r in data.get("files", ()))
    requester = str(data.get("requester", name))
    return Submitter(name, requester, rules) if rules else Submitter(name, requester)
