"""The files that the house rules are held against."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What is delivered, and what else is written in Python. A folder counts from its first file on.
PRODUCT = ("ediport", "services", "lambdas", "infra")
ALL_PYTHON = (*PRODUCT, "tools", "tests")
MADE_BY_TOOLS = {".git"} | {
    line.strip("/")
    for line in (ROOT / ".gitignore").read_text("utf-8").splitlines()
    if line.endswith("/") and "*" not in line
}


@dataclass(frozen=True)
class Source:
    """A Python module: its path in the checkout, its text and its syntax tree."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def module(self) -> str:
        """The dotted import path; a package is named by its folder."""
        parts = self.path.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def in_room(self, room: str) -> bool:
        return f"{self.module}.".startswith(f"{room}.")


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    paths = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return tuple(_read(path) for path in paths)


def _read(path: Path) -> Source:
    text = path.read_text("utf-8")
    return Source(path.relative_to(ROOT), text, ast.parse(text, filename=str(path)))


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that is or would be committed, relative to the checkout."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return tuple(_unpacked_files())
    names = sorted(set(listing.stdout.split("\0")) - {""})
    return tuple(Path(name) for name in names if (ROOT / name).is_file())


def _unpacked_files() -> Iterator[Path]:
    """The files of a source archive, or where git is missing: all but what set-up and tools make."""
    for path in sorted(ROOT.rglob("*")):
        relative = path.relative_to(ROOT)
        made = relative.parts[0] in MADE_BY_TOOLS or "__pycache__" in relative.parts
        if path.is_file() and not made:
            yield relative


def text_lines() -> Iterator[tuple[Path, int, str]]:
    """(path, line number from 1, line) of every project file that is text."""
    for path in project_files():
        content = (ROOT / path).read_bytes()
        if b"\0" not in content:
            lines = content.decode("utf-8", errors="replace").split("\n")
            yield from ((path, number, line) for number, line in enumerate(lines, start=1))


def report(rule: str, offenders: list[str]) -> str:
    """The message of a failed rule: one offender a line."""
    return "\n  ".join([rule, *offenders])
