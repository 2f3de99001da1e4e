import type { ClientBase } from "pg";
import { trackingTables } from "../../database/tracking";
import type { Readers, TrackingState } from "./model";

/** Reads what stands where the tracking tables belong: the catalog only. */
export async function readTracking(
    client: Pick<ClientBase, "query">,
    { schema, owner, planner }: Readers,
): Promise<TrackingState[]> {
    const { rows } = await client.query<TrackingState>(question, [schema, trackingTables, owner, planner]);
    return rows;
}

const array = (query: string) => `ARRAY(${query})`;

const privileges = (grantee: string) =>
    array(`SELECT acl.privilege_type
             FROM pg_catalog.aclexplode(coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner))) acl
            WHERE acl.grantee = ${grantee} ORDER BY 1`);

const role = (name: string) => `(SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = ${name})`;

const columns = `coalesce((
    SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', a.attname,
               'type', pg_catalog.format_type(a.atttypid, a.atttypmod), 'builtIn', t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace,
               'notNull', a.attnotnull, 'expression', pg_catalog.pg_get_expr(d.adbin, d.adrelid),
               'generated', a.attgenerated <> '' OR a.attidentity <> '') ORDER BY a.attnum)
      FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
      LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]')`;

const question = `
    SELECT c.relname AS name, c.relkind AS kind, c.relrowsecurity AS "rowSecurity", c.relforcerowsecurity AS forced,
           ${array("SELECT tgname::pg_catalog.text FROM pg_catalog.pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal AND tgenabled <> 'D' ORDER BY 1")} AS triggers,
           ${array("SELECT rulename::pg_catalog.text FROM pg_catalog.pg_rewrite WHERE ev_class = c.oid AND rulename <> '_RETURN' AND ev_enabled <> 'D' ORDER BY 1")} AS rules,
           ${array("SELECT conname::pg_catalog.text FROM pg_catalog.pg_constraint WHERE conrelid = c.oid AND contype NOT IN ('n', 't') ORDER BY 1")} AS constraints,
           ${array(`SELECT i.relname::pg_catalog.text FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
                     WHERE x.indrelid = c.oid AND (x.indisunique OR x.indexprs IS NOT NULL OR x.indpred IS NOT NULL)
                       AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conindid = i.oid) ORDER BY 1`)} AS indexes,
           ${columns} AS columns, ${privileges(role("$3"))} AS "ownerMay", ${privileges("0")} AS "publicMay",
           ${privileges(role("$4"))} AS "plannerMay"
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = ANY ($2::pg_catalog.text[]) AND c.relkind NOT IN ('i', 'I')
     ORDER BY 1`;
