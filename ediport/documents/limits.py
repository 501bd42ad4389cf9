"""Named limits of flat-file intake. Each bounds memory or work for hostile input; the unit is in the name."""

from __future__ import annotations

from typing import Final

layout_bytes_max: Final = 1_048_576
"""Size of a layout file."""

row_bytes_max: Final = 65_536
"""One row longer than this means that the file has another delimiter or line end, or is no text at all."""

row_lines_max: Final = 100
"""Lines that one row may span, where the layout lets quoted fields hold line breaks."""

columns_max: Final = 1_000
"""Columns of a header row."""

rows_per_unit_max: Final = 1_000
"""Rows of one unit that are held together; the guide's own limit on the row's loop may be lower."""

units_per_file_max: Final = 4_000_000
"""Units of one file, whose keys are all remembered (as eight bytes each) to find one that comes back."""

faults_per_row_max: Final = 20
"""Faults of one row that are reported; a row with more has shifted columns, not twenty mistakes."""
