"""A payer that answers: for demos, tests and partners who want to try before they connect.

Rules of this room: the same input and seed give the same answers; what a claim gets can be told
from its content (`adjudicate`); faults happen on demand only; nothing here is used on the way to a
real payer. It stands outside of the platform: it shares the engine and the agreement, and nothing
else.
"""
