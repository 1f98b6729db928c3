"""Good tickets that are shown to others, where their authors agree."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("ticket", sa.Column("consent", sa.String(length=8), server_default="", nullable=False))
    op.add_column("ticket", sa.Column("restricted", sa.Boolean(), server_default="0", nullable=False))
    op.create_table(
        "exemplar",
        sa.Column("ticket_id", row_id, nullable=False),
        sa.Column("shown_id", row_id),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_exemplar_ticket_id"),
        sa.ForeignKeyConstraint(["shown_id"], ["ticket.id"], name="fk_exemplar_shown_id"),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_exemplar"),
    )
    op.create_index("ix_exemplar_shown_id", "exemplar", ["shown_id"])
