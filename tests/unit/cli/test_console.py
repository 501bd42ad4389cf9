"""The progress bar: only for long work, only while a person watches; and consoles for pipes."""

import io
from contextlib import suppress
from pathlib import Path

import pytest

from ediport.cli import console
from ediport.cli.failures import CommandFailure
from ediport.cli.streams import Input


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def fresh_consoles() -> None:
    console.out.cache_clear()
    console.err.cache_clear()


def watched(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Makes standard error a terminal and standard output a file.

    To be called in the test itself: pytest puts its own streams there after the fixtures are made.
    """
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr("sys.stdout", io.StringIO())
    monkeypatch.setattr(console, "progress_bytes_min", 1_000)
    return stream


def source(size: int, folder: Path | None = None) -> Input:
    """An input of that size; without a folder one whose size is not known before."""
    if folder is None:
        return Input("input", io.BytesIO(b"x" * size))
    path = folder / "input"
    path.write_bytes(b"x" * size)
    return Input("input", path.open("rb"))


def test_long_work_has_a_bar_that_goes_away(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    terminal = watched(monkeypatch)
    with console.progress(source(5_000, tmp_path)) as chunks:
        assert sum(map(len, chunks)) == 5_000
    text = terminal.getvalue()
    assert "input" in text
    assert text.endswith("\x1b[2K")


def test_short_work_has_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    terminal = watched(monkeypatch)
    with console.progress(source(500, tmp_path)) as chunks:
        assert sum(map(len, chunks)) == 500
    assert terminal.getvalue() == ""


def test_input_of_unknown_size_has_none_until_it_is_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = watched(monkeypatch)
    monkeypatch.setattr("ediport.cli.streams.chunk_bytes", 400)
    with console.progress(source(1_000)) as chunks:
        list(chunks)
    assert terminal.getvalue() == ""
    with console.progress(source(2_000)) as chunks:
        list(chunks)
    assert "input" in terminal.getvalue()


def test_the_bar_goes_away_when_work_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    terminal = watched(monkeypatch)
    with suppress(CommandFailure), console.progress(source(5_000, tmp_path)) as chunks:
        next(iter(chunks))
        raise CommandFailure("stopped")
    assert terminal.getvalue().endswith("\x1b[2K")


def test_bytes_on_the_terminal_are_progress_enough(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    terminal = watched(monkeypatch)
    with console.progress(source(5_000, tmp_path), output_is_terminal=True) as chunks:
        list(chunks)
    assert terminal.getvalue() == ""


def test_a_file_for_standard_error_gets_no_bar(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    watched(monkeypatch)
    log = io.StringIO()
    monkeypatch.setattr("sys.stderr", log)
    with console.progress(source(5_000, tmp_path)) as chunks:
        list(chunks)
    assert log.getvalue() == ""


def test_what_goes_to_a_pipe_is_not_wrapped_and_has_no_blanks_at_line_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from rich.table import Table

    pipe = io.StringIO()
    monkeypatch.setattr("sys.stdout", pipe)
    table = Table.grid(padding=(0, 2))
    table.add_row("a", "long " * 60)
    table.add_row("b", "short")
    console.show(console.out(), table)
    first, second = pipe.getvalue().splitlines()
    assert first == "a  " + ("long " * 60).rstrip()
    assert second == "b  short"


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    monkeypatch.setattr("sys.stdout", stream)
    console.out().print("text", style="red")
    assert "\x1b[31m" not in stream.getvalue()


def test_a_closed_pipe_is_left_to_the_one_place_that_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def write(self, text: str, /) -> int:
            raise BrokenPipeError

    monkeypatch.setattr("sys.stdout", Closed())
    with pytest.raises(BrokenPipeError):
        console.out().print("text")
