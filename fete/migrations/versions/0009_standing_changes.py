"""What changed of the public programme, and of what is told of it, each time that a token was written."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade():
    # Its only row is written anew by whatever changes next: nothing that was kept in memory is left by then.
    op.drop_table("standing")
    op.create_table(
        "standing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), server_default="", nullable=False),
        sa.Column("latest", sa.String(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing")),
    )
    op.create_table(
        "standing_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("is_all", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_change")),
        sa.UniqueConstraint("token", name=op.f("uq_standing_change_token")),
    )


def downgrade():
    op.drop_table("standing_change")
    op.execute("ALTER TABLE standing DROP COLUMN latest")
