from __future__ import annotations

import re

import pytest

from ediport.messaging import headers, queues
from ediport.messaging.headers import check_headers, dead_letter_headers, timestamp
from ediport.messaging.limits import cause_chars_max
from ediport.x12.errors import Defect

OURS = [value for name, value in vars(headers).items() if name.isupper() and name != "VERSION"]


def test_our_own_header_names_are_legal() -> None:
    assert "transaction_id" in OURS
    check_headers(dict.fromkeys((name for name in OURS if isinstance(name, str)), "x"))


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"good": "x", "bad-name": "x"}, "header 2: .*U\\+002D at position 4"),
        ({"9lives": "x"}, "U\\+0039 at position 1"),
        ({"JMSXGroupID": "x"}, "keeps for itself"),
        ({"Selector": "x"}, "keeps for itself"),
        ({"good": "a\tb"}, "value has U\\+0009 at position 2"),
        ({"good": 1}, "no string"),
    ],
)
def test_a_refused_header_is_told_without_its_content(given: dict[str, str], error: str) -> None:
    with pytest.raises(Defect, match=error) as raised:
        check_headers(given)
    assert not any(name in str(raised.value) for name in given if name != "good")


def test_dead_letter_headers_keep_the_others_and_bound_the_cause() -> None:
    parked = dead_letter_headers({"guide": "g"}, "x\n" * 500, 3)
    assert parked["guide"] == "g"
    assert len(parked[headers.DEAD_LETTER_CAUSE]) == cause_chars_max
    check_headers(parked)


def test_a_timestamp_is_rfc_3339_in_utc() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", timestamp())


def test_queue_names() -> None:
    assert queues.partner_outbound("payer-one") == "edi.partner.payer-one.outbound"
    assert queues.dead_letters("edi.inbound") == "edi.dlq.edi.inbound"
    assert queues.dead_letters("edi.dlq.edi.inbound") == "edi.dlq.edi.inbound"


@pytest.mark.parametrize("partner", ["", "a.b", "*", "a b", "-a", "x" * 65])
def test_a_partner_name_is_one_plain_word(partner: str) -> None:
    with pytest.raises(Defect):
        queues.partner_outbound(partner)
