"""Since when each author is spoken to, and which rules are silent; every week is to be counted again."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

# A cast rounds on PostgreSQL. The epoch was a Thursday.
_DAY = {"sqlite": "CAST({time} / 86400.0 AS INTEGER)", "postgresql": "CAST(FLOOR({time} / 86400.0) AS INTEGER)"}
_WEEKS = """
INSERT INTO trend_stale (tracker, site, project, week, token)
SELECT DISTINCT tracker, site, project, {written} AS week, 2 FROM (
  SELECT tracker, site, review.project, text_changed FROM review JOIN ticket ON ticket.id = ticket_id
) texts WHERE tracker <> 'local'
ON CONFLICT (tracker, site, project, week) DO UPDATE SET token = excluded.token
"""


def upgrade() -> None:
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "coached",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("person", sa.String(length=64), server_default="", nullable=False),
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_coached"),
    )
    op.create_index("ix_coached_person", "coached", ["person"])
    op.create_table(
        "silent",
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("rule", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("project", "rule", name="pk_silent"),
    )
    op.execute(
        "INSERT INTO coached (person, project, since) SELECT person, project, MIN(at) FROM response "
        "WHERE what = 'shown' AND person <> '' GROUP BY person, project"
    )
    day = _DAY[op.get_bind().dialect.name].format(time="text_changed")
    op.execute(_WEEKS.format(written=f"({day} - ({day} + 3) % 7)"))
