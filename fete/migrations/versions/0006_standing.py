"""How the public programme stands: one row, written anew by what changes it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade():
    op.create_table(
        "standing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing")),
    )


def downgrade():
    op.drop_table("standing")
