import type { ClientBase } from "pg";

// What the owner has, and the privileges of the given roles on it: from the catalog only, and everything qualified.

/** Something that privileges can be granted on. */
export interface Target {
    kind: "TABLE" | "SEQUENCE" | "ROUTINE" | "SCHEMA";
    schema: string;
    name: string;
    /** The qualified and quoted name. */
    sql: string;
    may: { role: string; privilege: string; grantable: boolean }[];
}

/** A default privilege on what the owner creates. */
export interface Defaults {
    role: string;
    /** Null for all schemas. */
    schema: string | null;
    /** `defaclobjtype`. */
    type: string;
    privilege: string;
}

export interface GrantState {
    targets: Target[];
    /** Privileges on single columns. */
    columns: { role: string; sql: string; column: string; privilege: string }[];
    defaults: Defaults[];
}

export async function readGrants(
    client: Pick<ClientBase, "query">,
    owner: string,
    roles: string[],
): Promise<GrantState> {
    const { rows } = await client.query<{ state: GrantState }>(question, [owner, roles]);
    return rows[0]!.state;
}

const list = (query: string) => `coalesce((SELECT pg_catalog.json_agg(x) FROM (${query}) x), '[]')`;
const owner = "(SELECT oid FROM pg_catalog.pg_roles WHERE rolname = $1)";
const nameOf = (oid: string) => `(SELECT r.rolname FROM pg_catalog.pg_roles r WHERE r.oid = ${oid})`;
const ofRoles = "acl.grantee IN (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = ANY ($2::pg_catalog.text[]))";

const may = (acl: string) =>
    list(`
    SELECT ${nameOf("acl.grantee")} AS role, acl.privilege_type AS privilege, acl.is_grantable AS grantable
      FROM pg_catalog.aclexplode(${acl}) acl WHERE ${ofRoles}`);

const named = `n.nspname AS schema, c.relname AS name, pg_catalog.format('%I.%I', n.nspname, c.relname) AS sql`;
const inSchemas = `JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname !~ '^pg_'`;

const targets = list(`
    SELECT 'SCHEMA' AS kind, n.nspname AS schema, n.nspname AS name, pg_catalog.format('%I', n.nspname) AS sql, ${may("n.nspacl")} AS may
      FROM pg_catalog.pg_namespace n WHERE n.nspowner = ${owner} AND n.nspname !~ '^pg_'
    UNION ALL
    (SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, ${named}, ${may("c.relacl")}
       FROM pg_catalog.pg_class c ${inSchemas}
      WHERE c.relowner = ${owner} AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') ORDER BY 4)
    UNION ALL
    (SELECT 'ROUTINE', n.nspname, p.proname, p.oid::pg_catalog.regprocedure::pg_catalog.text, ${may("p.proacl")}
       FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace AND n.nspname !~ '^pg_'
      WHERE p.proowner = ${owner} ORDER BY 4)`);

const columns = list(`
    SELECT ${nameOf("acl.grantee")} AS role, pg_catalog.format('%I.%I', n.nspname, c.relname) AS sql,
           a.attname AS column, acl.privilege_type AS privilege
      FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid ${inSchemas}
     CROSS JOIN pg_catalog.aclexplode(a.attacl) acl
     WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND c.relowner = ${owner} AND ${ofRoles} ORDER BY 1, 2, 3, 4`);

const defaults = list(`
    SELECT ${nameOf("acl.grantee")} AS role, n.nspname AS schema, d.defaclobjtype AS type, acl.privilege_type AS privilege
      FROM pg_catalog.pg_default_acl d LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
     CROSS JOIN pg_catalog.aclexplode(d.defaclacl) acl
     WHERE d.defaclrole = ${owner} AND ${ofRoles} ORDER BY 1, 2, 3, 4`);

const question = `
    SELECT pg_catalog.json_build_object('targets', ${targets}, 'columns', ${columns}, 'defaults', ${defaults}) AS state`;
