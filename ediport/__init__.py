"""ediport: an open healthcare EDI platform.

Everything that two deployables share lives in this package; the deployables themselves are in
`services` and `lambdas`. The engine (`ediport.x12`) stands at the bottom and imports nothing above it.
"""

__version__ = "0.1.0"
