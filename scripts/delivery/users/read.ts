import type { ClientBase } from "pg";
import { historyTable } from "../database/tracking";
import { iamRole, namesOf, type State, type Users } from "./model";
import { commonPath } from "./path";

// What the administrator reads: the catalog, and nothing that anybody owns. Every relation and function is named in full,
// besides a search path that finds nothing but `pg_catalog`; names of others are compared with, never resolved.

/** Reads, as the administrator, what the steps depend on. */
export async function readState(client: Pick<ClientBase, "query">, users: Users): Promise<State> {
    const names = namesOf(users);
    const first = await client.query<{ state: Pick<State, "settings" | "database"> }>(settingsQuestion, [names]);
    const { settings, database } = first.rows[0]!.state;
    const path = commonPath(settings, database);
    const { rows } = await client.query<{ state: Omit<State, "settings" | "path"> }>(question, [
        names,
        path,
        users.planner.name,
        users.owner,
        users.migrator.name,
        iamRole,
        historyTable,
    ]);
    return { ...rows[0]!.state, path, settings };
}

const list = (query: string) => `coalesce((SELECT pg_catalog.json_agg(x) FROM (${query}) x), '[]')`;
const here = "(SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())";
const me = "(SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)";
const comment = (role: string) => `pg_catalog.shobj_description(${role}, 'pg_authid')`;

const roles = list(`
    SELECT rolname AS name, rolcanlogin AS login, rolinherit AS inherit, rolsuper AS superuser,
           rolcreaterole AS "createRole", rolcreatedb AS "createDatabase", rolreplication AS replication,
           rolbypassrls AS "bypassRls", rolconnlimit <> -1 AS limited,
           coalesce(rolvaliduntil < 'infinity', false) AS expires, ${comment("oid")} AS comment,
           -- Before PostgreSQL 16 who may create roles may alter any that is no superuser.
           CASE WHEN pg_catalog.current_setting('server_version_num')::pg_catalog.int4 >= 160000
                THEN pg_catalog.pg_has_role(current_user, oid, 'MEMBER WITH ADMIN OPTION')
                ELSE NOT rolsuper END AS administrable
      FROM pg_catalog.pg_roles WHERE rolname = ANY ($1::pg_catalog.text[])`);

const former = list(`
    SELECT rolname AS name, marked[1] AS part
      FROM pg_catalog.pg_roles,
           pg_catalog.regexp_match(${comment("oid")}, '^aurora-pipeline: (owner|migrator|planner) of the database (.*?)(;|$)') marked
     WHERE marked[2] = pg_catalog.current_database() AND rolname <> ALL ($1::pg_catalog.text[])
     ORDER BY 1`);

// The options are columns since PostgreSQL 16; before, a member had both.
const memberships = list(`
    SELECT member.rolname AS member, granted.rolname AS role, grantor.rolname AS grantor,
           coalesce((pg_catalog.to_jsonb(m) ->> 'inherit_option')::pg_catalog.bool, true) AS inherits,
           coalesce((pg_catalog.to_jsonb(m) ->> 'set_option')::pg_catalog.bool, true) AS sets, m.admin_option AS admin,
           pg_catalog.current_setting('server_version_num')::pg_catalog.int4 < 160000
               OR pg_catalog.pg_has_role(current_user, m.grantor, 'USAGE') AS revocable
      FROM pg_catalog.pg_auth_members m
      JOIN pg_catalog.pg_roles member ON member.oid = m.member
      JOIN pg_catalog.pg_roles granted ON granted.oid = m.roleid
      LEFT JOIN pg_catalog.pg_roles grantor ON grantor.oid = m.grantor
     WHERE member.rolname = ANY ($1::pg_catalog.text[])
        OR member.rolname = current_user AND granted.rolname = ANY ($1::pg_catalog.text[])
     ORDER BY 1, 2, 3`);

// pg_settings does not show `role`. What else is not in it is an extension's or an application's, which only a superuser may
// reset.
const settings = list(`
    SELECT role.rolname AS role, database.datname AS database, pg_catalog.split_part(entry, '=', 1) AS name,
           pg_catalog.substr(entry, pg_catalog.strpos(entry, '=') + 1) AS value,
           coalesce(known.context IN ('user', 'backend'), pg_catalog.split_part(entry, '=', 1) = 'role')
               OR (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) AS resettable
      FROM pg_catalog.pg_db_role_setting s
      LEFT JOIN pg_catalog.pg_roles role ON role.oid = s.setrole
      LEFT JOIN pg_catalog.pg_database database ON database.oid = s.setdatabase
     CROSS JOIN pg_catalog.unnest(s.setconfig) entry
      LEFT JOIN pg_catalog.pg_settings known ON pg_catalog.lower(known.name) = pg_catalog.lower(pg_catalog.split_part(entry, '=', 1))
     WHERE role.rolname = ANY ($1::pg_catalog.text[]) OR s.setrole = 0 AND s.setdatabase IN (0, ${here})
     ORDER BY 1, 2, 3`);

const settingsQuestion = `
    SELECT pg_catalog.json_build_object('settings', ${settings}, 'database', pg_catalog.current_database()) AS state`;

/** Always in quotes, as the steps write it. */
const quoted = (name: string) => `'"' || pg_catalog.replace(${name}, '"', '""') || '"'`;

const grantee = (name: string) => `(SELECT oid FROM pg_catalog.pg_roles WHERE rolname = ${name})`;

// What has privileges at all is in pg_shdepend; what they are is said for the kinds that are expected.
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

// Temporary tables are a session's own, and go with it.
const possessions = list(`
    SELECT pg_catalog.pg_get_userbyid(refobjid) AS owner,
           pg_catalog.pg_describe_object(classid, objid, objsubid) AS object
      FROM pg_catalog.pg_shdepend
     WHERE refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND deptype = 'o' AND dbid = ${here}
       AND refobjid IN (SELECT oid FROM pg_catalog.pg_roles
                         WHERE rolname IN (current_user, $3, $5) OR rolname IN (${formerNames}))
       AND NOT (classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                AND objid IN (SELECT oid FROM pg_catalog.pg_class WHERE relpersistence = 't'))
     ORDER BY 1, 2`);

// A list for one schema adds to the defaults, and one for all schemas stands in their place.
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

// A history that was given another name is one by its columns.
const renamedHistories = list(`
    SELECT nspname AS schema, relname AS name
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace
     WHERE nspname = ANY ($2::pg_catalog.text[]) AND relkind = 'r' AND relname <> $7
       AND (SELECT pg_catalog.count(*) FROM pg_catalog.pg_attribute a
             WHERE attrelid = c.oid AND NOT attisdropped
               AND attname IN ('id', 'author', 'filename', 'dateexecuted', 'orderexecuted', 'exectype', 'md5sum')) = 7
     ORDER BY 1, 2`);

// Only a superuser may create one, rds_superuser on RDS; what it runs is its function's owner's to write.
const eventTriggers = list(`
    SELECT evtname AS name, pg_catalog.pg_get_userbyid(proowner) AS owner, evtfoid::pg_catalog.regprocedure::pg_catalog.text AS routine
      FROM pg_catalog.pg_event_trigger JOIN pg_catalog.pg_proc p ON p.oid = evtfoid
      JOIN pg_catalog.pg_roles owner ON owner.oid = proowner
     WHERE evtenabled <> 'D' AND NOT rolsuper
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
        'holdings', ${holdings}, 'eventTriggers', ${eventTriggers},
        'hasIam', EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $6)) AS state`;
