"""Run by Alembic, called by store.postgres.migrate, which hands over a connection in a transaction."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=None)
with context.begin_transaction():
    context.run_migrations()
