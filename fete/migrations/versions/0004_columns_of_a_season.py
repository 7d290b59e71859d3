"""The columns of a whole season, added and dropped one by one: rebuilding a table of SQLite would empty those that point to it."""

from alembic import op

revision = "0004"
down_revision = "0003"

MOMENT = {"sqlite": "DATETIME", "postgresql": "TIMESTAMP WITH TIME ZONE"}
TEXT = "VARCHAR NOT NULL DEFAULT ''"
COLUMNS = (
    (
        "activity",
        "renewed_from_id",
        "INTEGER CONSTRAINT fk_activity_renewed_from_id_activity REFERENCES activity (id)",
    ),
    ("activity", "to_confirm", TEXT),
    ("activity", "corrected_at", MOMENT),
    ("decision", "committee", TEXT),
    ("decision", "decided_on", "DATE"),
    ("decision", "criteria", TEXT),
    ("edition", "description", "TEXT NOT NULL DEFAULT ''"),
    (
        "letter",
        "channel",
        "VARCHAR(32) NOT NULL DEFAULT 'at_once' CONSTRAINT ck_letter_channel CHECK (channel IN ('at_once', 'digest', 'site'))",
    ),
    (
        "letter",
        "topic",
        "VARCHAR(32) CONSTRAINT ck_letter_topic CHECK (topic IN ('decisions', 'conversations', 'review', 'reminders', 'news'))",
    ),
    ("letter", "digested_at", MOMENT),
    ("letter", "page", TEXT),
    ("letter", "read_at", MOMENT),
    (
        "organisation",
        "merged_into_id",
        "INTEGER CONSTRAINT fk_organisation_merged_into_id_organisation REFERENCES organisation (id)",
    ),
    (
        "remark",
        "side",
        "VARCHAR(32) NOT NULL DEFAULT 'coordination' CONSTRAINT ck_remark_side CHECK (side IN ('declarers', 'coordination'))",
    ),
    ("remark", "fields", TEXT),
    (
        "slot",
        "classes",
        "INTEGER CONSTRAINT ck_slot_classes CHECK (classes IS NULL OR classes > 0)",
    ),
    (
        "slot",
        "audience",
        "VARCHAR(32) NOT NULL DEFAULT 'all' CONSTRAINT ck_slot_slotaudience CHECK (audience IN ('all', 'public', 'schools'))",
    ),
    ("slot", "is_opening", "BOOLEAN NOT NULL DEFAULT false"),
    ("slot", "venue_id", "INTEGER CONSTRAINT fk_slot_venue_id_venue REFERENCES venue (id)"),
    (
        "venue",
        "merged_into_id",
        "INTEGER CONSTRAINT fk_venue_merged_into_id_venue REFERENCES venue (id)",
    ),
)
INDEXES = (
    ("activity", "renewed_from_id"),
    ("activity", "corrected_at"),
    ("organisation", "merged_into_id"),
    ("slot", "venue_id"),
    ("venue", "merged_into_id"),
)


def upgrade():
    engine = op.get_bind().dialect.name
    for table, column, kind in COLUMNS:
        kind = kind if isinstance(kind, str) else kind[engine]
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade():
    for table, column in reversed(INDEXES):
        op.drop_index(f"ix_{table}_{column}", table)
    for table, column, _kind in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
