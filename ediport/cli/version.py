"""What `ediport --version` says."""

from __future__ import annotations

import platform
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec
from typing import Final

from ediport import __version__

_HOT_MODULE: Final = "ediport.x12.transaction"


def version_line() -> str:
    """Version, how the engine's hot modules are loaded, and the Python that runs them."""
    return f"ediport {__version__} (engine {engine_form()}, Python {platform.python_version()})"


def engine_form() -> str:
    """`compiled` when the hot modules are native code, else `interpreted`."""
    spec = find_spec(_HOT_MODULE)
    origin = spec.origin if spec is not None and spec.origin else ""
    return "compiled" if origin.endswith(tuple(EXTENSION_SUFFIXES)) else "interpreted"
