"""The first tables: units with events, documents and correlations; inbox, outbox; numbers, files,
dead letters.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _units()
    _control_numbers()
    _dead_letters()
    _files()
    _inbox()
    _outbox()
    _correlations()
    _documents()
    _events()


def _control_numbers() -> None:
    op.create_table(
        "control_numbers",
        sa.Column("scope", sa.String(length=512), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name="pk_control_numbers"),
    )


def _dead_letters() -> None:
    op.create_table(
        "dead_letters",
        sa.Column("queue", sa.String(length=200), nullable=False),
        sa.Column("idempotency_key", sa.String(length=512), nullable=False),
        sa.Column("transaction_id", sa.String(length=36), nullable=True),
        sa.Column("cause", sa.String(length=512), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("queue", "idempotency_key", name="pk_dead_letters"),
    )
    op.create_index("ix_dead_letters_state_at", "dead_letters", ["state", "at"])


def _files() -> None:
    op.create_table(
        "files",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=512), nullable=False),
        sa.Column("source", sa.String(length=512), nullable=False),
        sa.Column("received_at", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("state_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_files"),
    )


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=512), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "key", name="pk_inbox"),
        sqlite_with_rowid=False,
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("queue", sa.String(length=200), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sqlite_autoincrement=True,
    )


def _units() -> None:
    op.create_table(
        "units",
        sa.Column("transaction_id", sa.String(length=36), nullable=False),
        sa.Column("idempotency_key", sa.String(length=512), nullable=False),
        sa.Column("requester", sa.String(length=64), nullable=False),
        sa.Column("partner", sa.String(length=64), nullable=False),
        sa.Column("transaction_set", sa.String(length=64), nullable=False),
        sa.Column("guide", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=512), nullable=False),
        sa.Column("correlation_id", sa.String(length=512), nullable=False),
        sa.Column("received_at", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("patient_reference_hash", sa.String(length=64), nullable=True),
        sa.Column("state_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("transaction_id", name="pk_units"),
        sa.UniqueConstraint("idempotency_key", name="uq_units_idempotency_key"),
    )
    op.create_index("ix_units_partner_transaction_id", "units", ["partner", "transaction_id"])
    op.create_index("ix_units_requester_transaction_id", "units", ["requester", "transaction_id"])
    op.create_index("ix_units_source", "units", ["source"])
    op.create_index("ix_units_state_transaction_id", "units", ["state", "transaction_id"])


def _correlations() -> None:
    op.create_table(
        "correlations",
        sa.Column("partner", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=512), nullable=False),
        sa.Column("transaction_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["units.transaction_id"], name="fk_correlations_transaction_id"
        ),
        sa.PrimaryKeyConstraint(
            "partner", "kind", "value", "transaction_id", name="pk_correlations"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_correlations_transaction_id", "correlations", ["transaction_id"])


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("transaction_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["units.transaction_id"], name="fk_documents_transaction_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
    )
    op.create_index("ix_documents_transaction_id_id", "documents", ["transaction_id", "id"])


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("transaction_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["units.transaction_id"], name="fk_events_transaction_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_transaction_id_id", "events", ["transaction_id", "id"])
