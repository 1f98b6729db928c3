"""What trends are made of, kept as counts; every week that was reviewed so far is to be counted."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

# Days since the epoch of the Monday before a time: the epoch was a Thursday. A cast rounds on PostgreSQL.
_DAY = {"sqlite": "CAST({time} / 86400.0 AS INTEGER)", "postgresql": "CAST(FLOOR({time} / 86400.0) AS INTEGER)"}
_WEEKS = """
INSERT INTO trend_stale (tracker, site, project, week, token)
SELECT DISTINCT tracker, site, project, week, 1 FROM (
  SELECT tracker, site, review.project, {written} AS week FROM review JOIN ticket ON ticket.id = ticket_id
  UNION SELECT tracker, site, review.project, {read} FROM review JOIN ticket ON ticket.id = ticket_id
) weeks WHERE tracker <> 'local'
"""


def upgrade() -> None:
    op.add_column("ticket", sa.Column("url", sa.String(length=500), nullable=False, server_default=""))
    op.create_index("ix_review_written", "review", ["project", "text_changed"])
    op.create_index("ix_review_read", "review", ["project", "at"])
    cell = [("measure", 16), ("tracker", 16), ("site", 64), ("project", 200), ("kind", 16), ("rulebook", 64)]
    op.create_table(
        "trend",
        sa.Column("measure", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.String(length=length), nullable=False) for name, length in cell[1:]),
        sa.Column("pairs", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("measure", "day", *(name for name, _ in cell[1:]), name="pk_trend"),
    )
    op.create_index("ix_trend_week", "trend", ["project", "day"])
    op.create_table(
        "trend_stale",
        *(sa.Column(name, sa.String(length=length), nullable=False) for name, length in cell[1:4]),
        sa.Column("week", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tracker", "site", "project", "week", name="pk_trend_stale"),
    )
    op.create_table(
        "rule_number",
        sa.Column(
            "number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("rule", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_rule_number"),
        sa.UniqueConstraint("rule", name="uq_rule_number_rule"),
    )
    op.create_table(
        "about",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_about"),
    )
    op.execute(_WEEKS.format(written=_week("text_changed"), read=_week("review.at")))


def _week(time: str) -> str:
    day = _DAY[op.get_bind().dialect.name].format(time=time)
    return f"({day} - ({day} + 3) % 7)"
