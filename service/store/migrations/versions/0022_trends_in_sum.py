"""Trends kept in sum as well, over all kinds and all projects: every week is to be counted again."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

# Days since the epoch of the Monday before a time: the epoch was a Thursday. A cast rounds on PostgreSQL.
_DAY = {"sqlite": "CAST({time} / 86400.0 AS INTEGER)", "postgresql": "CAST(FLOOR({time} / 86400.0) AS INTEGER)"}
_WEEKS = """
INSERT INTO trend_stale (tracker, site, project, week, token)
SELECT DISTINCT tracker, site, project, week, 1 FROM (
  SELECT tracker, site, review.project, {written} AS week FROM review JOIN ticket ON ticket.id = ticket_id
  UNION SELECT tracker, site, review.project, {read} FROM review JOIN ticket ON ticket.id = ticket_id
  UNION SELECT tracker, site, review.project, {said} FROM decision JOIN review ON review.id = review_id
  JOIN ticket ON ticket.id = review.ticket_id WHERE action = 'post'
) weeks WHERE tracker <> 'local'
"""


def upgrade() -> None:
    op.execute("DELETE FROM trend_stale")
    op.execute(_WEEKS.format(written=_week("text_changed"), read=_week("review.at"), said=_week("decision.at")))
    op.drop_index("ix_trend_week", "trend")
    op.drop_table("trend")
    lengths = {"measure": 16, "tracker": 16, "site": 64, "project": 200, "kind": 16, "rulebook": 64}
    key = ["project", "kind", "day", "measure", "tracker", "site", "rulebook"]
    op.create_table(
        "trend",
        *(
            sa.Column(name, sa.String(length=lengths[name]), nullable=False)
            if name in lengths
            else sa.Column(name, sa.Integer(), autoincrement=False, nullable=False)
            for name in key
        ),
        sa.Column("pairs", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(*key, name="pk_trend"),
    )
    op.create_index("ix_trend_week", "trend", ["day", "tracker", "site", "project"])


def _week(time: str) -> str:
    day = _DAY[op.get_bind().dialect.name].format(time=time)
    return f"({day} - ({day} + 3) % 7)"
