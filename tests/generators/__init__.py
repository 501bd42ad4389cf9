"""Seeded generators of synthetic input. The same seed gives the same bytes, on every machine and day.

Everything in it is invented: names are put together from syllables, identifiers come from ranges
that nobody uses (`1999` begins every NPI), dates are fixed. Codes have the form of real ones and
are used without their descriptions.
"""
