"""The simulated payers of a site as a process: one for each agreement, in the platform's home
folder.

Conduct is read from `<home>/simulator/<partner>.yaml` where that is, state is kept beside it.
"""

from __future__ import annotations

import sys

from ediport import process, settings
from ediport.guides import library
from ediport.partners.registry import load_folder
from ediport.simulator.conduct import load_conduct
from ediport.simulator.payer_folder import PayerFolder


def main() -> int:
    """Runs until it is told to stop; returns the exit code."""
    own = settings.load()
    folder = own.home / "simulator"
    payers = {
        agreement.partner: PayerFolder(
            agreement,
            library(),
            home=own.home,
            state=folder / agreement.partner,
            conduct=load_conduct(folder / f"{agreement.partner}.yaml"),
        )
        for agreement in load_folder(own.agreements_folder)
    }
    loops = {f"payer-{partner}": payer.run for partner, payer in payers.items()}
    return process.run("simulator", loops, lifeline=own.lifeline)


if __name__ == "__main__":
    sys.exit(main())
