"""Bodies that are too large for a queue or must be kept: one port (`port.py`), its adapters beside
it.

Rules of the room: content-addressed, so a body is never changed and a repeat costs nothing; a
reference says nothing about the content; nothing from outside becomes a part of a path.
"""
