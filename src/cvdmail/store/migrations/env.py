"""Alembic's entry: runs the steps on the connection that :mod:`cvdmail.store.schema` has opened a transaction on."""

from alembic import context

from cvdmail.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # The whole upgrade is one transaction, begun by us: half a migration must never stay behind.
    transactional_ddl=True,
    transaction_per_migration=False,
    render_as_batch=False,
)
context.run_migrations()
