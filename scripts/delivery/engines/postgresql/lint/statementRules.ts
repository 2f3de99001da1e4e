import type { RuleTerms, RuleText } from "../../linter";

/** SQL rules that squawk does not have: most need to know the changeset, the plan or the database. */
export const statementRules = ({ tool, markUnmet, noRollback, unsplit, namedConstraint }: RuleTerms) =>
    ({
        "dollar-quote-split": {
            group: "failing",
            why: `${tool} splits the SQL at every semicolon, including those inside $$ … $$, and runs the pieces.`,
            instead: unsplit,
        },
        "one-statement-without-transaction": {
            group: "irreversible",
            why: "Outside a transaction, each statement takes effect on its own: if a later one fails, the earlier ones remain, and the next run repeats them.",
            instead:
                "One statement in a changeset with runInTransaction:false; put each of the others into its own changeset.",
        },
        "needs-no-transaction": {
            group: "failing",
            why: `PostgreSQL rejects the statement in a transaction, and ${tool} opens one for every changeset.`,
            instead: "Add `runInTransaction:false` to the changeset, and keep only this statement in it.",
        },
        "schema-and-data": {
            group: "locking",
            why: "The lock of the schema change is held until the last row is written: all other users of the table wait.",
            instead: "Two changesets: the schema change in one, the rows in the next.",
        },
        "exclusive-lock": {
            group: "locking",
            why: "No one can read or write the table until the statement ends, and it takes longer the larger the table is.",
            instead:
                "REFRESH MATERIALIZED VIEW CONCURRENTLY (it needs a unique index); pg_repack instead of VACUUM FULL, CLUSTER or a change of storage; no LOCK TABLE.",
        },
        "destroys-data": {
            group: "destructive",
            why: "Rows, or the values of a column, are lost: no rollback restores them.",
            instead:
                "Save them first (CREATE TABLE … AS SELECT in an earlier changeset), restrict the statement with a WHERE to data that is not needed, or waive it with the reason why the rows are not needed.",
        },
        "undo-drops-existing": {
            group: "destructive",
            why: "The changeset does not create the object, so undoing it would delete data that has nothing to do with the release; the pipeline refuses such an undo as a whole.",
            instead: `Let the rollback drop only what the changeset creates: ${noRollback}, or a changeset without IF NOT EXISTS behind a precondition with ${markUnmet}.`,
        },
        "conditional-create": {
            group: "style",
            why: "In a database that has the object already, the changeset creates nothing, but its rollback drops it.",
            instead: `Create it without IF NOT EXISTS, behind a precondition with ${markUnmet} where it may exist; restore the earlier form of a view or function in the rollback.`,
        },
        "drop-in-use": {
            group: "breaking",
            why: "Running code may still use it and fails from then on.",
            instead:
                "First release code that no longer uses it, and drop or rename it in a later release; provide both names in between.",
        },
        "unstorable-text": {
            group: "failing",
            why: "PostgreSQL's text cannot contain U+0000 or half a surrogate pair: the deployment fails, or stores something other than what is written.",
            instead: "Remove the character; for binary data, write '\\\\x…' as bytea.",
        },
        "client-command": {
            group: "failing",
            why: "It is a command of psql, or needs psql to send the rows: the pipeline sends statements through a JDBC driver, which rejects it.",
            instead:
                "For rows, INSERT, or a change of the migration tool that loads a CSV file of the repository; for other commands of psql, the SQL that they stand for.",
        },
        "question-mark": {
            group: "failing",
            why: "The JDBC driver treats a question mark outside of quotes as a parameter: it sends `$1` instead, and the server rejects the statement.",
            instead:
                "Write each question mark of the operator twice (`data ?? 'key'`, `??|`, `??&`), or call the function behind the operator (`jsonb_exists`).",
        },
        "unnamed-constraint": {
            group: "failing",
            why: "The changeset does not name the constraint, so its generated rollback does not know the name that PostgreSQL chooses: it drops one named null, which fails.",
            instead: `Name it in the changeset: ${namedConstraint}, in SQL \`ADD CONSTRAINT <name>\`.`,
        },
        "needs-administrator": {
            group: "failing",
            why: "Only the administrator may do it. The user of migrations may not, so that a changeset cannot give itself more privileges than the pipeline has.",
            instead:
                "Declare roles and extensions in the stack's config (`groupRoles`, `applicationUsers`, `extensions`): Bootstrap creates them before the next deployment, roles with their memberships and grants. A changeset may GRANT privileges on its own objects to them.",
        },
        "view-columns": {
            group: "failing",
            why: "CREATE OR REPLACE VIEW can only add columns at the end: PostgreSQL rejects it if a column is gone, renamed or moved, or has another type or size.",
            instead:
                "Keep the columns in their order and add new ones at the end. To remove or rename one, or to change its type, drop the view and what depends on it first, and create all of them again in the same changeset.",
        },
        "used-by-view": {
            group: "failing",
            why: "PostgreSQL refuses to drop a table, a view or a column that a view refers to, and to change the column's type.",
            instead:
                "Drop the view first and create it again afterwards, with its grants, in the same changeset; or change the view before, so that it no longer needs it.",
        },
        "updates-every-row": {
            group: "locking",
            why: "Every row is written and stays locked until the transaction ends: other writers wait.",
            instead:
                "Restrict it with a WHERE to the rows that need it, in batches if they are many; or waive it, if the table is small.",
        },
        "unreadable-sql": {
            group: "failing",
            why: "PostgreSQL's grammar rejects it, or it is too complex to analyse: its effect on the database is unknown.",
            instead:
                "Correct it. If the server accepts it, waive this and explain what it does and how its locks were assessed.",
        },
        "dynamic-sql": {
            group: "guards",
            why: "The SQL is generated at run time, or the code is in another language: no rule can check it, and no reviewer sees what will run.",
            instead:
                "Write the statements out. If names must be computed, generate the changeset and commit the result; or waive this and state what can run.",
        },
        "misread-strings": {
            group: "failing",
            why: "From here on, the server delimits strings differently from what readers of the SQL expect: what looks like a string may be a statement.",
            instead: "Do not change the setting; write backslashes as E'\\\\…'.",
        },
        "session-setting": {
            group: "guards",
            why: "The pipeline sets lock_timeout, statement_timeout, role and search_path as guards of the database. Changing one disables a guard, also for the changesets after this one, or changes which objects names refer to.",
            instead:
                "Set lockTimeoutMilliseconds and statementTimeoutMilliseconds in the stack's config; qualify names with their schema. work_mem, maintenance_work_mem and the application's own settings (with a dot) are allowed.",
        },
        "lasting-setting": {
            group: "guards",
            why: "It applies to every new session, the pipeline's and the application's, and bypasses the review of infrastructure.",
            instead: "Set it in the cluster's parameter group, in the stack.",
        },
        "tracking-tables": {
            group: "failing",
            why: `These tables record for the pipeline and ${tool} what ran: if they are changed by hand, changesets run twice or never, and a rollback undoes the wrong ones.`,
            instead: `Write a changeset that makes the missing change; guard it with a precondition (${markUnmet}) if some databases already have it.`,
        },
        "shadows-builtin": {
            group: "failing",
            why: `PostgreSQL prefers the operator or function whose argument types fit best, in every schema of the search path: existing queries, also those of ${tool}, its driver and applications, would call it instead of PostgreSQL's own.`,
            instead:
                "Give it a name that PostgreSQL does not have, or create it in a schema that is not in the search path and call it with that schema; or use a type of your own.",
        },
        "cascading-drop": {
            group: "destructive",
            why: "CASCADE drops everything that depends on it without naming it: views, foreign keys, columns of a type with their values, all tables of a schema.",
            instead: "Drop the dependent objects by name, each in its own statement, without CASCADE.",
        },
        "extension-member": {
            group: "guards",
            why: "What belongs to an extension is not part of the catalog that plans and undos compare, and drift detection does not see it: the object could change unnoticed.",
            instead: "Leave the object as it is. Only the scripts of an extension have members to add.",
        },
        "rewrite-rule": {
            group: "guards",
            why: "A rule rewrites statements before they run: from then on, statements on the table do not do what they say.",
            instead: "A trigger, or a view with INSTEAD OF triggers.",
        },
        "definer-search-path": {
            group: "guards",
            why: "It runs with the privileges of its owner but resolves names by the caller's search path, in which the caller can put other functions and tables first.",
            instead:
                "SET search_path = pg_catalog, pg_temp (and the schemas it needs) on the function, or SECURITY INVOKER.",
        },
    }) as const satisfies Record<string, RuleText>;
