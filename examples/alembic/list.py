"""Prints what has run (applied), what has not (pending), or the SQL of a range of revisions (sql, undo). It only reads."""

import io
import os
import sys

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

what = sys.argv[1]
config = Config("alembic.ini")
if what in ("sql", "undo"):
    printed = io.StringIO()
    config.output_buffer = printed
    run = command.upgrade if what == "sql" else command.downgrade
    run(config, sys.argv[2].removeprefix(":"), sql=True)
    # The bookkeeping is Alembic's own, and so is the transaction.
    statements = [one.strip() for one in printed.getvalue().split(";\n")]
    own = ("BEGIN", "COMMIT")
    for one in statements:
        text = "\n".join(line for line in one.splitlines() if not line.startswith("--")).strip()
        if text and text not in own and "alembic_version" not in text:
            print(text + ";")
else:
    scripts = ScriptDirectory.from_config(config)
    revisions = [script.revision for script in reversed(list(scripts.walk_revisions()))]
    url = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1)
    with create_engine(url).connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    done = 0 if current is None else revisions.index(current) + 1
    print("\n".join(revisions[:done] if what == "applied" else revisions[done:]))
