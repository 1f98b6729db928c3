"""How people took what we said, and who reviewed a rule."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "response",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("ticket_id", row_id, nullable=False),
        sa.Column("rule", sa.String(length=100), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("person", sa.String(length=64), server_default="", nullable=False),
        sa.Column("project", sa.String(length=200), server_default="", nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_response_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_response"),
    )
    op.create_index("ix_response_ticket_id", "response", ["ticket_id"])
    op.create_index("ix_response_project", "response", ["project", "what", "rule"])
    op.create_index("ix_response_person", "response", ["person", "rule"])
    op.create_table(
        "rule_review",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("rule", sa.String(length=100), nullable=False),
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("by", sa.String(length=64), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rule_review"),
    )
