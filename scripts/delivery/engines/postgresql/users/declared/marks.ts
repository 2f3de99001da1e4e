import type { DeclaredState, State } from "../model";

// What an earlier run of the bootstrap created, recognized by comments: a role, an extension or a schema without one is
// someone else's. Only the administrator can write them on a role and on the schema; what the owner writes on an
// extension decides no more than whether that extension is dropped, which the owner can do itself.

/**
 * The schema of the extensions that the bootstrap creates. Their scripts run with the privileges of a superuser and
 * resolve names in it, so it is not one in which migrations create objects
 * (https://www.postgresql.org/docs/current/sql-createextension.html).
 */
export const extensionSchema = "extensions";

export type RoleKind = "group role" | "application user";
const kinds: RoleKind[] = ["group role", "application user"];

export function markOfRole(kind: RoleKind, database: string): string {
    return `aurora-pipeline: ${kind} of the database ${database}`;
}

export function markOfExtension(database: string): string {
    return `aurora-pipeline: extension of the database ${database}`;
}

export function markOfSchema(database: string): string {
    return `aurora-pipeline: schema of the extensions of the database ${database}`;
}

/** The comment may have more text after the mark. */
function begins(comment: string | null, mark: string): boolean {
    return comment === mark || (comment?.startsWith(`${mark};`) ?? false);
}

/** What kind of role it was marked as; undefined for a role that no run created. */
export function kindOf(comment: string | null, database: string): RoleKind | undefined {
    return kinds.find((kind) => begins(comment, markOfRole(kind, database)));
}

export function isMarkedExtension({ comment }: { comment: string | null }, database: string): boolean {
    return begins(comment, markOfExtension(database));
}

/** The schema of the extensions, if it is the bootstrap's own. */
export function ownSchema(
    { schemas }: Pick<DeclaredState, "schemas">,
    administrator: string,
    database: string,
): DeclaredState["schemas"][number] | undefined {
    return schemas.find(
        ({ name, owner, comment }) =>
            name === extensionSchema && owner === administrator && begins(comment, markOfSchema(database)),
    );
}

/** The same as the last part of a search path. */
export function extensionPath({
    declared,
    administrator,
    database,
}: Pick<State, "declared" | "administrator" | "database">): string[] {
    return declared && ownSchema(declared, administrator.name, database) !== undefined ? [extensionSchema] : [];
}

const prefix = "aurora-pipeline: ";
const beginsWith = (comment: string, what: string) => `${comment} LIKE '${prefix}${what} of the database %'`;

/** The schema, by its mark, as a query for the given columns. */
export function extensionSchemas(columns: string): string {
    return `SELECT ${columns} FROM pg_catalog.pg_namespace
             WHERE nspname = '${extensionSchema}' AND nspowner = (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)
               AND ${beginsWith("pg_catalog.obj_description(oid, 'pg_namespace')", "schema of the extensions")}`;
}

/** The marked extensions, as a query for their ids. */
export const markedExtensions = `SELECT oid FROM pg_catalog.pg_extension
             WHERE ${beginsWith("pg_catalog.obj_description(oid, 'pg_extension')", "extension")}`;

/** Whether a role carries a mark of this database, as a condition. */
export function isMarkedRole(comment: string): string {
    return kinds
        .map(
            (kind) =>
                `pg_catalog.starts_with(${comment}, pg_catalog.concat('${prefix}${kind} of the database ', pg_catalog.current_database()))`,
        )
        .join(" OR ");
}
