"""Who asked for a weekly mail. Addresses are among the secrets."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "mailbox",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mailbox"),
    )
    op.create_table(
        "mailbox_person",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("mailbox_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name="fk_mailbox_person_mailbox_id"),
        sa.PrimaryKeyConstraint("person", name="pk_mailbox_person"),
    )
    op.create_index("ix_mailbox_person_mailbox_id", "mailbox_person", ["mailbox_id"])
