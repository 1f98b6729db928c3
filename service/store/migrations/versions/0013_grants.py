"""What we were granted by OAuth, and who is renewing it."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "oauth_grant",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("tracker", sa.String(length=16), nullable=False),
        sa.Column("renewing_until", sa.Double(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_oauth_grant"),
    )
