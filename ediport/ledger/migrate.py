"""Bring the tables up to date when a process starts; safe when several start together.

The schema is the sum of the migrations in `migrations/versions`. A database that is up to date is
recognised by one query, without loading Alembic, so that a start stays fast.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

HEAD = "0001"
"""Revision of the newest migration (a test compares it with the folder)."""

_FOLDER = Path(__file__).with_name("migrations")


def upgrade(engine: Engine) -> None:
    """Run what is missing in one write transaction: whoever comes second waits for it and finds
    nothing to do.
    """
    with engine.begin() as connection:
        if revision(connection) != HEAD:
            _run_migrations(connection)


def revision(connection: Connection) -> str | None:
    """The revision that the database is at; None when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _run_migrations(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
