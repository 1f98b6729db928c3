"""A ticket knows since when a save of it has not been answered."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("ticket", sa.Column("unanswered_since", sa.Double(), nullable=False, server_default="0"))
