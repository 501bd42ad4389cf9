"""Keys of what we send, keys and outcomes of what partners answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from ediport.guides import library
from ediport.partners.correlation import Key, Verdict, request_keys, request_units, verdicts
from ediport.x12.events import DocumentText
from ediport.x12.reader import read

ISA = "ISA*00*          *00*          *ZZ*EVERGREEN      *ZZ*EDIPORT        *260304*0506*^*00501*"


def documents(x12: str) -> list[dict[str, Any]]:
    """The documents of an X12 text without line ends."""
    text = b""
    found = []
    for event in read([x12.encode()], library()):
        if isinstance(event, DocumentText):
            text += event.text
            if event.end:
                found.append(json.loads(text))
                text = b""
    return found


def interchange(functional_id: str, guide: str, st: str, *segments: str) -> str:
    """One interchange of one transaction set; control numbers 12, 34 and 0056."""
    body = "~".join(segments)
    return (
        f"{ISA}000000012*0*T*:~GS*{functional_id}*A1*B1*20260304*0506*34*X*{guide}~"
        f"ST*{st}~{body}~SE*{len(segments) + 2}*0056~GE*1*34~IEA*1*000000012~"
    )


def found(x12: str) -> list[Verdict]:
    return [verdict for document in documents(x12) for verdict in verdicts(document)]


def values(keys: Sequence[Key]) -> dict[str, str]:
    return {key.kind: key.value for key in keys}


CLAIMS = interchange(
    "HC",
    "005010X222A1",
    "837*0056*005010X222A1",
    "BHT*0019*00*BATCH7*20260304*0506*CH",
    "HL*1**20*1",
    "NM1*85*2*CLINIC*****XX*1234567893",
    "HL*2*1*22*1",
    "SBR*P*18*******CI",
    "NM1*IL*1*DOE*JANE****MI*M1",
    "NM1*PR*2*PAYER*****PI*EVRGN",
    "CLM*OWN1*10***11:B:1*Y*A*Y*Y",
    "REF*D9*D-77",
    "HI*ABK:J0190",
    "LX*1",
    "SV1*HC:99213*10*UN*1***1",
    "DTP*472*D8*20260301",
    "HL*3*2*23*0",
    "PAT*19",
    "NM1*QC*1*DOE*JUNIOR",
    "CLM*CHILD2*20***11:B:1*Y*A*Y*Y",
    "HI*ABK:J0190",
    "LX*1",
    "SV1*HC:99213*20*UN*1***1",
    "DTP*472*D8*20260301",
)


def test_keys_of_each_unit_that_we_send() -> None:
    (document,) = documents(CLAIMS)
    units = [values(request_keys(unit)) for unit in request_units(document)]
    shared = {
        "interchange": "12",
        "group": "34",
        "transaction": "34/56",
        "batch": "BATCH7",
        "provider": "1234567893",
    }
    assert units == [
        {**shared, "claim": "OWN1", "claim_number": "D-77"},
        {**shared, "claim": "CHILD2"},
    ]


def test_keys_before_the_envelope_is_there() -> None:
    (document,) = documents(CLAIMS)
    bare = {"guide": document["guide"], "transaction": {**document["transaction"]}}
    bare["transaction"].pop("transaction_set_header_ST")
    (own, _) = request_units(bare)
    assert values(request_keys(own)) == {
        "batch": "BATCH7",
        "provider": "1234567893",
        "claim": "OWN1",
        "claim_number": "D-77",
    }


def test_a_document_of_an_unknown_guide_has_the_keys_of_its_envelope() -> None:
    (document,) = documents(interchange("HC", "005010X999", "837*0056", "BHT*1"))
    assert values(request_keys(document)) == {"interchange": "12", "group": "34"}
    assert request_units(document) == [document]
    assert list(verdicts(document)) == []


def test_values_that_may_be_phi_are_marked_and_never_printed() -> None:
    (document,) = documents(CLAIMS)
    keys = {key.kind: key for key in request_keys(request_units(document)[0])}
    assert keys["claim"].phi
    assert keys["claim"].ledger_kind == "claim_hash"
    assert keys["batch"].ledger_kind == "batch"
    assert "OWN1" not in repr(keys)
    assert "OWN1" not in str(keys["claim"])


@pytest.mark.parametrize(
    ("code", "outcome"), [("A", "accepted"), ("E", "accepted"), ("R", "rejected")]
)
def test_ta1(code: str, outcome: str) -> None:
    x12 = f"{ISA}000000001*0*T*:~TA1*000000012*260304*0506*{code}*025~IEA*0*000000001~"
    (verdict,) = found(x12)
    assert (verdict.source, verdict.level, verdict.outcome) == ("TA1", "interchange", outcome)
    assert values(verdict.keys) == {"interchange": "12"}
    assert verdict.codes == ("025",)


def test_999_judges_the_group_and_each_set() -> None:
    x12 = interchange(
        "FA",
        "005010X231A1",
        "999*0056*005010X231A1",
        "AK1*HC*34*005010X222A1",
        "AK2*837*0056",
        "IK5*A",
        "AK2*837*0057",
        "IK3*CLM*22**8",
        "IK5*R*5*I5",
        "AK9*P*2*2*1",
    )
    group, taken, refused = found(x12)
    assert (group.level, group.outcome, values(group.keys)) == (
        "group",
        "partial",
        {"group": "34"},
    )
    assert (taken.level, taken.outcome) == ("transaction", "accepted")
    assert values(taken.keys) == {"group": "34", "transaction": "34/56"}
    assert (refused.outcome, refused.codes) == ("rejected", ("5", "I5"))
    assert values(refused.keys)["transaction"] == "34/57"


def test_999_that_names_no_set() -> None:
    x12 = interchange(
        "FA", "005010X231A1", "999*0056*005010X231A1", "AK1*HC*34*005010X222A1", "AK9*R*1*1*0*4"
    )
    (group,) = found(x12)
    assert (group.level, group.outcome, group.codes) == ("group", "rejected", ("4",))


def acknowledgment(receiver: str, provider: str, *claims: str) -> str:
    return interchange(
        "HN",
        "005010X214",
        "277*0056*005010X214",
        "BHT*0085*08*T1*20260304*0506*TH",
        "HL*1**20*1",
        "NM1*PR*2*PAYER*****PI*EVRGN",
        "TRN*1*T1",
        "DTP*050*D8*20260304",
        "DTP*009*D8*20260304",
        "HL*2*1*21*1",
        "NM1*41*2*SENDER*****46*S1",
        "TRN*2*BATCH7",
        f"STC*{receiver}",
        "HL*3*2*19*1",
        "NM1*85*2*CLINIC*****XX*1234567893",
        "TRN*1*0",
        f"STC*{provider}",
        *claims,
    )


def test_277ca_judges_each_claim() -> None:
    x12 = acknowledgment(
        "A1:19:PR*20260304*WQ*30",
        "A1:19:PR**WQ*30",
        "HL*4*3*PT",
        "NM1*QC*1*DOE*JANE****MI*M1",
        "TRN*2*OWN1",
        "STC*A2:20*20260304*WQ*10",
        "REF*1K*PC1",
        "REF*D9*D-77",
        "DTP*472*D8*20260301",
        "HL*5*3*PT",
        "NM1*QC*1*DOE*JUNIOR****MI*M1",
        "TRN*2*CHILD2",
        "STC*A7:164:IL*20260304*U*20******A7:178",
        "DTP*472*D8*20260301",
    )
    taken, refused = found(x12)
    assert (taken.source, taken.level, taken.outcome) == ("277", "unit", "accepted")
    assert values(taken.keys) == {
        "batch": "BATCH7",
        "claim": "OWN1",
        "claim_number": "D-77",
        "payer_claim_number": "PC1",
    }
    assert (refused.outcome, refused.code) == ("rejected", "U")
    assert refused.codes == ("A7:164:IL", "A7:178")
    claim = refused.key("claim")
    assert claim is not None
    assert claim.value == "CHILD2"
    assert refused.key("claim_number") is None


def test_277ca_that_refuses_the_batch_or_a_provider() -> None:
    batch, provider = found(acknowledgment("A3:33:41*20260304*U*30", "A3:496:85**U*30"))
    assert (batch.level, batch.outcome, batch.codes) == ("batch", "rejected", ("A3:33:41",))
    assert values(batch.keys) == {"batch": "BATCH7"}
    assert (provider.level, provider.outcome) == ("provider", "rejected")
    assert values(provider.keys) == {"batch": "BATCH7", "provider": "1234567893"}


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("1", "paid"),
        ("2", "paid"),
        ("19", "paid"),
        ("4", "denied"),
        ("22", "reversed"),
        ("23", "forwarded"),
        ("25", "estimated"),
    ],
)
def test_835(status: str, outcome: str) -> None:
    x12 = interchange(
        "HP",
        "005010X221A1",
        "835*0056",
        "BPR*I*5*C*CHK************20260304",
        "TRN*1*PAY9*1999999999",
        "N1*PR*PAYER",
        "N3*STREET",
        "N4*TOWN*IL*60601",
        "PER*BL*DESK*TE*8005550100",
        "N1*PE*CLINIC*XX*1234567893",
        "LX*1",
        f"CLP*OWN1*{status}*10*5*1*12*PC1",
        "CAS*CO*45*4",
        "NM1*QC*1*DOE*JANE",
        "SVC*HC:99213*10*5",
        "DTM*472*20260301",
        "CAS*PR*2*1**1*0",
    )
    (verdict,) = found(x12)
    assert (verdict.source, verdict.level, verdict.outcome) == ("835", "unit", outcome)
    assert verdict.codes == (status, "CO:45", "PR:2", "PR:1")
    assert values(verdict.keys) == {
        "claim": "OWN1",
        "payer_claim_number": "PC1",
        "payment": "PAY9",
    }


def test_a_request_says_nothing() -> None:
    assert found(CLAIMS) == []
