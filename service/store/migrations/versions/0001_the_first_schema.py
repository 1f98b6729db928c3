"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "delivery",
        sa.Column("tracker", sa.String(length=16), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("tracker", "site", "id", name="pk_delivery"),
    )
    op.create_index("ix_delivery_at", "delivery", ["at"])

    op.create_table(
        "local_ticket",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16)),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("markup", sa.String(length=16), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("changed", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_local_ticket"),
    )
    op.create_index("ix_local_ticket_created", "local_ticket", ["created"])

    op.create_table(
        "opt_out",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_opt_out"),
    )
    op.create_table(
        "policy_override",
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("policy", sa.JSON(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("by", sa.String(length=64), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("project", name="pk_policy_override"),
    )
    op.create_table(
        "secret",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secret"),
    )
    op.create_table(
        "site",
        sa.Column("tracker", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("connected_at", sa.Double(), nullable=False),
        sa.Column("paused_until", sa.Double(), server_default="0", nullable=False),
        sa.Column("pause_reason", sa.String(length=200), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("tracker", "name", name="pk_site"),
    )
    op.create_table(
        "ticket",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("tracker", sa.String(length=16), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), server_default="", nullable=False),
        sa.Column("project", sa.String(length=200), server_default="", nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("done_generation", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due", sa.Double(), nullable=False),
        sa.Column("first_due", sa.Double(), nullable=False),
        sa.Column("not_before", sa.Double(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.Double(), server_default="0", nullable=False),
        sa.Column("lease_token", sa.String(length=32), server_default="", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.String(length=500), server_default="", nullable=False),
        sa.Column("gone", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("comment_state", sa.String(length=16), server_default="none", nullable=False),
        sa.Column("comment_key", sa.String(length=32), server_default="", nullable=False),
        sa.Column("comment_id", sa.String(length=200), server_default="", nullable=False),
        sa.Column("comment_hash", sa.String(length=64), server_default="", nullable=False),
        sa.Column("said_text_hash", sa.String(length=64), server_default="", nullable=False),
        sa.Column("said_score", sa.Integer()),
        sa.Column("said_rules", sa.JSON(), server_default="[]", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ticket"),
        sa.UniqueConstraint("tracker", "site", "external_id", name="uq_ticket_tracker"),
    )
    op.create_index(
        "ix_ticket_due",
        "ticket",
        ["due"],
        sqlite_where=sa.text("generation > done_generation"),
        postgresql_where=sa.text("generation > done_generation"),
    )

    op.create_table(
        "local_comment",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("ticket_id", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("edited", sa.Double(), nullable=False),
        sa.Column("edits", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["local_ticket.id"], name="fk_local_comment_ticket_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_local_comment"),
    )
    op.create_index("ix_local_comment_ticket_id", "local_comment", ["ticket_id"])

    op.create_table(
        "review",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("ticket_id", ROW_ID, nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("rulebook", sa.String(length=64), nullable=False),
        sa.Column("policy", sa.String(length=64), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("score", sa.Integer()),
        sa.Column("level", sa.String(length=16)),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("kind", sa.String(length=16)),
        sa.Column("project", sa.String(length=200), server_default="", nullable=False),
        sa.Column("status", sa.String(length=200), server_default="", nullable=False),
        sa.Column("status_category", sa.String(length=16), nullable=False),
        sa.Column("author", sa.String(length=64), server_default="", nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("text_changed", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_review_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_review"),
    )
    op.create_index("ix_review_at", "review", ["at"])
    op.create_index("ix_review_ticket_id", "review", ["ticket_id"])

    op.create_table(
        "decision",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("ticket_id", ROW_ID, nullable=False),
        sa.Column("review_id", ROW_ID),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("comment_id", sa.String(length=200), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name="fk_decision_review_id"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_decision_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
    )
    op.create_index("ix_decision_at", "decision", ["at"])
    op.create_index("ix_decision_ticket_id", "decision", ["ticket_id"])

    op.create_table(
        "finding",
        sa.Column("review_id", ROW_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=100), nullable=False),
        sa.Column("field", sa.String(length=200), nullable=False),
        sa.Column("start", sa.Integer()),
        sa.Column("end", sa.Integer()),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name="fk_finding_review_id"),
        sa.PrimaryKeyConstraint("review_id", "position", name="pk_finding"),
    )
    op.create_index("ix_finding_rule", "finding", ["rule"])
