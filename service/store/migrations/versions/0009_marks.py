"""The label and the score that we left on the ticket itself."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("ticket", sa.Column("marks", sa.JSON(), nullable=False, server_default="{}"))
