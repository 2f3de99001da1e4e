import { createHash } from "node:crypto";
import { escape, escapeId } from "mysql2/promise";
import type { Part } from "./model";

const prefix = "aurora_pipeline_";
const longestSchema = 64;

/**
 * The schema of what the administrator keeps for the planner, beside the database that migrations write: none of them
 * may change anything in it.
 */
export function catalogSchemaOf(database: string): string {
    const name = `${prefix}${database}`;
    return name.length <= longestSchema
        ? name
        : prefix +
              createHash("sha256")
                  .update(database)
                  .digest("hex")
                  .slice(0, longestSchema - prefix.length);
}

export const readerName = "read_catalog";
export const endsTable = "bootstraps";

/** An account for any host. */
export function account(name: string): string {
    return `${quoted(name)}@'%'`;
}

/** A name as it stands, with every dot in it. */
export function quoted(name: string): string {
    return escapeId(name, true);
}

/** A schema in GRANT, where `_` and `%` are wildcards. */
export function inGrant(schema: string): string {
    return `${quoted(schema.replaceAll(/[_%]/g, String.raw`\$&`))}.*`;
}

/** What marks an account as this pipeline's: only who may create users can write it. */
export function markOf(part: Part, database: string): string {
    return escape(JSON.stringify({ aurora_pipeline: { part, database } }));
}

/** The plugin with which Aurora verifies tokens. */
export const iamPlugin = "AWSAuthenticationPlugin";
