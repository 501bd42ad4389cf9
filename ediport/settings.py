"""Settings of one process: parsed once at the entry point, frozen from then on.

The only module that reads the environment. A value comes from an argument, else from the environment
(`EDIPORT_<NAME>`), else from the default beside its field. `to_environment` hands the same settings to a child
process, so that parent and children can't differ.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final, get_type_hints

from ediport.x12.errors import Defect

PREFIX: Final = "EDIPORT_"

workers_max: Final = 64
"""Translator processes that one supervisor starts at most."""

port_max: Final = 65_535


@dataclass(frozen=True, slots=True)
class Settings:
    """What a process is told from outside; every path is absolute after `load`."""

    home: Path = Path("ediport-home")
    """Folder of the embedded platform: queues, ledger, storage, partner and submitter folders."""

    agreements: Path | None = None
    """Folder of the owner's agreements; None: `<home>/agreements`."""

    profile: str = "embedded"
    """Which adapters are wired: `embedded` is SQLite and folders."""

    workers: int = 1
    """Translator processes."""

    api_host: str = "127.0.0.1"
    api_port: int = 8080
    """Where the API listens; port 0 lets the system choose one."""

    log_level: str = "info"

    lifeline: int = -1
    """File descriptor that ends with the parent process; -1: there is none to watch."""

    @property
    def agreements_folder(self) -> Path:
        return self.agreements or self.home / "agreements"

    def to_environment(self) -> dict[str, str]:
        """The environment variables that `load` reads back as these settings."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {
            PREFIX + name.upper(): str(value) for name, value in values.items() if value is not None
        }


def load(environment: Mapping[str, str] | None = None, **arguments: Any) -> Settings:
    """The settings of this process; an argument of None counts as not given. Raises `Defect` for a bad value."""
    given = os.environ if environment is None else environment
    kinds = get_type_hints(Settings)
    values: dict[str, Any] = {}
    for field in fields(Settings):
        text = given.get(PREFIX + field.name.upper())
        if arguments.get(field.name) is not None:
            values[field.name] = arguments[field.name]
        elif text:
            values[field.name] = _parsed(field.name, text, kinds[field.name])
    return _checked(Settings(**values))


def child_environment(settings: Settings) -> dict[str, str]:
    """The environment for a child process: ours, with the settings given to it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return kept | settings.to_environment()


def _parsed(name: str, text: str, kind: object) -> object:
    if kind is not int:
        return text if kind is str else Path(text)
    try:
        return int(text)
    except ValueError:
        raise Defect(f"{PREFIX}{name.upper()} is no whole number") from None


def _checked(settings: Settings) -> Settings:
    if not 1 <= settings.workers <= workers_max:
        raise Defect(f"workers is not between 1 and {workers_max}")
    if not 0 <= settings.api_port <= port_max:
        raise Defect(f"api_port is not between 0 and {port_max}")
    folder = settings.agreements
    return replace(
        settings,
        home=settings.home.expanduser().resolve(),
        agreements=folder and folder.expanduser().resolve(),
    )
