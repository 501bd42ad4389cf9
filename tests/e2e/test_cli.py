"""The installed command line, as a shell sees it: exit codes, pipes, closed streams, signals, terminals."""

import json
import os
import pty
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).with_name("ediport")
SAMPLES = Path(__file__).resolve().parents[1] / "samples"
CLAIMS = SAMPLES / "claims.x12"
COMMANDS = ("translate", "validate", "ack", "build")

Done = subprocess.CompletedProcess[bytes]


def run(*arguments: str | Path, given: bytes | None = None, cwd: Path | None = None) -> Done:
    done = subprocess.run(
        [COMMAND, *arguments], input=given, capture_output=True, check=False, cwd=cwd
    )
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr
    return done


def shell(line: str, *, cwd: Path | None = None) -> Done:
    """Runs a line of shell in which `ediport` is the command and `$CLAIMS` a file."""
    folder = str(COMMAND.parent)
    environment = os.environ | {"PATH": f"{folder}:{os.environ['PATH']}", "CLAIMS": str(CLAIMS)}
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"],
        capture_output=True,
        check=False,
        env=environment,
        cwd=cwd,
    )
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr
    return done


def test_version_and_help() -> None:
    assert run("--version").stdout.startswith(b"ediport ")
    assert run("--help").returncode == 0


def test_version_needs_no_heavy_import() -> None:
    code = (
        "import sys; sys.argv = ['ediport', '--version']\n"
        "from ediport.cli import main; main()\n"
        "heavy = {'typer', 'rich', 'pyx12', 'yaml', 'jsonschema'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_there_and_back_through_pipes() -> None:
    assert shell('ediport translate "$CLAIMS" | ediport build - | cmp - "$CLAIMS"').returncode == 0
    line = 'ediport translate - --split unit < "$CLAIMS" | ediport build - | cmp - "$CLAIMS"'
    assert shell(line).returncode == 0


def test_good_input_is_0() -> None:
    assert [run(command, CLAIMS).returncode for command in COMMANDS[:3]] == [0, 0, 0]


def test_findings_are_1(tmp_path: Path) -> None:
    path = tmp_path / "bad.x12"
    path.write_bytes(CLAIMS.read_bytes().replace(b"CLM*", b"CLM**", 1))
    assert [run(command, path).returncode for command in COMMANDS[:3]] == [1, 1, 1]
    document = run("translate", path).stdout
    assert run("build", "-", given=document).returncode == 1


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "given", [b"", b"hello\n", bytes(range(256)) * 40, b"\x00" * 9_000], ids=range(4)
)
def test_what_cannot_be_read_is_2(command: str, given: bytes) -> None:
    done = run(command, "-", given=given)
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.startswith(b"ediport: standard input ")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_missing_file_and_a_folder_are_2(command: str, tmp_path: Path) -> None:
    for name in ("missing.x12", "."):
        done = run(command, name, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, b"")
        assert done.stderr.startswith(b"ediport: ")
        assert len(done.stderr.splitlines()) <= 2


def test_wrong_usage_is_2() -> None:
    assert run("translate").returncode == 2
    assert run("nonsense").returncode == 2
    assert run("validate", CLAIMS, "--nonsense").returncode == 2


def test_output_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    assert run("translate", CLAIMS, "-o", "out.ndjson", cwd=tmp_path).returncode == 0
    good = (tmp_path / "out.ndjson").read_bytes()
    assert good == run("translate", CLAIMS).stdout
    half = good[: len(good) // 2]
    done = run("build", "-", "-o", "out.ndjson", given=half, cwd=tmp_path)
    assert done.returncode == 2
    assert (tmp_path / "out.ndjson").read_bytes() == good
    assert [path.name for path in tmp_path.iterdir()] == ["out.ndjson"]


def test_output_has_the_usual_mode(tmp_path: Path) -> None:
    shell('umask 027; ediport translate "$CLAIMS" -o out', cwd=tmp_path)
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o640


@pytest.mark.parametrize(
    "line",
    [
        'ediport translate "$CLAIMS" -o nowhere/out',
        'ediport translate "$CLAIMS" -o .',
        'ediport translate "$CLAIMS" -o /dev/full',
        'ediport translate "$CLAIMS" > /dev/full',
        'ediport validate "$CLAIMS" > /dev/full',
        "ediport explain 835 > /dev/full",
        'ediport translate "$CLAIMS" >&-',
        'ediport validate "$CLAIMS" >&-',
        "ediport translate - <&-",
        'cp "$CLAIMS" own; ediport translate own -o own',
    ],
)
def test_streams_that_cannot_be_used_are_2(line: str, tmp_path: Path) -> None:
    done = shell(line, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(b"ediport: ")


def test_without_standard_error_a_command_still_works() -> None:
    assert shell('ediport validate "$CLAIMS" 2>&-').returncode == 0


@pytest.mark.parametrize(
    "command",
    [
        'translate "$CLAIMS"',
        'validate "$CLAIMS"',
        'validate "$CLAIMS" --json',
        'ack "$CLAIMS"',
        "guides",
        "schema 837P",
        "explain 837P",
        "--help",
        "--version",
    ],
)
def test_a_closed_pipe_is_no_failure_of_ours(command: str) -> None:
    done = shell(f'(sleep 1; ediport {command}; echo "code $?" >&2) | true')
    assert done.stderr == b"code 141\n"


@pytest.mark.parametrize(
    "command", ['translate "$CLAIMS"', 'validate "$CLAIMS"', "explain 837P", "schema 837P"]
)
def test_the_first_line_alone_can_be_taken(command: str) -> None:
    done = shell(f"ediport {command} | head -1")
    assert done.returncode in (0, 141)
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == b""


@pytest.mark.parametrize("command", ["translate", "ack", "build"])
def test_an_interrupt_ends_it_quietly_and_leaves_no_file(command: str, tmp_path: Path) -> None:
    text = run("translate", CLAIMS).stdout if command == "build" else CLAIMS.read_bytes()
    with started(command, "-", "-o", str(tmp_path / "out")) as process:
        feed(process, text)
        while not list(tmp_path.iterdir()):
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_between_findings_ends_it_quietly() -> None:
    with started("validate", "-") as process:
        feed(process, CLAIMS.read_bytes().replace(b"CLM*", b"CLM**"))
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"Transaction set 837")
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130
        assert process.stderr is not None
        assert process.stderr.read() == b""


def started(*arguments: str) -> "subprocess.Popen[bytes]":
    pipe = subprocess.PIPE
    return subprocess.Popen([COMMAND, *arguments], stdin=pipe, stdout=pipe, stderr=pipe)


def feed(process: "subprocess.Popen[bytes]", text: bytes) -> None:
    """Gives it something to read, and keeps it waiting for more."""
    assert process.stdin is not None
    process.stdin.write(text)
    process.stdin.flush()


def test_the_second_opinion_agrees_on_the_samples() -> None:
    done = run("validate", CLAIMS, "--second-opinion", "--json")
    summary = json.loads(done.stdout.splitlines()[-1])
    assert summary["second_opinion"] == {
        "outcome": "answered",
        "verdict": "accepted",
        "compared": 2,
        "agreed": 2,
    }


def test_a_difference_of_the_second_opinion_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "claims.x12"
    path.write_bytes(CLAIMS.read_bytes().replace(b"HL*1*", b"HL*9*", 1))
    rows = [
        json.loads(r)
        for r in run("validate", path, "--second-opinion", "--json").stdout.splitlines()
    ]
    assert rows[-1]["second_opinion"]["compared"] == 2
    differing = [row for row in rows if row.get("rule") == "second_opinion_differs"]
    assert len(differing) == 2 - rows[-1]["second_opinion"]["agreed"]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_characters_that_cannot_be_shown_are_no_failure(encoding: str) -> None:
    for command in ('validate "$CLAIMS"', "explain 835", "--help"):
        done = shell(f"PYTHONIOENCODING={encoding} ediport {command}")
        assert done.returncode == 0
        assert done.stdout


def on_terminal(arguments: Sequence[str | Path], **environment: str) -> tuple[int, str]:
    """Runs the command with a terminal for all three streams."""
    parent, child = pty.openpty()
    with subprocess.Popen(
        [COMMAND, *arguments],
        stdin=child,
        stdout=child,
        stderr=child,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "80"} | environment,
    ) as process:
        os.close(child)
        text = b""
        try:
            while piece := os.read(parent, 65_536):
                text += piece
        except OSError:
            pass
        os.close(parent)
    return process.returncode, text.decode()


def test_a_terminal_gets_color_and_no_longer_lines_than_it_has() -> None:
    code, text = on_terminal(["validate", CLAIMS])
    assert code == 0
    assert "\x1b[32m" in text


def test_no_color_is_respected_on_a_terminal() -> None:
    _, text = on_terminal(["validate", CLAIMS], NO_COLOR="1")
    assert "\x1b[32m" not in text


def test_a_pipe_gets_no_color() -> None:
    assert b"\x1b" not in run("validate", CLAIMS).stdout


def test_a_person_is_told_that_all_is_well() -> None:
    _, text = on_terminal(["translate", CLAIMS, "-o", os.devnull])
    assert "2 transaction sets accepted, no findings" in " ".join(text.split())
