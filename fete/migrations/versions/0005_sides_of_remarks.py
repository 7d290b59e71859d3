"""What was answered to the coordination is told from what it wrote: its people have roles."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade():
    op.execute(
        "UPDATE remark SET side = 'declarers' WHERE person_id IS NOT NULL AND person_id NOT IN (SELECT person_id FROM role)"
    )


def downgrade():
    """Leave the rows: the column goes with the migration before."""
