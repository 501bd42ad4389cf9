"""The translator: canonical JSON to validated X12 for a partner, a partner's X12 to canonical JSON.

Rules of this room: use cases see ports only; a unit that can't go is rejected alone, with its findings; control
numbers, states and outgoing messages of an interchange are one ledger transaction.
"""
