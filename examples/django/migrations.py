"""Prints what has run (applied), what has not (pending), or the SQL of a migration (sql, undo); runs one (deploy) or undoes
it (rollback). A migration is called `<app>.<name>`. Printing only reads."""

import os
import sys

import django
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
django.setup()
what, *names = sys.argv[1:]

if what in ("applied", "pending"):
    loader = MigrationExecutor(connection).loader
    order = [node for leaf in loader.graph.leaf_nodes() for node in loader.graph.forwards_plan(leaf)]
    # Only once, where several apps depend on it.
    for app, name in dict.fromkeys(order):
        if ((app, name) in loader.applied_migrations) == (what == "applied"):
            print(f"{app}.{name}")
else:
    app, name = names[0].split(".", 1)
    if what in ("sql", "undo"):
        # Without the transaction around it, and the comments.
        printed = call_command("sqlmigrate", app, name, backwards=what == "undo", no_color=True, stdout=open(os.devnull, "w"))
        lines = [line for line in printed.splitlines() if line not in ("BEGIN;", "COMMIT;") and not line.startswith("--")]
        print("\n".join(lines))
    elif what == "deploy":
        call_command("migrate", app, name, verbosity=0)
    else:
        parents = MigrationExecutor(connection).loader.graph.node_map[(app, name)].parents
        before = [parent.key[1] for parent in parents if parent.key[0] == app]
        call_command("migrate", app, before[0] if before else "zero", verbosity=0)
