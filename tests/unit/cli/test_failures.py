"""How commands end: every failure an exit code and a line, no traceback, no document value."""

import errno

import pytest

from ediport.cli import failures
from ediport.cli.failures import CommandFailure, guarded
from ediport.x12.errors import Defect, Retryable


def run(error: BaseException) -> int:
    with guarded() as outcome:
        fail(error)
    return outcome.exit_code


def fail(error: BaseException) -> None:
    raise error


@pytest.fixture(autouse=True)
def keep_output(monkeypatch: pytest.MonkeyPatch) -> None:
    """Closing standard output for good would take the test runner's too."""
    monkeypatch.setattr(failures, "end_quietly", lambda: None)


def test_a_command_that_ends_well_gives_its_own_code() -> None:
    with guarded() as outcome:
        outcome.exit_code = failures.EXIT_FINDINGS
    assert outcome.exit_code == 1


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (CommandFailure("no such file", "look again"), "ediport: no such file\n  look again\n"),
        (Defect("a guide is broken"), "ediport: a guide is broken\n"),
        (Retryable("the ledger is busy"), "ediport: the ledger is busy\n"),
        (OSError(errno.ENOSPC, "No space left on device"), "ediport: No space left on device\n"),
        (OSError(errno.EIO, "Input/output error", "a.x12"), "ediport: a.x12: Input/output error\n"),
        (MemoryError(), "ediport: the input is too deep or too large for the memory there is\n"),
        (RecursionError(), "ediport: the input is too deep or too large for the memory there is\n"),
    ],
)
def test_failures_are_one_line(
    error: Exception, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(error) == 2
    captured = capsys.readouterr()
    assert captured.err == said
    assert captured.out == ""


def test_a_closed_pipe_ends_quietly(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(BrokenPipeError()) == 141
    assert capsys.readouterr().err == ""


def test_an_interrupt_ends_quietly(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == ""


def test_a_defect_is_named_by_its_place_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(ValueError("DOE JANE")) == 2
    said = capsys.readouterr().err
    assert "a defect of ediport itself (ValueError at " in said
    assert "test_failures.py:" in said
    assert "DOE" not in said


def test_without_standard_error_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", None)
    assert run(CommandFailure("unheard")) == 2
