"""Tickets that an operator asked us to speak on, however old they are."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("ticket", sa.Column("invited", sa.Boolean(), nullable=False, server_default="0"))
