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

/** What the user of migrations may not do. */
export function describeAdministration(node: Node): Effect | undefined {
    const what = Object.keys(node).flatMap((kind) => administration[kind] ?? [])[0];
    return what === undefined ? undefined : { kind: "administration", what };
}
