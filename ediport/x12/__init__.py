"""The X12 engine: bytes in, documents and findings out.

Rules of this room: no file, socket, clock, environment or log; the standard library only; a fault in a
document is a finding, never an exception; memory does not grow with the input.
"""
