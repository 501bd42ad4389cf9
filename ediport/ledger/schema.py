"""The tables of the ledger, as the newest migration leaves them (a test compares the two).

Tables change in two steps: a release adds, a later one removes, so that old and new processes run
side by side. A text column's length is kept by `sql.SqlWork` on every database, also on those that
do not look at it.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from ediport.ledger.limits import key_chars_max, name_chars_max

transaction_id_chars = 36
hash_chars = 64
time_chars = 32
queue_chars_max = 200
reference_chars_max = 200

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_Serial = BigInteger().with_variant(Integer, "sqlite")


def _name(name: str) -> Column[str]:
    return Column(name, String(name_chars_max), nullable=False)


def _key(name: str) -> Column[str]:
    return Column(name, String(key_chars_max), nullable=False)


def _time(name: str) -> Column[str]:
    return Column(name, String(time_chars), nullable=False)


def _of_unit() -> Column[str]:
    return Column(
        "transaction_id",
        String(transaction_id_chars),
        ForeignKey("units.transaction_id"),
        nullable=False,
    )


units = Table(
    "units",
    metadata,
    Column("transaction_id", String(transaction_id_chars), primary_key=True),
    Column("idempotency_key", String(key_chars_max), nullable=False, unique=True),
    _name("requester"),
    _name("partner"),
    _name("transaction_set"),
    _name("guide"),
    _key("source"),
    _key("correlation_id"),
    _time("received_at"),
    _name("state"),
    Column("patient_reference_hash", String(hash_chars)),
    _time("state_at"),
    Index(None, "state", "transaction_id"),
    Index(None, "partner", "transaction_id"),
    Index(None, "requester", "transaction_id"),
    Index(None, "source"),
)

events = Table(
    "events",
    metadata,
    Column("id", _Serial, primary_key=True),
    _of_unit(),
    _name("kind"),
    _time("at"),
    Column("detail", Text, nullable=False),
    Index(None, "transaction_id", "id"),
)

documents = Table(
    "documents",
    metadata,
    Column("id", _Serial, primary_key=True),
    _of_unit(),
    _name("kind"),
    Column("reference", String(reference_chars_max), nullable=False),
    _name("media_type"),
    _time("at"),
    Index(None, "transaction_id", "id"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("consumer", String(name_chars_max), primary_key=True),
    Column("key", String(key_chars_max), primary_key=True),
    _time("at"),
    sqlite_with_rowid=False,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("queue", String(queue_chars_max), nullable=False),
    Column("headers", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)

control_numbers = Table(
    "control_numbers",
    metadata,
    Column("scope", String(key_chars_max), primary_key=True),
    Column("last", BigInteger, nullable=False),
)

correlations = Table(
    "correlations",
    metadata,
    Column("partner", String(name_chars_max), primary_key=True),
    Column("kind", String(name_chars_max), primary_key=True),
    Column("value", String(key_chars_max), primary_key=True),
    Column(
        "transaction_id",
        String(transaction_id_chars),
        ForeignKey("units.transaction_id"),
        primary_key=True,
    ),
    Index(None, "transaction_id"),
    sqlite_with_rowid=False,
)

files = Table(
    "files",
    metadata,
    Column("digest", String(hash_chars), primary_key=True),
    _key("name"),
    _key("source"),
    _time("received_at"),
    _name("state"),
    Column("records", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    _time("state_at"),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("queue", String(queue_chars_max), primary_key=True),
    Column("idempotency_key", String(key_chars_max), primary_key=True),
    Column("transaction_id", String(transaction_id_chars)),
    _key("cause"),
    Column("attempts", Integer, nullable=False),
    _time("at"),
    _name("state"),
    Index(None, "state", "at"),
)
