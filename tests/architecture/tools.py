"""Programs that the house rules are checked with."""

import shutil

from tools.set_up import UV


def uv() -> str:
    """The uv that set-up has fetched, else one on the PATH."""
    found = str(UV) if UV.exists() else shutil.which("uv")
    assert found, "uv is missing; run `make setup`"
    return found
