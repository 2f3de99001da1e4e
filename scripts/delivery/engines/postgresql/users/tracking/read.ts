import type { ClientBase } from "pg";
import { type WantedTable, wantedTables } from "../../tracking";
import type { Readers, TrackingState } from "./model";

/** Reads the current state of the tracking tables, from the catalog only. */
export async function readTracking(
    client: Pick<ClientBase, "query">,
    { tracking, schema, owner, planner }: Readers,
): Promise<TrackingState[]> {
    const wanted = wantedTables(tracking);
    const namesOf = (tables: WantedTable[]) => tables.map(({ name }) => name);
    const { rows } = await client.query<Omit<TrackingState, "wanted">>(question, [
        schema,
        namesOf(wanted),
        owner,
        planner,
        namesOf(wanted.filter(({ use }) => use === "deployments")),
    ]);
    return rows.map((row) => ({ ...row, wanted: wanted.find(({ name }) => name === row.name)! }));
}

const array = (query: string) => `ARRAY(${query})`;
const list = (query: string) => `coalesce((SELECT pg_catalog.json_agg(x) FROM (${query}) x), '[]')`;

const privileges = (grantee: string) =>
    array(`SELECT acl.privilege_type
             FROM pg_catalog.aclexplode(coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner))) acl
            WHERE acl.grantee = ${grantee} ORDER BY 1`);

const role = (name: string) => `(SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = ${name})`;

/** The qualified and quoted name of the relation with the given alias. */
const nameOf = (relation: string) =>
    `(SELECT pg_catalog.format('%I.%I', s.nspname, ${relation}.relname) FROM pg_catalog.pg_namespace s WHERE s.oid = ${relation}.relnamespace)`;

const columns = list(`
    SELECT a.attname AS name, a.attnum AS position, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
           t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace AS "builtIn", a.attcollation <> t.typcollation AS collated,
           a.attnotnull AS "notNull", pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS expression,
           a.attgenerated AS generated, a.attidentity <> '' AS identity
      FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
      LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`);

const parents = list(`
    SELECT ${nameOf("parent")} AS name, c.relispartition AS partition
      FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_class parent ON parent.oid = h.inhparent
     WHERE h.inhrelid = c.oid ORDER BY 1`);

const children = array(`
    SELECT ${nameOf("child")} FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_class child ON child.oid = h.inhrelid
     WHERE h.inhparent = c.oid ORDER BY 1`);

const referencedBy = list(`
    SELECT ${nameOf("other")} AS table, k.conname AS constraint
      FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class other ON other.oid = k.conrelid
     WHERE k.confrelid = c.oid AND k.conrelid <> c.oid AND k.contype = 'f' AND k.conparentid = 0 ORDER BY 1, 2`);

const constraints = list(`
    SELECT k.conname AS name, pg_catalog.pg_get_constraintdef(k.oid) AS definition FROM pg_catalog.pg_constraint k
     WHERE k.conrelid = c.oid AND k.contype NOT IN ('n', 't') ORDER BY 1`);

// The function covers all kinds of publications: of a table, of a schema, of everything.
const published = `EXISTS (
    SELECT FROM pg_catalog.pg_publication p
     CROSS JOIN LATERAL pg_catalog.pg_get_publication_tables(p.pubname::pg_catalog.text) sent
     WHERE sent.relid = c.oid AND (p.pubupdate OR p.pubdelete))`;

// Column lists exist since PostgreSQL 15.
const partlyPublished = array(`
    SELECT p.pubname::pg_catalog.text FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
     WHERE r.prrelid = c.oid AND (pg_catalog.to_jsonb(r) ->> 'prattrs') IS NOT NULL ORDER BY 1`);

// Any index can reject a row with a recorded catalog, which is larger than an index page.
const indexes = array(`
    SELECT i.relname::pg_catalog.text FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
     WHERE x.indrelid = c.oid
       AND (x.indisunique OR x.indexprs IS NOT NULL OR x.indpred IS NOT NULL OR c.relname = ANY ($5::pg_catalog.text[]))
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conindid = i.oid) ORDER BY 1`);

const question = `
    SELECT c.relname AS name, c.relkind AS kind, c.relpersistence <> 'u' AS logged, c.reloftype <> 0 AS typed,
           c.relrowsecurity AS "rowSecurity", c.relforcerowsecurity AS forced,
           c.relreplident AS "replicaIdentity", ${published} AS published, ${partlyPublished} AS "partlyPublished",
           ${parents} AS parents, ${children} AS children, ${referencedBy} AS "referencedBy",
           ${array("SELECT tgname::pg_catalog.text FROM pg_catalog.pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal AND tgenabled <> 'D' ORDER BY 1")} AS triggers,
           ${array("SELECT rulename::pg_catalog.text FROM pg_catalog.pg_rewrite WHERE ev_class = c.oid AND rulename <> '_RETURN' AND ev_enabled <> 'D' ORDER BY 1")} AS rules,
           ${constraints} AS constraints, ${indexes} AS indexes, ${columns} AS columns,
           ${privileges(role("$3"))} AS "ownerMay", ${privileges("0")} AS "publicMay", ${privileges(role("$4"))} AS "plannerMay"
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = ANY ($2::pg_catalog.text[])
     ORDER BY 1`;
