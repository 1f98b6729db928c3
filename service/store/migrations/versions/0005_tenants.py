"""Jiras that installed us as an app."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "tenant",
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("client_key", sa.String(length=400), nullable=False),
        sa.Column("base_url", sa.String(length=1000), nullable=False),
        sa.Column("shown_url", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("installed_at", sa.Double(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("site", name="pk_tenant"),
        sa.UniqueConstraint("client_key", name="uq_tenant_client_key"),
    )
