"""Alembic migrations of the ledger; run by `ediport.ledger.migrate`, never by hand."""
