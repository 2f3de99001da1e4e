import { createHash } from "node:crypto";
import { escape } from "mysql2/promise";
import { uncountedTables } from "../../../tracking";
import { catalogQueries } from "../catalog/queries";
import { lowerCase } from "../tracking";
import { account, catalogSchemaOf, quoted, readerName } from "./names";
import type { Users } from "./model";

// MySQL shows triggers, events and the text of views and routines only to accounts that may change or read them. So the
// planner, which may neither, reads the catalog through one routine: it runs as the owner, a locked account, its text is
// fixed, and it is in a schema that no migration can change.

/** The routine's body: the queries of the catalog, one result each, in their order. */
function readerBody({ database, tracking }: Pick<Users, "database" | "tracking">): string {
    const excluded = escape(lowerCase(uncountedTables(tracking)));
    // In a routine, the current database is the routine's own.
    const queries = catalogQueries.map(({ sql }) =>
        sql.replaceAll("?", () => excluded).replaceAll("database()", () => escape(database)),
    );
    return `BEGIN\n${queries.map((sql) => `${sql};\n`).join("")}END`;
}

/** Kept as the routine's comment: the server shows the text of a routine in a form of its own. */
export function readerDigest(users: Pick<Users, "database" | "tracking">): string {
    return createHash("sha256").update(readerBody(users)).digest("hex");
}

export function createReader(users: Pick<Users, "database" | "tracking" | "owner">): string {
    const name = `${quoted(catalogSchemaOf(users.database))}.${quoted(readerName)}`;
    return `CREATE DEFINER = ${account(users.owner)} PROCEDURE ${name}() READS SQL DATA SQL SECURITY DEFINER COMMENT ${escape(readerDigest(users))} ${readerBody(users)}`;
}
