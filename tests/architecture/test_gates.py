"""The gates of `make check`, so that the full test run fails with them too."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

GATES = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "--output-format", "concise", "."],
    "types": ["mypy"],
}


@pytest.mark.gate
@pytest.mark.parametrize("gate", GATES)
def test_gate(gate: str) -> None:
    program, *arguments = GATES[gate]
    command = [str(Path(sys.executable).with_name(program)), *arguments]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
