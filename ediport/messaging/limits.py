"""Named limits of messaging; the unit is in the name. They hold on every adapter alike."""

from __future__ import annotations

body_bytes_max = 16_777_216
"""Largest body an adapter takes; larger ones travel as a claim check (`claim_check.py`)."""

claim_bytes_min = 262_144
"""A body longer than this goes to storage and the message carries a reference."""

batch_bytes_max = 33_554_432
"""Claimed bodies that one `receive` brings into memory together; the rest stays on the queue."""

send_messages_max = 10_000
"""Messages of one `send`, which is one transaction of the broker."""

receive_messages_max = 1_000
"""Messages leased by one `receive`, whatever `limit` asks for."""

headers_max = 64
header_name_chars_max = 64
header_value_chars_max = 4_096
cause_chars_max = 200

queue_chars_max = 200
partner_chars_max = 64

lease_s = 60.0
"""How long a received message stays with its consumer; a batch has to be handled within it."""

poll_s = 0.02
"""How often a waiting consumer looks for messages that another process has sent."""

presence_check_s = 1.0
"""How often a consumer looks for consumers that died with messages in hand."""
