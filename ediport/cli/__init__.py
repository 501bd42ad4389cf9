"""The command line `ediport`.

Rules of this room: commands import what they need when they run, so that `--help` and `--version` are quick;
every failure is one clear line on standard error (`failures`); document values are shown only when asked for.
"""

from __future__ import annotations

import sys

from ediport.cli.failures import (
    EXIT_INTERRUPTED,
    EXIT_PIPE_CLOSED,
    EXIT_UNUSABLE,
    end_quietly,
    no_output_errors,
)

__all__ = ["main"]


def main() -> int:
    """Runs the command line on `sys.argv`; returns the exit code."""
    no_output_errors()
    try:
        if sys.argv[1:] == ["--version"]:
            return _print_version()
        return _run_app()
    except KeyboardInterrupt:
        end_quietly()
        return EXIT_INTERRUPTED


def _print_version() -> int:
    """Without loading the commands, which takes ten times as long."""
    from ediport.cli.failures import guarded
    from ediport.cli.version import version_line

    with guarded() as outcome:
        print(version_line(), flush=True)
    return outcome.exit_code


def _run_app() -> int:
    from ediport.cli.app import app

    try:
        app(prog_name="ediport")
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):
            return EXIT_PIPE_CLOSED
        return ended.code if isinstance(ended.code, int) else EXIT_UNUSABLE
    return 0
