"""The bridge: what comes in from submitters and partners, what goes out to partners.

Rules of this room: use cases see ports only; a file or message is effective once however often it comes; nothing
is taken from its sender before it is safe with us.
"""
