"""Every command in the README and the architecture page works and prints what they say.

A block ```` ```console ```` has commands behind `$ ` and their output below; a line `...` stands for any lines.
`make test` is this very run, so it is only asked for what it would do.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "docs/ARCHITECTURE.md")
INSTEAD = {"make test": "make --dry-run test", "make run": "make run ARGS=--once"}
COMMAND_S_MAX = 280


@dataclass(frozen=True, slots=True)
class Command:
    page: str
    text: str
    output: tuple[str, ...]


def commands(page: str) -> list[Command]:
    found: list[Command] = []
    for block in re.findall(
        r"```console\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL
    ):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            text, *output = part.rstrip("\n").split("\n")
            found.append(Command(page, text, tuple(output)))
    return found


def matches(wanted: tuple[str, ...], printed: str) -> bool:
    pattern = "".join(
        r"(?:.*\n)*" if line == "..." else re.escape(line) + r"[ ]*\n" for line in wanted
    )
    return re.fullmatch(pattern, printed) is not None


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [c for page in PAGES for c in commands(page)],
    ids=lambda c: f"{c.page} {c.text[:40]}",
)
def test_command_does_what_the_page_says(command: Command) -> None:
    if not shutil.which("make") or not (ROOT / ".venv/bin/ediport").exists():
        pytest.skip("needs the checkout's own set-up (make setup)")
    text = INSTEAD.get(command.text, command.text)
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", text],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=COMMAND_S_MAX,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    if command.output:
        assert matches(command.output, done.stdout), done.stdout


def test_the_pages_have_commands() -> None:
    assert len(commands("README.md")) >= 6


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    folder = (ROOT / page).parent
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / page).read_text(encoding="utf-8"))
    assert [link for link in links if not (folder / link).exists()] == []
