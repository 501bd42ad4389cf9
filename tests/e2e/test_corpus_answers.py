"""Every file of the shared corpus gets an answer from every command: 0, 1 or 2, and never a fault of ours.

In one process and without the second validator, so that all files take minutes at most.
"""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ediport.cli.app import app

answers = {0, 1, 2}


@pytest.fixture(scope="module")
def files(corpus: Path) -> list[Path]:
    with (corpus / "INDEX.tsv").open(encoding="utf-8") as index:
        rows = [corpus / row["file"] for row in csv.DictReader(index, delimiter="\t")]
    found = [path for path in rows if path.is_file()]
    assert found
    return found


def run(*arguments: str | Path, given: bytes | None = None) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments], input=given)


def fault(result: Result) -> str:
    """What is wrong with an answer; empty when it is one."""
    if result.exit_code not in answers:
        return f"exit code {result.exit_code}"
    if "a defect of ediport" in result.stderr:
        return result.stderr
    if result.exit_code == 2 and not result.stderr.startswith("ediport: "):
        return "no reason is given"
    return ""


@pytest.mark.parametrize(
    "command",
    [("translate",), ("translate", "--split", "unit"), ("validate",), ("ack",)],
    ids=" ".join,
)
@pytest.mark.timeout(900)
def test_every_file_gets_an_answer(files: list[Path], command: tuple[str, ...]) -> None:
    faults = {path.name: fault(run(*command, path)) for path in files}
    assert {name: text for name, text in faults.items() if text} == {}


@pytest.mark.timeout(900)
def test_every_command_comes_to_the_same_verdict(files: list[Path]) -> None:
    differing = []
    for path in files:
        code = run("validate", path).exit_code
        others = [run("translate", path).exit_code, run("ack", path).exit_code]
        if others != [code, code]:
            differing.append((path.name, code, others))
    assert differing == []


@pytest.mark.timeout(900)
def test_every_answer_for_machines_ends_with_its_summary(files: list[Path]) -> None:
    for path in files:
        result = run("validate", path, "--json")
        rows = [json.loads(line) for line in result.stdout.splitlines()]
        assert [row["type"] for row in rows] == ["finding"] * (len(rows) - 1) + ["summary"]
        verdicts = {0: "accepted", 1: "rejected", 2: "unreadable"}
        assert rows[-1]["verdict"] == verdicts[result.exit_code]


@pytest.mark.timeout(900)
def test_every_document_can_be_built_again(files: list[Path]) -> None:
    faults = {}
    for path in files:
        documents = run("translate", path)
        if documents.exit_code != 2:
            faults[path.name] = fault(run("build", "-", given=documents.stdout_bytes))
    assert {name: text for name, text in faults.items() if text} == {}
