"""Input and output of commands: files or `-`, in chunks, an output file whole or not at all.

Rules of this room: memory does not grow with a file; what goes wrong with a file is a `CommandFailure` that
names it.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from pathlib import Path
from typing import BinaryIO, Final

from ediport.cli.failures import CommandFailure, is_disk_full
from ediport.x12.errors import Unreadable

STANDARD: Final = "-"
"""Stands for standard input or output in place of a file name."""

chunk_bytes: Final = 1_048_576
"""Bytes read at once."""

_NAMES_LOOKED_AT_MAX: Final = 2_000
"""Files of a folder among which a mistyped name is looked for."""


class Input:
    """An opened input: its `name` for messages, its `size` in bytes where it is known, and its bytes."""

    def __init__(self, name: str, file: BinaryIO) -> None:
        self.name = name
        self._file = file
        self.size = _regular_size(file)

    def chunks(self) -> Iterator[bytes]:
        """The bytes as they come, at most `chunk_bytes` at once."""
        read = getattr(self._file, "read1", self._file.read)
        try:
            while chunk := read(chunk_bytes):
                yield chunk
        except OSError as failure:
            raise CommandFailure(f"{self.name} can't be read on: {failure.strerror}") from failure

    def is_terminal(self) -> bool:
        return self._file.isatty()


class Output:
    """Where a command writes its bytes."""

    def __init__(self, name: str, file: BinaryIO) -> None:
        self.name = name
        self._file = file

    def write(self, data: bytes) -> None:
        try:
            self._file.write(data)
        except BrokenPipeError:
            raise
        except OSError as failure:
            raise _unwritable(self.name, failure) from failure

    def flush(self) -> None:
        """Hands over all that is buffered; raises `CommandFailure` where it can't."""
        try:
            self._file.flush()
        except BrokenPipeError:
            raise
        except OSError as failure:
            raise _unwritable(self.name, failure) from failure


@contextmanager
def open_input(name: str) -> Iterator[Input]:
    """Opens a file, or standard input for `-`. That it is no X12 is said with its name too."""
    if name == STANDARD:
        if sys.stdin is None:
            raise CommandFailure("standard input is closed", "give a file, or pipe something in")
        with _readable("standard input"):
            yield Input("standard input", sys.stdin.buffer)
        return
    with _open_file(name) as file, _readable(name):
        yield Input(name, file)


@contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        yield
    except Unreadable as failure:
        place = f" (byte {failure.offset:,})" if failure.offset else ""
        hint = "X12 begins with an ISA segment" if failure.code == "no_interchange_header" else ""
        raise CommandFailure(f"{name} is no X12: {failure}{place}", hint) from failure


def _open_file(name: str) -> BinaryIO:
    try:
        return Path(name).open("rb")
    except FileNotFoundError as failure:
        raise CommandFailure(f"{name}: there is no such file", _near_name(name)) from failure
    except IsADirectoryError as failure:
        hint = (
            f'give its files one by one: for f in {name.rstrip("/")}/*; do ediport ... "$f"; done'
        )
        raise CommandFailure(f"{name} is a folder", hint) from failure
    except PermissionError as failure:
        raise CommandFailure(f"{name} may not be read by this user") from failure
    except (OSError, ValueError) as failure:
        words = failure.strerror if isinstance(failure, OSError) else "not a file name"
        raise CommandFailure(f"{name} can't be opened: {words}") from failure


def _near_name(name: str) -> str:
    folder = Path(name).parent
    if not folder.is_dir():
        return f"there is no folder {folder} either"
    with suppress(OSError), os.scandir(folder) as entries:
        names = [entry.name for entry, _ in zip(entries, range(_NAMES_LOOKED_AT_MAX), strict=False)]
        near = get_close_matches(Path(name).name, names, 1)
        return f"did you mean {folder / near[0]}?" if near else ""
    return ""


def _regular_size(file: BinaryIO) -> int | None:
    with suppress(OSError, ValueError):
        facts = os.fstat(file.fileno())
        return facts.st_size if stat.S_ISREG(facts.st_mode) else None
    return None


@contextmanager
def open_output(name: str, *, source: str = STANDARD) -> Iterator[Output]:
    """Opens the output; a regular file appears when the block ends well, and stays as it was otherwise.

    `source` is the name of the input, which is not to be overwritten.
    """
    if name == STANDARD:
        yield from _standard_output()
    elif Path(name).exists() and not Path(name).is_file():
        yield from _special_output(name)
    else:
        _refuse_same_file(name, source)
        yield from _whole_file(Path(name).resolve(), name)


def _standard_output() -> Iterator[Output]:
    if sys.stdout is None:
        raise CommandFailure("standard output is closed", "give a file with -o")
    sys.stdout.flush()
    output = Output("standard output", sys.stdout.buffer)
    yield output
    output.flush()


def _special_output(name: str) -> Iterator[Output]:
    """A device or a pipe: written as it stands. A folder can't be."""
    if Path(name).is_dir():
        raise CommandFailure(f"{name} is a folder", "give the name of a file in it")
    file = _opened(name)
    try:
        output = Output(name, file)
        yield output
        output.flush()
    finally:
        with suppress(OSError):
            file.close()


def _opened(name: str) -> BinaryIO:
    try:
        return Path(name).open("wb")
    except OSError as failure:
        raise _unwritable(name, failure) from failure


def _refuse_same_file(name: str, source: str) -> None:
    if source == STANDARD:
        return
    with suppress(OSError):
        if Path(name).samefile(source):
            raise CommandFailure(f"{name} is the input too", "give another name with -o")


def _whole_file(path: Path, name: str) -> Iterator[Output]:
    """Writes beside the file under another name, and renames at the end."""
    part = path.with_name(f".{path.name[:200]}.{os.getpid()}.part")
    try:
        mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666
        file = os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb")
    except OSError as failure:
        raise _unwritable(name, failure) from failure
    try:
        output = Output(name, file)
        yield output
        output.flush()
        os.fsync(file.fileno())
        file.close()
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            file.close()
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _unwritable(name: str, failure: OSError) -> CommandFailure:
    hint = ""
    if is_disk_full(failure):
        hint = "make room, or write elsewhere with -o"
    elif isinstance(failure, FileNotFoundError):
        hint = "make its folder first"
    return CommandFailure(f"{name} can't be written: {failure.strerror}", hint)
