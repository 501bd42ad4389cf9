"""Named limits of the ledger; the unit is in the name."""

from __future__ import annotations

control_number_max = 999_999_999
"""ISA13, GS06 and ST02 hold up to nine digits; 1 comes after this."""

numbers_at_once_max = 1_000_000

page_rows_max = 1_000
"""Rows of one page of units or dead letters, whatever `limit` asks for."""

outbox_bytes_max = 33_554_432
"""Message bodies that one look at the outbox brings into memory; one message at least."""

keys_at_once_max = 500
"""Keys or rows in one SQL statement; longer lists are cut into pieces of this."""

detail_bytes_max = 8_192
"""JSON text of an event's detail."""

name_chars_max = 64
"""Requester, partner, transaction set, guide, kind, state."""

key_chars_max = 512
"""Idempotency key, source, correlation id, correlated value."""

relay_messages = 500
"""Outbox rows that the relay moves in one go."""

relay_wait_s = 0.05
"""How long the relay rests when the outbox is empty."""

relay_pause_s = 1.0
"""How long the relay rests when the broker or the database is away."""
