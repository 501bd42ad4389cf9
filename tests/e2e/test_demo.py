"""`ediport demo --once`: from the dropped samples to the last answer, by the command that users type."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from ediport.ledger.states import FINAL
from tests.e2e.platform_home import DemoProcess, Home
from tests.generators.claims_csv import SAMPLE_CLAIMS, sample

X12_CLAIMS = 40


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str, Home]:
    """Exit code, output and home of one demo."""
    folder = tmp_path_factory.mktemp("demo")
    log = folder / "output.txt"
    code = DemoProcess(folder / "home", log=log).wait()
    return code, log.read_text(), Home(folder / "home")


def test_it_ends_well_and_says_so_in_a_table(finished: tuple[int, str, Home]) -> None:
    code, output, home = finished
    assert code == 0, output
    for words in ("What became of the claims", "evergreen-health", "paid", "answers delivered"):
        assert words in output
    assert len(home.units) > 240


def test_every_claim_has_its_final_state_once(finished: tuple[int, str, Home]) -> None:
    _, _, home = finished
    bad_claims = {planted.row for planted in sample()[1]}
    assert SAMPLE_CLAIMS + X12_CLAIMS - len(bad_claims) <= len(home.units)
    for unit in home.units:
        assert unit.state in FINAL
        kinds = home.kinds(unit)
        assert all(kinds[kind] == 1 for kind in ("received", "sent", "accepted", "finalized"))
    assert not home.dead


def test_every_answer_is_delivered_once(finished: tuple[int, str, Home]) -> None:
    _, _, home = finished
    told = Counter((row["transaction_id"], row["source"]) for row in home.answers())
    expected = {(u.transaction_id, source): 1 for u in home.units for source in ("277CA", "835")}
    assert told == expected


def test_each_partner_gets_its_own_separators_and_numbers(finished: tuple[int, str, Home]) -> None:
    _, _, home = finished
    assert {(partner, text[3]) for partner, text in home.interchanges()} == {
        ("evergreen-health", "*"),
        ("summit-mutual", "|"),
    }
    for numbers in home.control_numbers().values():
        assert numbers == list(range(1, len(numbers) + 1))


def test_planted_bad_rows_are_rejected_with_their_reasons(finished: tuple[int, str, Home]) -> None:
    _, _, home = finished
    receipt = home.path / "receipts" / "demo-clinic" / "claims.csv.receipt.json"
    reasons = set(json.loads(receipt.read_text())["reasons"])
    assert reasons == {planted.rule for planted in sample()[1]} | {"unit_other_row"}


def test_no_claim_data_is_in_any_log(finished: tuple[int, str, Home]) -> None:
    _, output, home = finished
    logs = "".join(p.read_text() for p in Path(home.path / "logs").glob("*.jsonl"))
    assert logs.count("\n") > 50
    values = _telling_values()
    assert len(values) > 1000
    assert not [value for value in values if value in logs or value in output]


def _telling_values() -> set[str]:
    """Names, numbers and addresses of the sample that could not stand in a log by chance."""
    text, _ = sample()
    lines = text.decode().splitlines()
    cells = {cell.strip('" ') for line in lines[1:] for cell in line.split(",")}
    return {cell for cell in cells if len(cell) >= 6 and not cell.replace(".", "").isdigit()}
