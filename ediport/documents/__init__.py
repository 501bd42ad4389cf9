"""Documents: canonical JSON read by X12 ids, and flat files turned into canonical JSON by layouts.

Rules of this room: no socket, clock or environment; memory does not grow with the input; a fault in
a row is data (`Reject`) and never raised; no document value gets into an exception, a reason or a
`repr`.
"""
