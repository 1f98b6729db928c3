"""What people say on a ticket of the playground."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("local_comment", sa.Column("author", sa.String(length=16), server_default="", nullable=False))
