"""Who asked to be told of changes, of what, and what they know; where letters to them are refused."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade():
    op.execute("ALTER TABLE letter ADD COLUMN stop_address VARCHAR NOT NULL DEFAULT ''")
    op.create_index("ix_activity_changes", "activity", ["edition_id", "status", "changed_at"])
    op.create_table(
        "follower",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follower")),
        sa.UniqueConstraint("email", name=op.f("uq_follower_email")),
        sa.UniqueConstraint("key", name=op.f("uq_follower_key")),
    )
    op.create_table(
        "follow",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("follower_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("search", sa.String(length=1000), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wants_new", sa.Boolean(), nullable=False),
        sa.Column("news_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(activity_id IS NULL) <> (search IS NULL)", name=op.f("ck_follow_subject")
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activity.id"],
            name=op.f("fk_follow_activity_id_activity"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["edition.id"],
            name=op.f("fk_follow_edition_id_edition"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["follower_id"],
            ["follower.id"],
            name=op.f("fk_follow_follower_id_follower"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow")),
        sa.UniqueConstraint(
            "follower_id", "activity_id", name=op.f("uq_follow_follower_id_activity_id")
        ),
        sa.UniqueConstraint(
            "follower_id",
            "edition_id",
            "search",
            name=op.f("uq_follow_follower_id_edition_id_search"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_follow_activity_id", "follow", ["activity_id"])
    op.create_index("ix_follow_edition_id", "follow", ["edition_id"])
    op.create_table(
        "told",
        sa.Column("follow_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=140), nullable=False),
        sa.Column("known_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "scheduled",
                "rescheduled",
                "moved_online",
                "postponed",
                "full",
                "cancelled",
                name="slotstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activity.id"],
            name=op.f("fk_told_activity_id_activity"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["follow_id"], ["follow.id"], name=op.f("fk_told_follow_id_follow"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["slot.id"], name=op.f("fk_told_slot_id_slot"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("follow_id", "activity_id", "slot_id", name=op.f("pk_told")),
    )
    op.create_index("ix_told_slot_id_revision", "told", ["slot_id", "revision"])
    op.create_index("ix_told_activity_id_version", "told", ["activity_id", "version"])


def downgrade():
    op.drop_table("told")
    op.drop_table("follow")
    op.drop_table("follower")
    op.drop_index("ix_activity_changes", "activity")
    op.execute("ALTER TABLE letter DROP COLUMN stop_address")
