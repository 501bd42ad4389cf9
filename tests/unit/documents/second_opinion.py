"""pyx12 as judge of what the generators and layouts make."""

from __future__ import annotations

import io
import logging

import pyx12.params
import pyx12.x12n_document


def pyx12_accepts(data: bytes) -> bool:
    """Whether pyx12 finds no fault in an interchange."""
    level = logging.getLogger("pyx12").level
    logging.getLogger("pyx12").setLevel(logging.CRITICAL + 1)
    try:
        return bool(
            pyx12.x12n_document.x12n_document(
                pyx12.params.ParamsBase(),
                io.StringIO(data.decode("ascii"), newline=""),
                io.StringIO(),
                None,
            )
        )
    finally:
        logging.getLogger("pyx12").setLevel(level)
