"""Acknowledgments of what comes in: TA1, 999 (005010X231A1) and 997, made from the reader's events.

Rules of this room: standard library and `ediport.x12` only; no clock, no file, no randomness: date,
control numbers and spool are the caller's. Every input gets an answer that is itself valid: what
cannot be repeated there is cleaned or left out, and what cannot be named on its level is reported
on the level above. Codes come from the findings' rules; tables in here only translate them.
Positions, codes and limits are those of 005010X231A1.
"""

from ediport.x12.acks.acknowledger import Acknowledger, acknowledge
from ediport.x12.acks.context import (
    UNIT_IDENTIFIERS,
    BusinessUnit,
    Context,
    ContextOf,
    Trigger,
    UnitIdentifier,
)
from ediport.x12.acks.options import AckOptions
from ediport.x12.acks.text import Spool
from ediport.x12.acks.verdict import Judged, Judgment
from ediport.x12.writer import ControlNumbers

__all__ = [
    "UNIT_IDENTIFIERS",
    "AckOptions",
    "Acknowledger",
    "BusinessUnit",
    "Context",
    "ContextOf",
    "ControlNumbers",
    "Judged",
    "Judgment",
    "Spool",
    "Trigger",
    "UnitIdentifier",
    "acknowledge",
]
