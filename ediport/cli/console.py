"""Consoles of the command line, its symbols, and the progress bar.

Rules of this room: colour only where rich finds a terminal and NO_COLOR is not set; text that goes to a file or a
pipe is not wrapped; a bar is drawn only while standard error is a terminal.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Final, TextIO

from ediport.cli.failures import CommandFailure

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.progress import Progress, TaskID

    from ediport.cli.streams import Input

progress_bytes_min: Final = 4_194_304
"""Smaller files are done before anybody could read a bar."""

_UNWRAPPED_COLUMNS: Final = 10_000


@cache
def out() -> Console:
    """Standard output; raises `CommandFailure` when it is closed."""
    if sys.stdout is None:
        raise CommandFailure("standard output is closed")
    return _console(is_error=False)


@cache
def err() -> Console:
    """Standard error."""
    return _console(is_error=True)


def _console(*, is_error: bool) -> Console:
    from rich.console import Console

    class PipeConsole(Console):
        """Leaves a closed pipe to `failures`, as all other output does."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    stream = sys.stderr if is_error else sys.stdout
    width = None if is_terminal(stream) else _UNWRAPPED_COLUMNS
    return PipeConsole(stderr=is_error, highlight=False, emoji=False, markup=False, width=width)


def is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def show(console: Console, renderable: RenderableType) -> None:
    """Prints; what goes to a file or a pipe has no blanks at the ends of its lines."""
    if console.is_terminal:
        console.print(renderable)
        return
    with console.capture() as captured:
        console.print(renderable)
    lines = captured.get().split("\n")
    console.out("\n".join(line.rstrip() for line in lines), end="")


def is_plain(console: Console) -> bool:
    """Whether only ASCII can be shown."""
    return not console.encoding.lower().startswith("utf")


def symbol(console: Console, fancy: str, plain: str) -> str:
    return plain if is_plain(console) else fancy


@contextmanager
def progress(source: Input, *, output_is_terminal: bool = False) -> Iterator[Iterator[bytes]]:
    """The chunks of an input, counted on a bar where that helps.

    `output_is_terminal`: the command writes its bytes to the terminal, which shows progress enough.
    """
    is_long = source.size is None or source.size >= progress_bytes_min
    if not is_long or output_is_terminal or not is_terminal(sys.stderr):
        yield source.chunks()
        return
    bar = _bar()
    try:
        yield _counted(source, bar, bar.add_task(source.name, total=source.size))
    finally:
        bar.stop()


def _counted(source: Input, bar: Progress, task: TaskID) -> Iterator[bytes]:
    """Of an input of unknown size the bar appears once it has turned out to be long."""
    read = 0
    for chunk in source.chunks():
        if source.size is not None or read >= progress_bytes_min:
            bar.start()
        yield chunk
        read += len(chunk)
        bar.advance(task, len(chunk))


def _bar() -> Progress:
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        DownloadColumn(binary_units=True),
        TransferSpeedColumn(),
        TimeRemainingColumn(compact=True),
    )
    console = out() if is_terminal(sys.stdout) else err()
    return Progress(*columns, console=console, transient=True)
