"""Alembic's entry: runs in the transaction that `ediport.ledger.migrate` began and will commit."""

from alembic import context

from ediport.ledger.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
