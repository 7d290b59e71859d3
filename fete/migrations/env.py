"""Run the migrations on the site's database; our column types are written as plain ones."""

from alembic import context
from flask import current_app

target = current_app.extensions["migrate"]
db = target.db


def drop_empty(ctx, _revision, directives):
    """Write no migration when nothing changed."""
    if getattr(ctx.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def render_item(kind, thing, _context):
    """Write an instant as what the database knows."""
    return (
        "sa.DateTime(timezone=True)"
        if kind == "type" and type(thing).__name__ == "Moment"
        else False
    )


def include_object(_thing, name, kind, _reflected, _compared):
    """Leave the search index of SQLite, and that of PostgreSQL, to the migration that made them."""
    return not (name or "").startswith("activity_fts")


def run(connection=None):
    """Run the migrations, or print them."""
    arguments = {
        key: value
        for key, value in target.configure_args.items()
        if key != "process_revision_directives"
    }
    context.configure(
        connection=connection,
        url=None if connection else db.engine.url,
        target_metadata=db.metadata,
        literal_binds=connection is None,
        process_revision_directives=drop_empty,
        render_item=render_item,
        include_object=include_object,
        **arguments,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    run()
else:
    with db.engine.connect() as connection:
        run(connection)
