import type { Node } from "@pgsql/types";
import type { Effect } from "./effect";

/** Statements about roles and the server, by their node in the grammar's tree. */
const administration: Record<string, string> = {
    CreateRoleStmt: "It creates a role",
    AlterRoleStmt: "It changes a role",
    DropRoleStmt: "It drops a role",
    GrantRoleStmt: "It changes who is a member of a role",
    ReassignOwnedStmt: "It transfers what a role owns",
    CreatedbStmt: "It creates a database",
    CreateTableSpaceStmt: "It creates a tablespace",
    CreateEventTrigStmt: "It creates an event trigger",
    CreateSubscriptionStmt: "It creates a subscription",
};

/**
 * Extensions that anybody who may create objects in the database may create: `trusted` in their control files
 * (contrib in the source of PostgreSQL 17; https://www.postgresql.org/docs/17/extend-extensions.html).
 */
const trustedExtensions = new Set([
    ...["bool_plperl", "btree_gin", "btree_gist", "citext", "cube", "dict_int", "fuzzystrmatch", "hstore", "intarray"],
    ...["isn", "jsonb_plperl", "lo", "ltree", "pgcrypto", "pg_trgm", "plperl", "plpgsql", "pltcl", "seg", "tablefunc"],
    ...["tcn", "tsm_system_rows", "tsm_system_time", "unaccent", "uuid-ossp"],
]);

/** What the user of migrations may not do. */
export function describeAdministration(node: Node): Effect | undefined {
    if ("CreateExtensionStmt" in node) {
        const { extname = "", if_not_exists: ifNotExists = false } = node.CreateExtensionStmt;
        // If it is there, for example by the stack's config, nothing happens.
        return ifNotExists || trustedExtensions.has(extname)
            ? undefined
            : { kind: "administration", what: `It creates the extension ${extname}` };
    }
    if ("AlterExtensionContentsStmt" in node && node.AlterExtensionContentsStmt.action === 1) {
        return { kind: "extensionMember", extension: node.AlterExtensionContentsStmt.extname ?? "" };
    }
    const what = Object.keys(node).flatMap((kind) => administration[kind] ?? [])[0];
    return what === undefined ? undefined : { kind: "administration", what };
}
