"""Named limits of the engine. Each bounds memory or work for hostile input; the unit is in the name."""

from __future__ import annotations

segment_bytes_max = 1_048_576
"""One segment longer than this means that the terminator is wrong or the file is no X12."""

leading_bytes_max = 65_536
"""How far into the input the first ISA is looked for."""

findings_per_transaction_max = 1_000
"""Findings kept of one transaction set; further ones are counted (`findings_suppressed`)."""

unit_bytes_max = 16_777_216
"""JSON text of one business unit held in memory; a larger one is a finding and is not kept whole."""

control_numbers_kept_max = 100_000
"""Control numbers remembered to find repeats within a file; later repeats of older ones go unseen."""

hierarchy_levels_max = 1_000
"""Open hierarchical levels (HL) remembered at once; further ones push the oldest out."""

unplaced_segments_max = 10_000
"""Segments without a place that are kept in the JSON of one transaction set; further ones are only reported."""
