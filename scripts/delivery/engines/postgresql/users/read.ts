import type { ClientBase } from "pg";
import { iamRole, namesOf, type State, type Users } from "./model";
import { extensionSchemas, markedExtensions } from "./declared/marks";
import { readDeclared } from "./declared/read";
import { commonPath } from "./path";
import { here, keptByRole, list, me, memberships, roles, settings, comment } from "./questions";

// The administrator reads only the catalog, nothing that a user owns. Every relation and function is qualified, and the
// search path contains only `pg_catalog`; names of user objects are compared, never resolved.

/** Reads, as the administrator, what the steps depend on. */
export async function readState(client: Pick<ClientBase, "query">, users: Users): Promise<State> {
    const names = namesOf(users);
    const first = await client.query<{ state: Pick<State, "settings" | "database"> }>(settingsQuestion, [names]);
    const { settings, database } = first.rows[0]!.state;
    const path = commonPath(settings, database);
    const { rows } = await client.query<{ state: Omit<State, "settings" | "path" | "declared"> }>(question, [
        names,
        path,
        users.planner.name,
        users.owner,
        users.migrator.name,
        iamRole,
        users.tracking.history.name,
        users.tracking.history.telling,
        users.declared?.takeOverFrom ?? [],
    ]);
    return { ...rows[0]!.state, path, settings, declared: await readDeclared(client, users.declared) };
}

const former = list(`
    SELECT rolname AS name, marked[1] AS part
      FROM pg_catalog.pg_roles,
           pg_catalog.regexp_match(${comment("oid")}, '^aurora-pipeline: (owner|migrator|planner) of the database (.*?)(;|$)') marked
     WHERE marked[2] = pg_catalog.current_database() AND rolname <> ALL ($1::pg_catalog.text[])
     ORDER BY 1`);

const settingsQuestion = `
    SELECT pg_catalog.json_build_object('settings', ${settings}, 'database', pg_catalog.current_database()) AS state`;

/** Always quoted, as the steps write it. */
const quoted = (name: string) => `'"' || pg_catalog.replace(${name}, '"', '""') || '"'`;

const grantee = (name: string) => `(SELECT oid FROM pg_catalog.pg_roles WHERE rolname = ${name})`;

// pg_shdepend lists everything with privileges; the privileges themselves are read for the expected kinds of objects.
const plannerMay = `coalesce((SELECT pg_catalog.json_agg(may ORDER BY may) FROM (
    SELECT privilege_type || ' ON TABLE ' || ${quoted("nspname")} || '.' || ${quoted("relname")} AS may
      FROM pg_catalog.pg_class relation JOIN pg_catalog.pg_namespace schema ON schema.oid = relnamespace
     CROSS JOIN pg_catalog.aclexplode(relation.relacl) acl WHERE acl.grantee = ${grantee("$3")}
     UNION SELECT privilege_type || ' ON SCHEMA ' || ${quoted("nspname")}
      FROM pg_catalog.pg_namespace CROSS JOIN pg_catalog.aclexplode(nspacl) acl WHERE acl.grantee = ${grantee("$3")}
     UNION SELECT privilege_type || ' ON DATABASE ' || ${quoted("datname")}
      FROM pg_catalog.pg_database CROSS JOIN pg_catalog.aclexplode(datacl) acl
     WHERE acl.grantee = ${grantee("$3")} AND oid = ${here}
     UNION SELECT 'ALL ON ' || pg_catalog.pg_describe_object(classid, objid, objsubid)
      FROM pg_catalog.pg_shdepend
     WHERE refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND refobjid = ${grantee("$3")} AND deptype = 'a'
       AND dbid = ${here} AND NOT (classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND objsubid = 0)
       AND classid <> 'pg_catalog.pg_namespace'::pg_catalog.regclass) granted), '[]')`;

const ownerMay = `coalesce((SELECT pg_catalog.json_agg(privilege_type ORDER BY privilege_type)
      FROM pg_catalog.pg_database CROSS JOIN pg_catalog.aclexplode(datacl) acl
     WHERE acl.grantee = ${grantee("$4")} AND oid = ${here}), '[]')`;

const formerNames = `SELECT former.name FROM pg_catalog.json_to_recordset(${former}) former (name pg_catalog.name)`;

// Temporary tables belong to a session and are dropped with it.
const possessions = list(`
    SELECT pg_catalog.pg_get_userbyid(refobjid) AS owner,
           pg_catalog.pg_describe_object(classid, objid, objsubid) AS object
      FROM pg_catalog.pg_shdepend
     WHERE refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND deptype = 'o' AND dbid = ${here}
       AND refobjid IN (SELECT oid FROM pg_catalog.pg_roles
                         WHERE rolname IN (current_user, $3, $5) OR rolname = ANY ($9::pg_catalog.text[]) OR rolname IN (${formerNames}))
       AND classid NOT IN (${keptByRole})
       AND NOT (classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                AND objid IN (SELECT oid FROM pg_catalog.pg_class WHERE relpersistence = 't'))
       AND NOT (classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND objid IN (${extensionSchemas("oid")}))
       AND NOT (classid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND objid IN (${markedExtensions}))
     ORDER BY 1, 2`);

// Defaults for one schema add to the global ones; global defaults replace the built-in ones.
const defaults = `coalesce((
    WITH lists AS (
        SELECT pg_catalog.quote_ident(nspname) AS schema, defaclobjtype AS type, defaclacl AS acl, defaclnamespace = 0 AS general
          FROM pg_catalog.pg_default_acl LEFT JOIN pg_catalog.pg_namespace n ON n.oid = defaclnamespace
         WHERE defaclrole = ${me}),
    entries AS (
        SELECT schema, type, privilege_type, grantee, is_grantable, true AS granted
          FROM lists CROSS JOIN pg_catalog.aclexplode(acl) acl WHERE acl.grantee <> ${me}
        EXCEPT SELECT NULL, type, privilege_type, grantee, is_grantable, true
          FROM lists CROSS JOIN pg_catalog.aclexplode(pg_catalog.acldefault(type, ${me})) acl
        UNION ALL
        (SELECT NULL, type, privilege_type, grantee, is_grantable, false
           FROM lists CROSS JOIN pg_catalog.aclexplode(pg_catalog.acldefault(type, ${me})) acl
          WHERE general AND grantee <> ${me}
         EXCEPT SELECT NULL, type, privilege_type, grantee, is_grantable, false
           FROM lists CROSS JOIN pg_catalog.aclexplode(acl) acl WHERE general))
    SELECT pg_catalog.json_agg(pg_catalog.json_build_object('schema', schema, 'privilege', privilege_type,
               'grantable', is_grantable, 'granted', granted,
               'grantee', CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(grantee)) END,
               'objects', CASE type WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS'
                   WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' WHEN 'L' THEN 'LARGE OBJECTS' END)
           ORDER BY schema, type, grantee, privilege_type)
      FROM entries), '[]')`;

const holdings = list(`
    SELECT 'DATABASE' AS kind, datname AS name FROM pg_catalog.pg_database WHERE datdba = ${me}
     UNION ALL SELECT 'TABLESPACE', spcname FROM pg_catalog.pg_tablespace WHERE spcowner = ${me}
     UNION ALL ${extensionSchemas("'SCHEMA', nspname")}
     ORDER BY 1, 2`);

const history = `(SELECT pg_catalog.pg_get_userbyid(relowner) FROM pg_catalog.pg_class
                   WHERE relnamespace = n.oid AND relname = $7 AND relkind IN ('r', 'p', 'v', 'f'))`;

const schemas = list(`
    SELECT nspname AS name, pg_catalog.pg_get_userbyid(nspowner) AS owner, ${history} AS history,
           pg_catalog.pg_has_role(current_user, nspowner, 'USAGE') AS owned,
           EXISTS (SELECT FROM pg_catalog.aclexplode(nspacl) acl
                    WHERE acl.grantee = 0 AND privilege_type = 'CREATE') AS open,
           ARRAY(SELECT privilege_type
                   FROM pg_catalog.aclexplode(coalesce(nspacl, pg_catalog.acldefault('n', nspowner))) acl
                  WHERE acl.grantee = ${grantee("$4")} ORDER BY 1) AS "ownerMay"
      FROM pg_catalog.pg_namespace n
     WHERE nspname = ANY ($2::pg_catalog.text[]) OR ${history} IS NOT NULL
     ORDER BY 1`);

// A renamed history is recognized by its columns.
const renamedHistories = list(`
    SELECT nspname AS schema, relname AS name
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace
     WHERE nspname = ANY ($2::pg_catalog.text[]) AND relkind = 'r' AND relname <> $7
       AND (SELECT pg_catalog.count(*) FROM pg_catalog.pg_attribute a
             WHERE attrelid = c.oid AND NOT attisdropped
               AND pg_catalog.lower(attname) = ANY ($8::pg_catalog.text[])) = pg_catalog.cardinality($8::pg_catalog.text[])
     ORDER BY 1, 2`);

// Only a superuser can create one (rds_superuser on RDS), but the owner of its function decides what it runs.
const eventTriggers = list(`
    SELECT evtname AS name, pg_catalog.pg_get_userbyid(proowner) AS owner, evtfoid::pg_catalog.regprocedure::pg_catalog.text AS routine
      FROM pg_catalog.pg_event_trigger JOIN pg_catalog.pg_proc p ON p.oid = evtfoid
      JOIN pg_catalog.pg_roles owner ON owner.oid = proowner
     WHERE evtenabled <> 'D' AND NOT rolsuper
     ORDER BY 1`);

// Which operators and functions PostgreSQL would choose by their argument types, wherever in the path they are. Exactly the
// arguments of one of its own: that one is found first.
const builtin = (types: string) => `NOT EXISTS (SELECT FROM pg_catalog.unnest(${types}) argument
                    JOIN pg_catalog.pg_type t ON t.oid = argument WHERE t.typnamespace <> ${ownSchema})`;
const ownSchema = "'pg_catalog'::pg_catalog.regnamespace";
// A migration can make its object a member of an extension; an extension's own belong to the server's superuser.
const theirs = (owner: string, schema: string) => `
           ${owner} IN (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = ANY ($1::pg_catalog.text[]))
       AND ${schema} IN (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ANY ($2::pg_catalog.text[]))`;
const leavingExtension = (oid: string, catalog: string) => `coalesce((
        SELECT 'ALTER EXTENSION ' || pg_catalog.quote_ident(extname) || ' ' FROM pg_catalog.pg_depend
          JOIN pg_catalog.pg_extension e ON e.oid = refobjid
         WHERE classid = 'pg_catalog.${catalog}'::pg_catalog.regclass AND objid = ${oid} AND deptype = 'e'), '')`;
const dropOf = (
    kind: string,
) => `CASE member WHEN '' THEN '' ELSE member || 'DROP ' || ${kind} || ' ' || name || '; ' END
                || 'DROP ' || ${kind} || ' ' || name`;
const shadows = list(`
    SELECT 'operator ' || name AS what, ${dropOf("'OPERATOR'")} AS drop
      FROM (SELECT o.oid::pg_catalog.regoperator::pg_catalog.text AS name, ${leavingExtension("o.oid", "pg_operator")} AS member
              FROM pg_catalog.pg_operator o
             WHERE ${theirs("oprowner", "oprnamespace")}
               AND ${builtin("ARRAY[oprleft, oprright]")}
               AND EXISTS (SELECT FROM pg_catalog.pg_operator own
                            WHERE own.oprname = o.oprname AND own.oprnamespace = ${ownSchema})) operators
     UNION ALL
    SELECT kind || ' ' || name, ${dropOf("pg_catalog.upper(kind)")}
      FROM (SELECT p.oid::pg_catalog.regprocedure::pg_catalog.text AS name, ${leavingExtension("p.oid", "pg_proc")} AS member,
                   CASE prokind WHEN 'a' THEN 'aggregate' ELSE 'function' END AS kind
              FROM pg_catalog.pg_proc p
             WHERE ${theirs("proowner", "pronamespace")}
               AND pronargs > 0 AND prokind IN ('f', 'a', 'w') AND ${builtin("p.proargtypes::pg_catalog.oid[]")}
               AND EXISTS (SELECT FROM pg_catalog.pg_proc own
                            WHERE own.proname = p.proname AND own.pronamespace = ${ownSchema})) functions
     ORDER BY 1`);

const administrator = `pg_catalog.json_build_object('name', current_user, 'superuser', rolsuper, 'createRole', rolcreaterole,
    'createDatabase', rolcreatedb, 'replication', rolreplication, 'bypassRls', rolbypassrls,
    'ownsDatabase', (SELECT pg_catalog.pg_has_role(current_user, datdba, 'USAGE') FROM pg_catalog.pg_database WHERE oid = ${here}))`;

const question = `
    SELECT pg_catalog.json_build_object(
        'server', pg_catalog.current_setting('server_version_num')::pg_catalog.int4, 'database', pg_catalog.current_database(),
        'administrator', (SELECT ${administrator} FROM pg_catalog.pg_roles WHERE rolname = current_user),
        'schemas', ${schemas}, 'renamedHistories', ${renamedHistories}, 'roles', ${roles}, 'former', ${former}, 'memberships', ${memberships},
        'ownerMay', ${ownerMay}, 'plannerMay', ${plannerMay}, 'possessions', ${possessions}, 'defaults', ${defaults},
        'holdings', ${holdings}, 'eventTriggers', ${eventTriggers}, 'shadows', ${shadows},
        'hasIam', EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $6)) AS state`;
