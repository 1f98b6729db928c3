"""Questions that people asked of a ticket: when, and when they were answered, never the words."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "question",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("ticket_id", row_id, nullable=False),
        sa.Column("person", sa.String(length=64), server_default="", nullable=False),
        sa.Column("explicit", sa.Boolean(), nullable=False),
        sa.Column("asked", sa.Double(), nullable=False),
        sa.Column("answered", sa.Double()),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_question_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
    )
    op.create_index("ix_question_ticket_id", "question", ["ticket_id"])
