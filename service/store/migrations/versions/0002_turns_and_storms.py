"""Whose turn it is, and what came in bulk."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("site", sa.Column("served_at", sa.Double(), nullable=False, server_default="0"))
    op.add_column("ticket", sa.Column("saved_at", sa.Double(), nullable=False, server_default="0"))
    op.add_column("review", sa.Column("bulk", sa.Boolean(), nullable=False, server_default="0"))
    op.drop_index("ix_ticket_due", "ticket")
    waits = sa.text("generation > done_generation")
    op.create_index(
        "ix_ticket_due", "ticket", ["tracker", "site", "due"], sqlite_where=waits, postgresql_where=waits
    )
    op.create_index("ix_ticket_saved", "ticket", ["tracker", "site", "project", "saved_at"])
