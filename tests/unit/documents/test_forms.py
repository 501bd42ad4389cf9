"""Forms of values: dates, amounts, codes, identifiers."""

from __future__ import annotations

import pytest

from ediport.documents.forms import (
    NumberStyle,
    Refused,
    date_form,
    element_form,
    folded,
    lookup_form,
    npi_form,
    number_form,
    pattern_form,
    removing,
)
from ediport.x12.plan import ElementPlan
from tests.generators.values import npi


def element(
    data_type: str = "AN",
    low: int = 1,
    high: int = 5,
    codes: tuple[str, ...] = (),
    list_name: str = "",
) -> ElementPlan:
    return ElementPlan(
        [1, "Name", "name_01", "R", 1, "1", data_type, low, high, codes, list_name, "", ()]
    )


@pytest.mark.parametrize(
    ("formats", "text", "day"),
    [
        (["YYYY-MM-DD"], "2026-01-05", "20260105"),
        (["M/D/YYYY"], "1/5/2026", "20260105"),
        (["M/D/YYYY"], "01/05/2026", "20260105"),
        (["YYYYMMDD"], "20240229", "20240229"),
        (["DD.MM.YYYY"], "05.01.2026", "20260105"),
        (["YYYY-MM-DD", "MM/DD/YYYY"], "12/31/2025", "20251231"),
    ],
)
def test_dates(formats: list[str], text: str, day: str) -> None:
    assert date_form(formats)(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-29",
        "2026-13-01",
        "2026-1-5",
        "05/01/2026",
        "2026-01-05 ",
        "20260105",
        "٢٠٢٦-01-05",
        "1700-01-01",
    ],
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(Refused) as refused:
        date_form(["YYYY-MM-DD"])(text)
    assert refused.value.rule == "value_date"
    assert text not in refused.value.reason


@pytest.mark.parametrize(
    ("style", "text", "number"),
    [
        (NumberStyle(), "100.00", "100"),
        (NumberStyle(), "100.50", "100.5"),
        (NumberStyle(), "007.05", "7.05"),
        (NumberStyle(), "0.00", "0"),
        (NumberStyle(), "5.", "5"),
        (NumberStyle(symbol="$", thousands=","), "$1,234.50", "1234.5"),
        (NumberStyle(symbol="$", thousands=","), "1234.5", "1234.5"),
        (NumberStyle(decimal=",", thousands="."), "1.234,50", "1234.5"),
        (NumberStyle(implied=2), "12345", "123.45"),
        (NumberStyle(implied=2), "5", "0.05"),
        (NumberStyle(negative=True), "-5.10", "-5.1"),
        (NumberStyle(negative=True), "-0.00", "0"),
        (NumberStyle(decimals_max=3), "2.125", "2.125"),
    ],
)
def test_numbers(style: NumberStyle, text: str, number: str) -> None:
    assert number_form(style, "value_amount")(text) == number


@pytest.mark.parametrize(
    ("style", "text"),
    [
        (NumberStyle(), "12.345"),
        (NumberStyle(), "-5"),
        (NumberStyle(), "1,234"),
        (NumberStyle(), "1e5"),
        (NumberStyle(), "NaN"),
        (NumberStyle(), "\u0665"),
        (NumberStyle(), ""),
        (NumberStyle(thousands=","), "1,23"),
        (NumberStyle(thousands=","), "12,3456"),
        (NumberStyle(implied=2), "12.5"),
        (NumberStyle(decimals_max=0), "1.5"),
        (NumberStyle(), "1" * 19),
    ],
)
def test_what_is_no_number(style: NumberStyle, text: str) -> None:
    with pytest.raises(Refused) as refused:
        number_form(style, "value_amount")(text)
    assert refused.value.rule == "value_amount"


def test_lookup_knows_no_case_and_names_what_it_knows() -> None:
    form = lookup_form({"FEMALE": "F", "MALE": "M"})
    assert form("Female") == "F"
    with pytest.raises(Refused) as refused:
        form("X")
    assert "FEMALE, MALE" in refused.value.reason


def test_a_long_list_of_codes_is_counted_not_shown() -> None:
    form = lookup_form({f"CODE{number}": "1" for number in range(40)})
    with pytest.raises(Refused) as refused:
        form("X")
    assert "40 allowed codes" in refused.value.reason


def test_patterns_are_described_in_words() -> None:
    form = pattern_form("[A-Z]{3}", "three letters")
    assert form("ABC") == "ABC"
    with pytest.raises(Refused, match="value_form") as refused:
        form("ABCD")
    assert refused.value.advice == "Write three letters."


def test_removing() -> None:
    assert removing("-. ")("12-34.5 6") == "123456"


@pytest.mark.parametrize("number", [0, 1, 77_777, 99_999])
def test_npi_check_digit(number: int) -> None:
    good = npi(number)
    assert npi_form(good) == good
    for digit in set("0123456789") - {good[-1]}:
        with pytest.raises(Refused, match="value_check_digit"):
            npi_form(good[:-1] + digit)


def test_npi_of_the_standard() -> None:
    """The example of the CMS paper on the check digit: 123456789 has 3."""
    assert npi_form("1234567893") == "1234567893"


@pytest.mark.parametrize("text", ["123456789", "12345678930", "3234567893", "123456789X"])
def test_what_is_no_npi(text: str) -> None:
    with pytest.raises(Refused, match="value_form"):
        npi_form(text)


def test_accents_are_folded() -> None:
    assert folded("José Zoë Åse") == "Jose Zoe Ase"
    assert folded("李") == "李"


@pytest.mark.parametrize(
    ("plan", "text", "rule"),
    [
        (element(), "Jos\u00e9", "value_characters"),
        (element(), "a\tb", "value_characters"),
        (element(), "abcdef", "value_too_long"),
        (element(low=2), "q", "value_too_short"),
        (element("ID", codes=("A", "B")), "C", "value_code"),
        (element("ID", list_name="states"), "ZZ", "value_code"),
    ],
)
def test_what_the_guide_does_not_allow(plan: ElementPlan, text: str, rule: str) -> None:
    with pytest.raises(Refused, match=rule) as refused:
        element_form(plan, {"states": frozenset({"OR", "TX"})})(text)
    assert text not in refused.value.reason


def test_what_the_guide_allows() -> None:
    assert element_form(element("ID", codes=("A", "B")), {})("B") == "B"
    assert (
        element_form(element("ID", list_name="states"), {"states": frozenset({"OR"})})("OR") == "OR"
    )
    assert element_form(element("R"), {})("-12.345") == "-12.345"
