"""The way of claims from the inbox to the last answer, all use cases together in one thread."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ediport.guides import library
from ediport.ledger.states import DEAD, FINAL, FINALIZED, REJECTED
from ediport.messaging.queues import INBOUND, RESPONSES, dead_letters
from ediport.messaging.worker import Limits
from ediport.partners.control_numbers import CountingNumbers
from ediport.simulator.conduct import Conduct
from ediport.simulator.faults import Fault, Faults
from ediport.x12.acks import AckOptions, acknowledge
from ediport.x12.reader import read
from tests.unit.services.pump import SAMPLES, SUBMITTER, Crash, Pump, Site

CLAIMS = 22
BAD_CLAIMS = 1
"""The twentieth claim of the sample is the first planted bad one, in rows 56 and 57."""

FEW = 6
"""Claims for tests that run the whole way many times."""

CRASHES_MIN = 15
MOMENTS_PER_LIFE_MAX = 40
SEED = 20261123


def csv_sample(claims: int) -> bytes:
    """The first claims of the sample, with its header."""
    lines = (SAMPLES / "claims.csv").read_bytes().splitlines(keepends=True)
    last = b"DEMO-%06d," % claims
    end = max(i for i, line in enumerate(lines) if line.startswith((last, b'"' + last[:-1])))
    return b"".join(lines[: end + 1])


def x12_sample() -> bytes:
    return (SAMPLES / "claims.x12").read_bytes()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site.at(tmp_path)


def life(site: Site) -> dict[str, list[str]]:
    """The kinds of events of each unit."""
    return {u.transaction_id: [e.kind for e in site.events(u)] for u in site.units()}


def received_claims(site: Site) -> Counter[str]:
    """Claim numbers in all interchanges that the payers took."""
    found: Counter[str] = Counter()
    for path in site.home.glob("simulator/*/answered/*/received.x12"):
        text = path.read_text()
        segments = text.replace("\r", "").replace("\n", "").split(text[105])
        found.update(s.split(text[3])[1] for s in segments if s.startswith("CLM"))
    return found


def control_numbers(site: Site) -> dict[str, list[int]]:
    """ISA13 of all interchanges that each payer took, sorted."""
    found: dict[str, list[int]] = {}
    for path in site.home.glob("simulator/*/answered/*/received.x12"):
        text = path.read_text()
        found.setdefault(path.parts[-4], []).extend(
            int(text[start + 90 : start + 99]) for start in _starts(text)
        )
    return {partner: sorted(numbers) for partner, numbers in found.items()}


def _starts(text: str) -> list[int]:
    terminator = text[105]
    return [
        i
        for i in range(len(text))
        if text.startswith("ISA" + text[3], i) and (i == 0 or text[i - 1] in terminator + "\r\n")
    ]


def receipt(site: Site, name: str) -> dict[str, Any]:
    path = site.home / "receipts" / SUBMITTER / f"{name}.receipt.json"
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def test_every_claim_gets_its_final_state_and_every_answer(site: Site) -> None:
    site.drop("claims.csv", csv_sample(CLAIMS))
    site.drop("claims.x12", x12_sample())
    Pump(site).run()
    units = site.units()
    assert len(units) == CLAIMS - BAD_CLAIMS + 40
    assert {unit.state for unit in units} <= set(FINAL)
    told = Counter(answer["transaction_id"] for answer in site.answers)
    for transaction_id, kinds in life(site).items():
        assert told[transaction_id] == kinds.count("answer_delivered") == 2
        steps = [kind for kind in kinds if kind not in ("TA1", "answer_delivered")]
        assert steps == [
            "received",
            "translated",
            "sent",
            "acknowledged",
            "accepted",
            "finalized",
        ]
    assert max(received_claims(site).values()) == 1
    for numbers in control_numbers(site).values():
        assert numbers == list(range(1, len(numbers) + 1))


def test_answers_say_what_the_payer_said(site: Site) -> None:
    site.drop("claims.csv", csv_sample(FEW))
    Pump(site).run()
    by_unit: dict[str, dict[str, Any]] = {}
    for answer in site.answers:
        by_unit.setdefault(answer["transaction_id"], {})[answer["source"]] = answer
    assert len(by_unit) == FEW
    for unit in site.units():
        answers = by_unit[unit.transaction_id]
        assert set(answers) == {"277CA", "835"}
        assert answers["277CA"]["outcome"] == "accepted"
        assert answers["835"]["outcome"] in ("paid", "denied")
        assert answers["835"]["document"]["guide"] == "005010X221A1"
        assert answers["835"]["correlation_id"] == unit.correlation_id
        assert len({a["id"] for a in answers.values()}) == 2


def test_claims_that_the_payer_rejects_are_final_and_told(site: Site) -> None:
    """The simulated payer rejects claims of members whose id begins with REJ, by 277CA."""
    text = csv_sample(FEW).decode().splitlines()
    rows = list(csv.DictReader(text))
    members = {row["member_id"] for row in rows if row["claim_number"] == "DEMO-000002"}
    spoiled = "\n".join(text)
    for member in members - {""}:
        spoiled = spoiled.replace(member, "REJ" + member[3:])
    site.drop("claims.csv", spoiled.encode())
    Pump(site).run()
    states = Counter(unit.state for unit in site.units())
    assert states == {REJECTED: 1, FINALIZED: FEW - 1}
    (told,) = [answer for answer in site.answers if answer["outcome"] == "rejected"]
    assert told["source"] == "277CA"
    assert told["codes"] == ["A7:164:IL"]


def test_the_receipt_lists_units_and_the_report_rows(site: Site) -> None:
    site.drop("claims.csv", csv_sample(CLAIMS))
    Pump(site).run()
    told = receipt(site, "claims.csv")
    assert told["outcome"] == "taken"
    assert told["units"] == {"taken": len(site.units()), "rejected": 0}
    assert {row["transaction_id"] for row in told["transactions"]} == set(life(site))
    report = site.home / "rejects" / SUBMITTER / "claims.rejects.csv"
    rows = list(csv.DictReader(report.read_text("utf-8-sig").splitlines()))
    assert len(rows) == told["rows_rejected"] == 2
    assert {row["ediport_row"] for row in rows} == {"56", "57"}


def test_x12_is_acknowledged_to_its_submitter(site: Site) -> None:
    site.drop("claims.x12", x12_sample())
    Pump(site).run()
    (answer,) = (site.home / "outbox" / SUBMITTER).iterdir()
    text = answer.read_text()
    assert answer.name == "000000001.x12"
    assert "TA1*000000101*" in text
    assert "AK9*A*2*2*2~" in text


def test_a_rejected_set_has_no_effect_and_names_its_reasons(site: Site) -> None:
    """The 999 rejects a set for one bad claim, so its sender sends all of it again."""
    good = x12_sample()
    bad = good.replace(b":B:1*", b":Q:1*", 1)
    assert bad != good
    site.drop("claims.x12", bad)
    Pump(site).run()
    states = Counter(unit.state for unit in site.units())
    assert states == {REJECTED: 25, FINALIZED: 15}
    (answer,) = (site.home / "outbox" / SUBMITTER).iterdir()
    assert "AK9*P*2*2*1" in answer.read_text()
    told = receipt(site, "claims.x12")
    assert told["units"] == {"taken": 15, "rejected": 25}
    assert told["reasons"]["transaction_set_rejected"] == 24
    report = (site.home / "rejects" / SUBMITTER / "claims.rejects.jsonl").read_text()
    found = [json.loads(line)["findings"] for line in report.splitlines()]
    assert [row["place"] for findings in found for row in findings] == ["CLM05-02"]


def test_the_same_content_again_is_answered_not_processed(site: Site) -> None:
    site.drop("claims.csv", csv_sample(FEW))
    Pump(site).run()
    before = life(site)
    site.drop("again.csv", csv_sample(FEW))
    Pump(site).run()
    assert life(site) == before
    assert receipt(site, "again.csv")["outcome"] == "repeated"


def test_another_file_of_the_same_name_keeps_both_receipts(site: Site) -> None:
    site.drop("claims.csv", csv_sample(3))
    Pump(site).run()
    site.drop("claims.csv", csv_sample(FEW).replace(b"DEMO-", b"NEXT-"))
    Pump(site).run()
    receipts = list((site.home / "receipts" / SUBMITTER).iterdir())
    assert len(receipts) == 2
    assert receipt(site, "claims.csv")["units"]["taken"] == 3


def test_a_claim_for_nobody_is_rejected_alone(site: Site) -> None:
    text = csv_sample(FEW).replace(b",EVRGN,", b",NOBODY,")
    site.drop("claims.csv", text)
    Pump(site).run()
    states = Counter(unit.state for unit in site.units())
    assert states[REJECTED] > 0
    assert states[FINALIZED] > 0
    assert receipt(site, "claims.csv")["reasons"] == {"payer_unknown": states[REJECTED]}


@pytest.mark.parametrize(
    ("name", "data", "cause"),
    [
        ("empty.csv", b"", None),
        ("header.csv", csv_sample(FEW).partition(b"\n")[0], None),
        ("noise.x12", b"ISA this is no interchange at all", "no_interchange_header"),
        ("zip.csv", b"PK\x03\x04" + bytes(range(256)), None),
    ],
)
def test_a_file_of_nothing_is_refused_and_the_next_one_unharmed(
    site: Site, name: str, data: bytes, cause: str | None
) -> None:
    site.drop(name, data)
    site.drop("good.csv", csv_sample(FEW))
    Pump(site).run()
    told = receipt(site, name)
    assert told["outcome"] == "refused"
    if cause:
        assert told["cause"]
    assert {unit.state for unit in site.units()} == {FINALIZED}


def test_a_submitter_has_layouts_and_a_requester_of_its_own(site: Site) -> None:
    rules = site.home / "submitters" / f"{SUBMITTER}.yaml"
    rules.parent.mkdir()
    rules.write_text(
        "requester: billing\nfiles: [{pattern: '*.csv', layout: professional-claim}]\n"
    )
    site.drop("claims.csv", csv_sample(FEW))
    site.drop("claims.dat", csv_sample(3))
    Pump(site).run()
    assert {unit.requester for unit in site.units()} == {"billing"}
    assert len(site.units()) == FEW
    told = receipt(site, "claims.dat")
    assert (told["outcome"], told["cause"]) == ("refused", "no_layout")


def test_a_broken_submitter_file_sets_files_aside(site: Site) -> None:
    rules = site.home / "submitters" / f"{SUBMITTER}.yaml"
    rules.parent.mkdir()
    rules.write_text("layout: professional-claim\n")
    site.drop("claims.csv", csv_sample(FEW))
    Pump(site).run()
    assert site.units() == []
    assert len(list((site.home / "archive" / SUBMITTER / "set-aside").iterdir())) == 1


def test_a_fault_of_ours_in_one_file_does_not_stop_the_next(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.bridge import sources

    def broken(*_: object) -> None:
        raise KeyError("a fault of ours")

    with monkeypatch.context() as patched:
        patched.setattr(sources, "read_flat_file", broken)
        site.drop("broken.csv", csv_sample(3))
        Pump(site).run()
    site.drop("claims.csv", csv_sample(FEW))
    Pump(site).run()
    told = receipt(site, "broken.csv")
    assert (told["outcome"], told["cause"]) == ("failed", "KeyError")
    assert len(site.units()) == FEW
    site.drop("mended.csv", csv_sample(3))
    Pump(site).run()
    assert receipt(site, "mended.csv")["outcome"] == "taken"
    assert len(site.units()) == FEW + 3
    assert {unit.state for unit in site.units()} == {FINALIZED}


def test_a_rejected_interchange_is_told_to_every_requester(tmp_path: Path) -> None:
    site = Site.at(tmp_path)
    site.conduct = Conduct(faults=Faults(rates={Fault.REJECT_INTERCHANGE: 1.0}))
    site.drop("claims.csv", csv_sample(FEW))
    Pump(site).run()
    assert {unit.state for unit in site.units()} == {REJECTED}
    assert {(a["source"], a["outcome"]) for a in site.answers} == {("TA1", "rejected")}
    assert len(site.answers) == len(site.units())


def test_a_rejected_set_is_told_to_every_requester(tmp_path: Path) -> None:
    site = Site.at(tmp_path)
    site.conduct = Conduct(faults=Faults(rates={Fault.REJECT_TRANSACTION: 1.0}))
    site.drop("claims.csv", csv_sample(FEW))
    Pump(site).run()
    assert {unit.state for unit in site.units()} == {REJECTED}
    assert {(a["source"], a["outcome"]) for a in site.answers} == {("999", "rejected")}
    assert len(site.answers) == len(site.units())


@pytest.mark.parametrize(
    "fault", [Fault.BAD_COUNTS, Fault.TRUNCATED, Fault.GARBAGE, Fault.SWAPPED_IDS, Fault.DUPLICATE]
)
def test_a_partner_who_errs_breaks_nothing(tmp_path: Path, fault: Fault) -> None:
    """What is no answer changes no state; a repeat has no second effect."""
    site = Site.at(tmp_path)
    site.conduct = Conduct(faults=Faults(rates={fault: 1.0}))
    site.drop("claims.csv", csv_sample(FEW))
    Pump(site).run()
    states = Counter(unit.state for unit in site.units())
    if fault is Fault.DUPLICATE:
        assert states == {FINALIZED: FEW}
        assert len(site.answers) == 2 * len(site.units())
    else:
        assert states[FINALIZED] < FEW
        assert len(site.answers) < 2 * FEW


def test_a_ta1_in_the_interchange_of_its_999_counts_once(site: Site) -> None:
    site.drop("claims.csv", csv_sample(FEW))
    pump = Pump(site)
    pump.payers = []
    pump.run()
    for sent in site.home.glob("partners/*/outbox/*.x12"):
        answer = acknowledge(
            read([sent.read_bytes()], library()),
            control_numbers=CountingNumbers(),
            now=datetime.now(UTC),
            options=AckOptions(one_interchange=True),
        )
        (sent.parent.parent / "inbox" / sent.name).write_bytes(b"".join(answer))
    pump.run()
    assert {unit.state for unit in site.units()} == {"acknowledged"}
    assert all(kinds.count("TA1") == 1 for kinds in life(site).values())


def test_an_answer_that_nobody_waits_for_is_parked(site: Site, tmp_path: Path) -> None:
    site.drop("claims.csv", csv_sample(FEW))
    pump = Pump(site)
    pump.run()
    other = Site.at(tmp_path / "other")
    other.drop("claims.csv", csv_sample(FEW).replace(b"DEMO-", b"OTHER-"))
    other_pump = Pump(other)
    other_pump.run()
    for path in (other.home / "archive" / "partners").glob("*/*835*"):
        target = site.home / "partners" / path.parent.name / "inbox" / path.name
        target.write_bytes(path.read_bytes())
    before = life(site)
    pump.run()
    assert life(site) == before
    with site.ledger.read() as reader:
        letters = reader.dead_letters()
    assert {letter.cause for letter in letters} == {"answer_unmatched"}
    assert site.messaging.depth(dead_letters(INBOUND)).ready == len(letters) > 0


def test_callbacks_are_tried_again_with_the_same_id_then_parked(site: Site) -> None:
    site.refuse_callbacks = 3
    site.drop("claims.csv", csv_sample(FEW))
    Pump(site).run()
    assert len(site.answers) == 2 * len(site.units())
    site.refuse_callbacks = 10_000
    site.drop("more.csv", csv_sample(FEW).replace(b"DEMO-", b"MORE-"))
    Pump(site, limits=Limits(wait_s=0.0, backoff_first_s=0.0, attempts_max=3)).run()
    assert site.messaging.depth(dead_letters(RESPONSES)).ready == len(site.units())
    parked = [kinds for kinds in life(site).values() if "answer_parked" in kinds]
    assert len(parked) == len(site.units()) / 2


def test_units_wait_for_others_as_the_agreement_says(tmp_path: Path) -> None:
    site = Site.at(
        tmp_path, wait_s=3600.0, units_per_transaction_max=2, transactions_per_interchange_max=1
    )
    site.drop("claims.csv", csv_sample(FEW))
    pump = Pump(site)
    for _ in range(10):
        pump.turn()
    by_partner = Counter(unit.partner for unit in site.units())
    waiting = {u.partner for u in site.units() if u.state == "received"}
    full = {partner for partner, count in by_partner.items() if count >= 2}
    assert waiting == set(by_partner) - full


def test_a_unit_that_does_not_validate_is_rejected_alone(site: Site) -> None:
    pump = Pump(site)
    site.drop("claims.csv", csv_sample(FEW))
    pump.intake.look()
    pump.intake.look()
    _spoil_first_request(site)
    pump.run()
    states = Counter(unit.state for unit in site.units())
    assert states == {REJECTED: 1, FINALIZED: len(site.units()) - 1}
    (told,) = [a for a in site.answers if a["outcome"] == "rejected"]
    assert told["source"] == "findings"
    assert told["codes"]


def _spoil_first_request(site: Site) -> None:
    """Replace a code in the first message that waits in the outbox."""
    with site.ledger.begin() as work:
        rows = work.outbox(1000)
        work.outbox_sent([row.id for row in rows])
        for number, row in enumerate(rows):
            body = row.message.body
            if number == 0:
                body = body.replace(
                    b'"facility_code_qualifier_02":"B"', b'"facility_code_qualifier_02":"Q"'
                )
                assert body != row.message.body
            work.enqueue(row.queue, replace(row.message, body=body))


def test_a_message_that_is_no_document_is_parked(site: Site) -> None:
    pump = Pump(site)
    site.drop("claims.csv", csv_sample(FEW))
    pump.intake.look()
    pump.intake.look()
    with site.ledger.begin() as work:
        rows = work.outbox(1000)
        work.outbox_sent([row.id for row in rows])
        for number, row in enumerate(rows):
            message = replace(row.message, body=b"[]") if number == 0 else row.message
            work.enqueue(row.queue, message)
    pump.run()
    states = Counter(unit.state for unit in site.units())
    assert states == {DEAD: 1, FINALIZED: len(site.units()) - 1}


def _crashes_until_rest(site: Site, draw: Random) -> int:
    """Lives that end with a crash at a random moment, until one comes to rest; how many crashed."""
    crashes = 0
    while True:
        site.ledger.crash_at = site.ledger.moment + draw.randint(1, MOMENTS_PER_LIFE_MAX)
        try:
            Pump(site).run()
            return crashes
        except Crash:
            crashes += 1


def test_a_crash_at_any_moment_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Many crashes in one life: before, within and after transactions of the ledger, at random."""
    site = Site.at(tmp_path)
    site.drop("claims.csv", csv_sample(FEW))
    site.drop("claims.x12", x12_sample())
    crashes = _crashes_until_rest(site, Random(SEED))
    assert crashes > CRASHES_MIN, f"seed {SEED}: {crashes} crashes"
    units = site.units()
    assert Counter(unit.state for unit in units) == {FINALIZED: FEW + 40}
    for kinds in life(site).values():
        assert all(kinds.count(kind) == 1 for kind in ("sent", "accepted", "finalized"))
    assert max(received_claims(site).values()) == 1
    for numbers in control_numbers(site).values():
        assert numbers == list(range(1, len(numbers) + 1))
    assert len({answer["id"] for answer in site.answers}) == 2 * len(units)
