"""All committed samples, and how each is made: `python -m tests.generators.samples` writes them again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tests.generators.claims_csv import PAYERS, sample
from tests.generators.style import Ends, Style, restyled
from tests.generators.x12_277ca import generate_277ca
from tests.generators.x12_820 import generate_820
from tests.generators.x12_834 import generate_834
from tests.generators.x12_835 import generate_835
from tests.generators.x12_837i import generate_837i
from tests.generators.x12_837p import generate_837p
from tests.generators.x12_999 import generate_999

FOLDER: Final = Path(__file__).resolve().parent.parent / "samples"

_SUBMITTER: Final = Ends("DEMOBILLING", "EDIPORT", 101)
_PAYER: Final = Ends("EVERGREEN", "EDIPORT", 501)
_EMPLOYER: Final = Ends("DEMOEMPLOYER", "EDIPORT", 901)

_PLAIN: Final = Style()
_LINES: Final = Style(line_end="\n")
_BRACES: Final = Style("|", "<", "{", "}", "\r\n")
_CONTROLS: Final = Style("\x1d", ":", "^", "\x1c")
_NEWLINE: Final = Style("*", ">", "^", "\n")
_PIPES: Final = Style("|", ">", "!", "'", "\n")
_TABS: Final = Style("\t", "\\", "`", "?", "\r\n")


def claims_x12() -> bytes:
    """The 837P sample: 40 claims for the demo's two payers."""
    payers = [(name.upper(), payer_id) for name, payer_id in PAYERS]
    chunks = generate_837p(40, 837, ends=_SUBMITTER, payers=payers, claims_per_set=25)
    return b"".join(restyled(chunks, _LINES))


def _styled(data: bytes, style: Style) -> bytes:
    return b"".join(restyled([data], style))


SAMPLES: Final[Mapping[str, Callable[[], bytes]]] = {
    "claims.csv": lambda: sample()[0],
    "claims.x12": claims_x12,
    "837I-1.x12": lambda: _styled(generate_837i(8, 2231, _SUBMITTER), _PLAIN),
    "837I-2.x12": lambda: _styled(generate_837i(5, 2232, _SUBMITTER), _BRACES),
    "835-1.x12": lambda: _styled(generate_835(12, 2211, _PAYER), _LINES),
    "835-2.x12": lambda: _styled(generate_835(5, 2212, _PAYER), _CONTROLS),
    "834-1.x12": lambda: _styled(generate_834(12, 2201, _EMPLOYER), _PLAIN),
    "834-2.x12": lambda: _styled(generate_834(4, 2202, _EMPLOYER), _NEWLINE),
    "820-1.x12": lambda: _styled(generate_820(6, 2181, _EMPLOYER, individuals=False), _LINES),
    "820-2.x12": lambda: _styled(generate_820(5, 2182, _EMPLOYER, individuals=True), _TABS),
    "277CA-1.x12": lambda: _styled(generate_277ca(10, 2141, _PAYER), _PLAIN),
    "277CA-2.x12": lambda: _styled(generate_277ca(3, 2142, _PAYER), _PIPES),
    "999-1.x12": lambda: _styled(generate_999(3, 2311, _PAYER, rejected=False), _LINES),
    "999-2.x12": lambda: _styled(generate_999(2, 2312, _PAYER, rejected=True), _BRACES),
}


def main() -> None:
    """Writes every sample into `tests/samples/`."""
    for name, make in SAMPLES.items():
        (FOLDER / name).write_bytes(make())


if __name__ == "__main__":
    main()
