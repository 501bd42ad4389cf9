"""Settings: argument before environment before default, and back into an environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from ediport.settings import Settings, child_environment, load
from ediport.x12.errors import Defect


def test_an_argument_goes_before_the_environment() -> None:
    given = {"EDIPORT_API_PORT": "9000", "EDIPORT_WORKERS": "3"}
    made = load(given, api_port=9001, workers=None)
    assert (made.api_port, made.workers, made.api_host) == (9001, 3, "127.0.0.1")


def test_what_a_child_is_told_is_what_it_reads(tmp_path: Path) -> None:
    own = load({}, home=tmp_path / "home", agreements=tmp_path / "x", workers=2, lifeline=7)
    assert load(child_environment(own)) == own
    assert load(own.to_environment()) == own


def test_paths_are_absolute_and_agreements_are_in_the_home(tmp_path: Path) -> None:
    made = load({"EDIPORT_HOME": "somewhere"})
    assert made.home.is_absolute()
    assert made.agreements_folder == made.home / "agreements"
    assert load({"EDIPORT_AGREEMENTS": str(tmp_path)}).agreements_folder == tmp_path


@pytest.mark.parametrize(
    ("name", "value"),
    [("WORKERS", "0"), ("WORKERS", "many"), ("WORKERS", "9999"), ("API_PORT", "70000")],
)
def test_a_bad_value_is_named_not_shown(name: str, value: str) -> None:
    with pytest.raises(Defect) as caught:
        load({f"EDIPORT_{name}": value})
    assert name.lower() in str(caught.value).lower()
    assert value == "0" or value not in str(caught.value)


def test_settings_are_frozen() -> None:
    with pytest.raises(AttributeError):
        Settings().workers = 2  # type: ignore[misc]
