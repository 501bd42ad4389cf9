"""The Makefile and the CI script: few targets, each explained, and one way to run the tests."""

import os
import re
import subprocess

from tests.architecture.sources import ROOT

TARGETS_MAX = 10
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
# A rule for a file (`.venv/...`, `$(STAMP)`) is not a target that a person calls.
TARGET = re.compile(r"^([a-z][a-z-]*):(?!=)(.*)$", re.MULTILINE)


def test_there_are_few_targets() -> None:
    names = [name for name, _ in TARGET.findall(MAKEFILE)]
    assert {"help", "setup", "run", "test", "check", "bench", "clean"} <= set(names)
    assert len(names) == len(set(names)) <= TARGETS_MAX


def test_every_target_has_a_line_of_help() -> None:
    described = {name: " ## " in rest for name, rest in TARGET.findall(MAKEFILE)}
    assert all(described.values()), described


def test_help_is_the_default_and_lists_every_target() -> None:
    # This test may itself run under make, which then announces folders.
    command = ["make", "--no-print-directory"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.split()[1] for line in shown.splitlines()} == dict(TARGET.findall(MAKEFILE)).keys()


def test_every_working_target_sets_up_first() -> None:
    needs_nothing = {"help", "clean"}
    unprepared = {name for name, rest in TARGET.findall(MAKEFILE) if "$(STAMP)" not in rest}
    assert unprepared == needs_nothing


def test_ci_runs_the_test_command_and_nothing_else() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    lines = script.read_text("utf-8").splitlines()
    commands = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]
    assert commands == ["exec make test </dev/null"]
