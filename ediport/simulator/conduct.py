"""How a simulated payer behaves, and the file that says so.

A file (YAML) has these members, all of them optional:

    seed: 7                               # of the fee schedule
    delays_s: {277CA: 2, "835": 10}       # seconds between an interchange and its answers
    faults:
      seed: 7
      rates: {late: 0.1, bad_counts: 1}   # names and meaning: `ediport.simulator.faults.Fault`
      kinds: ["277CA"]                    # only these answers; none: all of them
      late_s: 3600
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ediport.simulator.answers import KINDS
from ediport.simulator.faults import Fault, Faults, usual_late_s
from ediport.x12.errors import Defect


@dataclass(frozen=True, slots=True)
class Conduct:
    """Seed of the fee schedule, seconds before each kind of answer, faults."""

    seed: int = 0
    delays_s: Mapping[str, float] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)


def load_conduct(path: Path) -> Conduct:
    """The conduct in a file, good conduct where there is none; Defect where it is no such file."""
    if not path.is_file():
        return Conduct()
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        return _conduct({} if data is None else dict(data.items()))
    except (TypeError, ValueError, AttributeError, yaml.YAMLError) as error:
        raise Defect(f"{path.name} does not describe the conduct of a payer") from error


def _conduct(data: Mapping[str, Any]) -> Conduct:
    delays_s = {str(kind): float(seconds) for kind, seconds in data.get("delays_s", {}).items()}
    unknown = (set(data) - {"seed", "delays_s", "faults"}) | (set(delays_s) - set(KINDS))
    if unknown:
        raise ValueError("unknown members")
    return Conduct(int(data.get("seed", 0)), delays_s, _faults(**data.get("faults", {})))


def _faults(
    rates: Mapping[str, float] | None = None,
    kinds: list[str] | None = None,
    late_s: float = usual_late_s,
    seed: int = 0,
) -> Faults:
    return Faults(
        rates={Fault(name): float(rate) for name, rate in (rates or {}).items()},
        kinds=frozenset(str(kind) for kind in kinds or ()),
        late_s=float(late_s),
        seed=int(seed),
    )
