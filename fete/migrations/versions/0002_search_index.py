"""The index of the programme's search, on both engines."""

from alembic import op

revision = "0002"
down_revision = "0001"

SQLITE_UP = (
    "CREATE VIRTUAL TABLE activity_fts USING fts5(search, content='activity', content_rowid='id', tokenize='unicode61', prefix='2 3')",
    "INSERT INTO activity_fts (rowid, search) SELECT id, search FROM activity",
    """CREATE TRIGGER activity_fts_added AFTER INSERT ON activity BEGIN
       INSERT INTO activity_fts (rowid, search) VALUES (new.id, new.search); END""",
    """CREATE TRIGGER activity_fts_removed AFTER DELETE ON activity BEGIN
       INSERT INTO activity_fts (activity_fts, rowid, search) VALUES ('delete', old.id, old.search); END""",
    """CREATE TRIGGER activity_fts_changed AFTER UPDATE OF search ON activity BEGIN
       INSERT INTO activity_fts (activity_fts, rowid, search) VALUES ('delete', old.id, old.search);
       INSERT INTO activity_fts (rowid, search) VALUES (new.id, new.search); END""",
)
SQLITE_DOWN = (
    "DROP TRIGGER activity_fts_changed",
    "DROP TRIGGER activity_fts_removed",
    "DROP TRIGGER activity_fts_added",
    "DROP TABLE activity_fts",
)
POSTGRESQL_UP = ("CREATE INDEX activity_fts ON activity USING gin (to_tsvector('simple', search))",)
POSTGRESQL_DOWN = ("DROP INDEX activity_fts",)


def upgrade():
    for statement in SQLITE_UP if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_UP:
        op.execute(statement)


def downgrade():
    for statement in SQLITE_DOWN if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_DOWN:
        op.execute(statement)
