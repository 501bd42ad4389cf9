"""Each command from its arguments to its output and exit code, in this process."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ediport import __version__
from ediport.cli.app import app
from tests.unit.cli.support import BROKEN_PLACE, SAMPLES, broken_claims

CLAIMS = SAMPLES / "claims.x12"


def run(*arguments: str | Path, given: bytes | None = None) -> Result:
    """Runs the command line; an exception that gets through it fails the test."""
    texts = [str(argument) for argument in arguments]
    return CliRunner().invoke(app, texts, input=given, catch_exceptions=False)


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.x12"
    path.write_bytes(broken_claims())
    return path


# translate


def test_translate_writes_a_document_a_transaction_set() -> None:
    result = run("translate", CLAIMS)
    assert result.exit_code == 0
    assert [row["guide"] for row in lines(result)] == ["005010X222A1", "005010X222A1"]
    assert result.stderr == ""


def test_translate_by_unit_writes_a_document_a_claim() -> None:
    result = run("translate", CLAIMS, "--split", "unit")
    assert len(lines(result)) == 40


def test_translate_reads_standard_input() -> None:
    assert (
        run("translate", "-", given=CLAIMS.read_bytes()).stdout == run("translate", CLAIMS).stdout
    )


def test_translate_counts_findings_on_standard_error(broken: Path) -> None:
    result = run("translate", broken)
    assert result.exit_code == 1
    assert len(lines(result)) == 2
    assert "1 of 2 transaction sets rejected, 1 error" in result.stderr
    assert "1 x element_required" in result.stderr
    assert BROKEN_PLACE in result.stderr


def test_translate_writes_a_file(tmp_path: Path) -> None:
    result = run("translate", CLAIMS, "-o", tmp_path / "out")
    assert result.stdout == ""
    assert (tmp_path / "out").read_text() == run("translate", CLAIMS).stdout


def test_translate_of_no_x12_writes_no_file(tmp_path: Path) -> None:
    result = run("translate", SAMPLES / "claims.csv", "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert "is no X12" in result.stderr
    assert list(tmp_path.iterdir()) == []


# build


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.x12")), ids=lambda p: p.stem)
@pytest.mark.parametrize("split", ["none", "unit"])
def test_build_makes_the_same_bytes_again(path: Path, split: str) -> None:
    text = run("translate", path, "--split", split).stdout_bytes
    result = run("build", "-", given=text)
    assert result.stdout_bytes == path.read_bytes()
    assert result.exit_code == 0


def test_build_takes_a_document_over_several_lines() -> None:
    document = json.loads(run("translate", SAMPLES / "835-1.x12").stdout)
    result = run("build", "-", given=json.dumps(document, indent=2).encode())
    assert result.stdout_bytes == (SAMPLES / "835-1.x12").read_bytes()


def test_build_says_line_and_pointer_of_a_fault() -> None:
    documents = lines(run("translate", CLAIMS))
    documents[1]["transaction"]["no_such_member"] = "x"
    given = "".join(json.dumps(one) + "\n" for one in documents).encode()
    result = run("build", "-", given=given)
    assert result.exit_code == 1
    assert "standard input line 2, /transaction/no_such_member" in result.stderr
    assert "json_member_unknown" in result.stderr


def test_build_checks_its_result(broken: Path) -> None:
    result = run("build", "-", given=run("translate", broken).stdout_bytes)
    assert result.exit_code == 1
    assert result.stdout_bytes == broken.read_bytes()
    assert BROKEN_PLACE in result.stderr


def test_build_shows_so_many_faults_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ediport.cli.build.findings_shown_max", 2)
    document = json.loads(run("translate", SAMPLES / "835-1.x12").stdout)
    document["transaction"] |= {f"wrong_{n}": "" for n in range(5)}
    result = run("build", "-", given=json.dumps(document).encode())
    assert result.stderr.count("json_member_unknown)") == 2
    assert "and 3 further faults" in result.stderr


def test_build_of_nothing_is_wrong_usage() -> None:
    result = run("build", "-", given=b"\n")
    assert result.exit_code == 2
    assert "holds no JSON document" in result.stderr


def test_build_of_x12_names_the_right_command() -> None:
    result = run("build", CLAIMS)
    assert result.exit_code == 2
    assert "ediport translate" in result.stderr


def test_build_for_a_partner_takes_the_envelope_of_the_agreement(tmp_path: Path) -> None:
    document = json.loads(run("translate", SAMPLES / "835-1.x12").stdout)
    del document["interchange"], document["group"]
    result = run(
        "build", "-", "--partner", "summit-mutual", "--home", tmp_path, "--control-number", "42",
        given=json.dumps(document).encode(),
    )  # fmt: skip
    header = re.match(rb"ISA(.).{79}\1", result.stdout_bytes)
    assert header is not None
    assert result.stdout_bytes.split(header[1])[13] == b"000000042"
    assert "json_envelope_incomplete" not in result.stderr


def test_build_for_an_unknown_partner_names_those_there_are(tmp_path: Path) -> None:
    result = run("build", CLAIMS, "--partner", "sumit-mutual", "--home", tmp_path)
    assert result.exit_code == 2
    assert "there is no agreement with 'sumit-mutual'" in result.stderr
    assert "did you mean summit-mutual?" in result.stderr


# validate


def test_validate_says_that_good_input_is_good() -> None:
    result = run("validate", CLAIMS)
    assert result.exit_code == 0
    assert "✔ accepted    837 0001 (005010X222A1)" in result.stdout
    assert result.stdout.endswith("2 transaction sets accepted, no findings\n")


def test_validate_shows_place_rule_and_what_the_guide_wants(broken: Path) -> None:
    result = run("validate", broken)
    assert result.exit_code == 1
    assert f"2000A/2000B/2000C/2300  {BROKEN_PLACE}" in result.stdout
    assert "Claim Frequency Code: required, but missing" in result.stdout
    assert "guide   required, ID of 1 character" in result.stdout
    assert "element_required (SNIP 2, IK403 code 1)" in result.stdout
    assert "✘ rejected    837 0001" in result.stdout
    assert "✔ accepted    837 0002" in result.stdout


def test_validate_for_machines(broken: Path) -> None:
    result = run("validate", broken, "--json")
    finding, summary = lines(result)
    assert finding["type"] == "finding"
    assert (finding["rule"], finding["place"]) == ("element_required", BROKEN_PLACE)
    assert finding["loop_path"] == "2000A/2000B/2000C/2300"
    assert finding["expects"].startswith("CLM05-03 Claim Frequency Code: required")
    assert (summary["type"], summary["verdict"]) == ("summary", "rejected")
    assert summary["transaction_sets"]["rejected"] == 1
    assert result.exit_code == 1


def test_validate_for_machines_says_that_input_is_unreadable() -> None:
    result = run("validate", SAMPLES / "claims.csv", "--json")
    (summary,) = lines(result)
    assert (summary["verdict"], summary["code"]) == ("unreadable", "no_interchange_header")
    assert result.exit_code == 2


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file whose wrong value is a marker."""
    path = tmp_path / "secret.x12"
    path.write_bytes(CLAIMS.read_bytes().replace(b":B:1*", b":B:MARKER*", 1))
    return path


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_validate_keeps_values_to_itself(secret: Path, form: tuple[str, ...]) -> None:
    result = run("validate", secret, *form)
    assert result.exit_code == 1
    assert "MARKER" not in result.output


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_validate_shows_values_when_asked(secret: Path, form: tuple[str, ...]) -> None:
    assert "MARKER" in run("validate", secret, "--show-values", *form).stdout


@pytest.mark.parametrize("command", ["translate", "ack", "build"])
def test_summaries_keep_values_to_themselves(secret: Path, command: str) -> None:
    given = run("translate", secret).stdout_bytes if command == "build" else secret.read_bytes()
    assert "MARKER" not in run(command, "-", given=given).stderr


# ack


def test_ack_answers_with_ta1_and_999() -> None:
    result = run("ack", CLAIMS, "--control-number", "7")
    assert result.exit_code == 0
    assert "TA1*" in result.stdout
    assert "ST*999*0007*005010X231A1" in result.stdout
    assert "000000007" in result.stdout


def test_ack_of_findings_rejects(broken: Path) -> None:
    result = run("ack", broken)
    assert result.exit_code == 1
    assert "IK5*R" in result.stdout
    assert "IK4*5:3*" in result.stdout


def test_ack_is_itself_valid(broken: Path) -> None:
    assert run("validate", "-", given=run("ack", broken).stdout_bytes).exit_code == 0


def test_ack_of_no_x12_answers_nothing() -> None:
    result = run("ack", "-", given=b"hello")
    assert (result.exit_code, result.stdout) == (2, "")


# guides, schema, explain


def test_guides_are_listed() -> None:
    result = run("guides")
    assert result.exit_code == 0
    assert re.search(r"^837P +005010X222A1 +HC", result.stdout, re.MULTILINE)


def test_guides_for_machines() -> None:
    rows = {row["abbreviation"]: row for row in lines(run("guides", "--json"))}
    assert rows["835"]["guide"] == "005010X221A1"
    assert rows["837P"]["segments"] > 300


@pytest.mark.parametrize("name", ["837P", "837p", "005010X222A1"])
def test_schema_is_printed(name: str) -> None:
    result = run("schema", name)
    assert json.loads(result.stdout)["properties"]["guide"]["const"] == "005010X222A1"


@pytest.mark.parametrize("command", ["schema", "explain"])
def test_an_unknown_guide_is_answered_with_the_nearest(command: str) -> None:
    result = run(command, "837")
    assert result.exit_code == 2
    assert "there is no guide '837'" in result.stderr
    assert "837P" in result.stderr


def test_explain_shows_the_tree() -> None:
    result = run("explain", "837P")
    assert re.search(r"^R +1  │  ├─ NM1 Submitter Name  01=41$", result.stdout, re.MULTILINE)
    assert re.search(r"^S +100  │     ├─ 2300 Claim Information$", result.stdout, re.MULTILINE)


def test_explain_shows_loops_only() -> None:
    result = run("explain", "835", "--loops")
    assert "2110 Service Payment Information" in result.stdout
    assert "SVC" not in result.stdout


def test_explain_shows_a_segment() -> None:
    result = run("explain", "837P", "2300/CLM")
    assert "2000A/2000B/2300/CLM" in result.stdout
    assert "2000A/2000B/2000C/2300/CLM" in result.stdout
    assert "claim_frequency_code_03" in result.stdout
    assert "not used: CLM03 to CLM04" in result.stdout


def test_explain_shows_a_component() -> None:
    result = run("explain", "837P", "CLM05-03")
    assert result.stdout.startswith("CLM05-03  Claim Frequency Code\n")


def test_explain_lists_what_has_the_same_name() -> None:
    result = run("explain", "837P", "2300/HI")
    assert "2000A/2000B/2300/HI[ABK]  Health Care Diagnosis Code" in result.stdout


def test_explain_puts_like_elements_together() -> None:
    assert "HI02 to HI12" in run("explain", "837P", "2300/HI[ABK]").stdout


def test_explain_for_machines() -> None:
    row = lines(run("explain", "837P", "CLM05-03", "--json"))[0]
    assert (row["name"], row["length_max"]) == ("Claim Frequency Code", 1)


def test_explain_suggests_places() -> None:
    result = run("explain", "837P", "2300/CLN")
    assert result.exit_code == 2
    assert "2300/CLM" in result.stderr


# the whole


def test_version_says_how_the_engine_is_loaded() -> None:
    result = run("--version")
    assert result.exit_code == 0
    assert re.fullmatch(
        rf"ediport {re.escape(__version__)} \(engine (compiled|interpreted), Python [\d.]+\)\n",
        result.stdout,
    )


@pytest.mark.parametrize(
    "command",
    ["translate", "build", "validate", "ack", "guides", "schema", "explain", "demo", "up"],
)
def test_help_teaches_by_example(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Examples" in result.stdout
    assert f"ediport {command}" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("translate",),
        ("translate", "a", "b"),
        ("translate", "a", "--split", "claim"),
        ("ack", "a", "--control-number", "0"),
        ("nonsense",),
        ("--nonsense",),
    ],
)
def test_wrong_usage_is_2(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Usage" in result.stderr


@pytest.mark.parametrize("command", ["translate", "build", "validate", "ack"])
@pytest.mark.parametrize("name", ["nowhere.x12", "."])
def test_what_is_no_file_is_2(command: str, name: str, tmp_path: Path) -> None:
    result = run(command, tmp_path / name)
    assert result.exit_code == 2
    assert result.stderr.startswith("ediport: ")
    assert result.stdout == ""


@pytest.mark.parametrize("command", ["translate", "validate", "ack"])
@pytest.mark.parametrize(
    "data",
    [b"", b"ISA", b"\x00" * 1_000, bytes(range(256)) * 50, b"ISA*" * 500, b"\xff\xfeI\x00S\x00"],
)
def test_garbage_gets_an_answer(command: str, data: bytes) -> None:
    result = run(command, "-", given=data)
    assert result.exit_code in (1, 2)
    assert "defect" not in result.stderr


def test_the_platform_that_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ediport.demo", None)
    result = run("demo", "--once")
    assert result.exit_code == 2
    assert "pip install 'ediport[all]'" in result.stderr


def test_demo_gives_its_options_and_exit_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: dict[str, object] = {}

    def demo(**options: object) -> int:
        seen.update(options)
        return 1

    monkeypatch.setattr("ediport.demo.run", demo)
    assert run("demo", "--once", "--home", tmp_path).exit_code == 1
    assert seen == {"once": True, "home": tmp_path}
