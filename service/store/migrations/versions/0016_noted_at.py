"""When times to wait for were written, which tells whether the clock was set back since."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    for table in ("ticket", "site"):
        op.add_column(table, sa.Column("noted_at", sa.Double(), nullable=False, server_default="0"))
