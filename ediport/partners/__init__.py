"""Trading partners: their agreements, envelopes, routing, and tying their answers to what was
asked.

Rules of this room: agreements are data (`schemas/partners/`), checked when they are loaded and
never changed after; nothing here knows a transport, a broker or a database; secrets are named by
reference only.
"""
