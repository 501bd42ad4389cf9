"""The envelope for `ediport build --partner`: from the agreement with that partner."""

from __future__ import annotations

from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from ediport import settings
from ediport.cli.failures import CommandFailure
from ediport.partners.control_numbers import CountingNumbers
from ediport.partners.envelope import envelope
from ediport.partners.registry import Registry, load_folder
from ediport.resources import schemas_folder
from ediport.x12.writer import Envelope


def partner_envelope(partner: str, home: Path | None, first_number: int) -> Envelope:
    """ISA and GS values of the agreement, with the local time of now; control numbers count from `first_number`.

    Raises `CommandFailure` when there is no such agreement.
    """
    folder = agreements_folder(home)
    agreement = _registry(folder).partner(partner)
    if agreement is None:
        names = [one.partner for one in _registry(folder)]
        near = get_close_matches(partner, names, 1) or [f"one of {', '.join(names)}"]
        raise CommandFailure(
            f"there is no agreement with '{partner}' in {folder}", f"did you mean {near[0]}?"
        )
    last = first_number - 1
    numbers = CountingNumbers(last, last, last)
    return envelope(agreement, at=datetime.now().astimezone(), control_numbers=numbers)


def agreements_folder(home: Path | None) -> Path:
    """The owner's agreements; those of the demo where there are none."""
    folder = settings.load(home=home).agreements_folder
    return folder if folder.is_dir() else schemas_folder() / "partners" / "demo"


def _registry(folder: Path) -> Registry:
    return load_folder(folder)
