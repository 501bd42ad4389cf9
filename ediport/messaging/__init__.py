"""Queues between the services: one port (`port.py`), its adapters beside it, wrappers around it.

Rules of the room: use cases see `port.Messaging` alone, wiring alone imports adapters; delivery is
at least once, so every consumer is idempotent; no PHI in a header, a queue name, a cause or a log
line.
"""
