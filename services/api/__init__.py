"""The API: what happened to every transaction, and the callbacks that bring answers to requesters.

Rules of this room: routes and senders see ports only; every error is a problem (RFC 9457); no value of a
document in a URL, a log line or a header.
"""
