"""What Alembic runs: the migrations, on the connection that it is given (`schema.upgrade`)."""

from __future__ import annotations

from alembic import context

from assistant.state.tables import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
