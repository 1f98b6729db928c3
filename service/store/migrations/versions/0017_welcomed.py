"""Who was welcomed. Whoever got a comment before is no newcomer."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_KNOWN = """
INSERT INTO welcomed (person, at)
SELECT review.author, min(decision.at)
FROM decision JOIN review ON review.id = decision.review_id
WHERE decision.action = 'post' AND review.author <> ''
GROUP BY review.author
"""


def upgrade() -> None:
    op.create_table(
        "welcomed",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_welcomed"),
    )
    op.execute(_KNOWN)
