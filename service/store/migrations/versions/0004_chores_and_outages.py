"""Work by the clock, and how often a site could not be reached."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "chore",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("due", sa.Double(), nullable=False),
        sa.Column("lease_until", sa.Double(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_chore"),
    )
    op.add_column("site", sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("site", sa.Column("caught_up_at", sa.Double(), nullable=False, server_default="0"))
