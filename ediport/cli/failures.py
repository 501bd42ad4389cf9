"""How a command ends: exit codes, and one line on standard error in place of every traceback.

Exit codes: 0 good, 1 findings, 2 unreadable input or wrong usage; a reader of our output that goes away and Ctrl-C
end a command as a shell expects it (128 + the number of the signal).
"""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ediport.x12.errors import EdiportError

EXIT_GOOD: Final = 0
EXIT_FINDINGS: Final = 1
EXIT_UNUSABLE: Final = 2
EXIT_PIPE_CLOSED: Final = 128 + signal.SIGPIPE
EXIT_INTERRUPTED: Final = 128 + signal.SIGINT


class CommandFailure(EdiportError):
    """A command can't do what it was asked; `hint` says what to do about it. Never holds document values."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(slots=True)
class Outcome:
    """The exit code that a command comes to."""

    exit_code: int = EXIT_GOOD


@contextmanager
def guarded() -> Iterator[Outcome]:
    """Turns whatever a command raises into a line on standard error and an exit code.

    Commands end by setting `exit_code` of the outcome; nothing but `SystemExit` and what derives from
    typer's own exceptions passes through.
    """
    outcome = Outcome()
    try:
        yield outcome
        _flush_output()
    except CommandFailure as failure:
        outcome.exit_code = _say(str(failure), failure.hint)
    except BrokenPipeError:
        end_quietly()
        outcome.exit_code = EXIT_PIPE_CLOSED
    except KeyboardInterrupt:
        end_quietly()
        outcome.exit_code = EXIT_INTERRUPTED
    except OSError as failure:
        end_quietly()
        outcome.exit_code = _say(_os_words(failure))
    except EdiportError as failure:
        outcome.exit_code = _say(str(failure))
    except (MemoryError, RecursionError):
        outcome.exit_code = _say("the input is too deep or too large for the memory there is")
    except Exception as failure:
        if type(failure).__module__.startswith("typer"):
            raise
        outcome.exit_code = _say(_defect_words(failure), "please report it, with these places")


def _say(message: str, hint: str = "") -> int:
    text = f"ediport: {message}" + (f"\n  {hint}" if hint else "")
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            print(text, file=sys.stderr, flush=True)
    return EXIT_UNUSABLE


def _os_words(failure: OSError) -> str:
    name = f"{failure.filename}: " if isinstance(failure.filename, str) else ""
    return f"{name}{failure.strerror or type(failure).__name__}"


def _defect_words(failure: Exception) -> str:
    """The places of a fault of ours; its text stays unsaid, for it may hold document values."""
    frames = traceback.extract_tb(failure.__traceback__)
    places = [f"{Path(f.filename).name}:{f.lineno}" for f in frames[-3:]]
    return f"a defect of ediport itself ({type(failure).__name__} at {' > '.join(places)})"


def _flush_output() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()


def end_quietly() -> None:
    """Lets nothing more be written to standard output, not even what is still buffered."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def no_output_errors() -> None:
    """Characters that the terminal can't show become `?` instead of a failure."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def is_disk_full(failure: OSError) -> bool:
    return failure.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
