"""How reports come in and what is frozen of them: links, reminders, sessions, counters, doubts, snapshots."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_METHODS = ("counted", "ticketed", "estimated")
_FIGURES = (
    "outcome, public, pupils, adults, online, method, researchers, mediators, volunteers, others"
)


def upgrade():
    _allow_methods(*_METHODS, "clicker")
    op.execute(
        "ALTER TABLE report ADD COLUMN source VARCHAR(32) NOT NULL DEFAULT 'account' "
        "CONSTRAINT ck_report_source CHECK (source IN ('account', 'link', 'coordination', 'import'))"
    )
    op.create_table(
        "asked_question",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column(
            "question",
            sa.Enum(
                "satisfaction",
                "public_satisfaction",
                "went_well",
                "difficulties",
                "suggestions",
                "press",
                "communication",
                "partners",
                "budget",
                "next_year",
                name="question",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["edition.id"],
            name=op.f("fk_asked_question_edition_id_edition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("edition_id", "question", name=op.f("pk_asked_question")),
    )
    op.create_table(
        "ladder",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("days_after", sa.String(length=100), nullable=False),
        sa.Column("days_before", sa.String(length=100), nullable=False),
        sa.Column("shows_estimate", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["edition.id"],
            name=op.f("fk_ladder_edition_id_edition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_ladder")),
    )
    op.create_table(
        "edition_count",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("latest", sa.String(), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totals", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["edition.id"],
            name=op.f("fk_edition_count_edition_id_edition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_edition_count")),
    )
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["edition.id"],
            name=op.f("fk_snapshot_edition_id_edition"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["frozen_by_id"],
            ["user_account.id"],
            name=op.f("fk_snapshot_frozen_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"],
            ["user_account.id"],
            name=op.f("fk_snapshot_published_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_snapshot_edition_id_number")),
    )
    op.create_table(
        "report_reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("rung", sa.String(length=20), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activity.id"],
            name=op.f("fk_report_reminder_activity_id_activity"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["user_account.id"],
            name=op.f("fk_report_reminder_person_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_reminder")),
        sa.UniqueConstraint(
            "activity_id",
            "person_id",
            "rung",
            name=op.f("uq_report_reminder_activity_id_person_id_rung"),
        ),
    )
    op.create_index(op.f("ix_report_reminder_person_id"), "report_reminder", ["person_id"])
    op.create_table(
        "revoked_links",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activity.id"],
            name=op.f("fk_revoked_links_activity_id_activity"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by_id"],
            ["user_account.id"],
            name=op.f("fk_revoked_links_revoked_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_revoked_links")),
    )
    op.create_table(
        "explained_doubt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("explained_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("explained_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["explained_by_id"],
            ["user_account.id"],
            name=op.f("fk_explained_doubt_explained_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_explained_doubt_report_id_report"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_explained_doubt")),
        sa.UniqueConstraint("report_id", "key", name=op.f("uq_explained_doubt_report_id_key")),
    )
    op.create_table(
        "report_answer",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column(
            "question",
            sa.Enum(
                "satisfaction",
                "public_satisfaction",
                "went_well",
                "difficulties",
                "suggestions",
                "press",
                "communication",
                "partners",
                "budget",
                "next_year",
                name="question",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_report_answer_report_id_report"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("report_id", "question", name=op.f("pk_report_answer")),
    )
    op.create_table(
        "report_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "filed",
                "validated",
                "waived",
                name="reportstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "held",
                "partly",
                "cancelled",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("public", sa.Integer(), nullable=True),
        sa.Column("pupils", sa.Integer(), nullable=True),
        sa.Column("adults", sa.Integer(), nullable=True),
        sa.Column("online", sa.Integer(), nullable=True),
        sa.Column(
            "method",
            sa.Enum(
                "counted",
                "ticketed",
                "estimated",
                "clicker",
                name="method",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("researchers", sa.Integer(), nullable=True),
        sa.Column("mediators", sa.Integer(), nullable=True),
        sa.Column("volunteers", sa.Integer(), nullable=True),
        sa.Column("others", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_report_version_report_id_report"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_version")),
        sa.UniqueConstraint(
            "report_id", "version", name=op.f("uq_report_version_report_id_version")
        ),
    )
    op.create_index("ix_report_version_known", "report_version", ["report_id", "at"])

    op.create_table(
        "session_count",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("public", sa.Integer(), nullable=True),
        sa.Column("pupils", sa.Integer(), nullable=True),
        sa.Column("adults", sa.Integer(), nullable=True),
        sa.CheckConstraint("adults IS NULL OR adults >= 0", name=op.f("ck_session_count_adults")),
        sa.CheckConstraint("public IS NULL OR public >= 0", name=op.f("ck_session_count_public")),
        sa.CheckConstraint("pupils IS NULL OR pupils >= 0", name=op.f("ck_session_count_pupils")),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_session_count_report_id_report"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["slot.id"], name=op.f("fk_session_count_slot_id_slot"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("report_id", "slot_id", name=op.f("pk_session_count")),
    )
    op.create_index(op.f("ix_session_count_slot_id"), "session_count", ["slot_id"])

    op.create_table(
        "tap",
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=True),
        sa.Column(
            "visitor",
            sa.Enum(
                "public",
                "pupils",
                "adults",
                name="visitor",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_tap_amount")),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activity.id"],
            name=op.f("fk_tap_activity_id_activity"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["slot.id"], name=op.f("fk_tap_slot_id_slot"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tap")),
    )
    op.create_index("ix_tap_activity", "tap", ["activity_id", "slot_id"])
    op.create_index(op.f("ix_tap_slot_id"), "tap", ["slot_id"])
    op.create_index("ix_slot_ends_at", "slot", ["ends_at"])
    _keep_what_was_known()


def _allow_methods(*methods):
    """Let a report be counted by these methods, and by no other."""
    check = f"CONSTRAINT ck_report_method CHECK (method IN ({', '.join(map(repr, methods))}))"
    if op.get_bind().dialect.name != "sqlite":
        op.execute("ALTER TABLE report DROP CONSTRAINT ck_report_method")
        op.execute(f"ALTER TABLE report ADD {check}")
        return
    # Nothing points to a report at this point: what is made anew empties no other table.
    table = op.get_bind().scalar(sa.text("SELECT sql FROM sqlite_master WHERE name = 'report'"))
    wider = re.sub(r"CONSTRAINT ck_report_method CHECK \(.*?\)\)", check, table, flags=re.DOTALL)
    op.execute(
        sa.text(
            re.sub(r'TABLE "?report"?', "TABLE report_anew", wider, count=1).replace(":", "\\:")
        )
    )
    op.execute("INSERT INTO report_anew SELECT * FROM report")
    op.execute("DROP TABLE report")
    op.execute("ALTER TABLE report_anew RENAME TO report")
    op.create_index("ix_report_status", "report", ["status"])


def _keep_what_was_known():
    """Keep each report as it stands, and as it was handed in, under the days that are known of it."""
    known = f"INSERT INTO report_version (report_id, version, at, status, {_FIGURES}) SELECT report.id, "
    op.execute(
        f"{known} version - 1, filed_at, 'filed', {_FIGURES} FROM report "
        "WHERE status = 'validated' AND version > 1 AND filed_at < validated_at"
    )
    # One that was waived, or never handed in, bears no day of its own.
    op.execute(
        f"{known} report.version, COALESCE(validated_at, filed_at, activity.changed_at), report.status, {_FIGURES} "
        "FROM report JOIN activity ON activity.id = report.activity_id"
    )


def downgrade():
    op.drop_index("ix_slot_ends_at", "slot")
    for table in (
        "tap",
        "session_count",
        "report_version",
        "report_answer",
        "explained_doubt",
        "revoked_links",
        "report_reminder",
        "snapshot",
        "edition_count",
        "ladder",
        "asked_question",
    ):
        op.drop_table(table)
    op.execute("ALTER TABLE report DROP COLUMN source")
    op.execute("UPDATE report SET method = 'counted' WHERE method = 'clicker'")
    _allow_methods(*_METHODS)
