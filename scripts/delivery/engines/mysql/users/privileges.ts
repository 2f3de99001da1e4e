import { catalogSchemaOf, inGrant, quoted } from "./names";
import type { Part, State, Users } from "./model";

// The privileges of each account, all of them by schema or table, and none through a role: the server does not apply a
// role's privileges on a schema whose name has a wildcard in it, and a definer has its default roles only. The only one
// that is global, SHOW_ROUTINE, shows the definitions of routines and nothing else; it is the owner's, who cannot log in.

/** What an account may do, by what it may do it on; names as in GRANT. */
export type Privileges = Record<string, string[]>;

/** Everything in the schema that migrations write, except granting it. */
const ofMigrations =
    "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, REFERENCES, INDEX, ALTER, CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, EVENT, TRIGGER".split(
        ", ",
    );

/** Grants are part of the catalog; these tables have no passwords. */
const grantTables = ["db", "tables_priv", "columns_priv", "procs_priv"];
/** Who holds and awaits which lock, and by which program; not what anybody else's session runs. */
const lockTables = ["metadata_locks", "data_lock_waits", "session_connect_attrs"];
const threadColumns = [
    "THREAD_ID",
    "PROCESSLIST_ID",
    "PROCESSLIST_USER",
    "PROCESSLIST_HOST",
    "PROCESSLIST_DB",
    "PROCESSLIST_COMMAND",
    "PROCESSLIST_TIME",
];

export function privilegesOf(part: Part, { database }: Users, { trackingTables }: State): Privileges {
    const own = inGrant(catalogSchemaOf(database));
    const table = (schema: string, name: string) => `${quoted(schema)}.${quoted(name)}`;
    const reads = (schema: string, names: string[]) =>
        Object.fromEntries(names.map((name) => [table(schema, name), ["SELECT"]]));
    switch (part) {
        case "owner":
            return {
                "*.*": ["SHOW_ROUTINE"],
                // What shows the definitions of views, triggers and events.
                [inGrant(database)]: ["SELECT", "REFERENCES", "SHOW VIEW", "TRIGGER", "EVENT"],
                [own]: ["EXECUTE"],
                ...reads("mysql", grantTables),
            };
        case "migrator":
            return {
                [inGrant(database)]: ofMigrations,
                [own]: ["EXECUTE"],
                ...reads("performance_schema", lockTables),
                [table("performance_schema", "threads")]: threadColumns.map((column) => `SELECT (${quoted(column)})`),
            };
        case "planner":
            return {
                // They show tables, columns and indexes, and read no row of them.
                [inGrant(database)]: ["REFERENCES", "SHOW VIEW"],
                [own]: ["EXECUTE", "SELECT"],
                ...reads("performance_schema", ["session_connect_attrs"]),
                ...reads(database, trackingTables),
            };
    }
}
