import type { ClientBase } from "pg";
import { trackingTables } from "../database/tracking";
import { iamRole, namesOf, type State, type Users } from "./model";

/** Reads, as the administrator, what the steps depend on. */
export async function readState(client: Pick<ClientBase, "query">, users: Users): Promise<State> {
    const { rows } = await client.query<{ state: State }>(question, [
        namesOf(users),
        trackingTables,
        users.planner.name,
        users.owner,
        users.migrator.name,
        iamRole,
    ]);
    return rows[0]!.state;
}

const list = (query: string) => `coalesce((SELECT json_agg(x) FROM (${query}) x), '[]')`;
const here = "(SELECT oid FROM pg_database WHERE datname = current_database())";
const me = "(SELECT oid FROM pg_roles WHERE rolname = current_user)";

const roles = list(`
    SELECT rolname AS name, rolcanlogin AS login, rolinherit AS inherit, rolsuper AS superuser,
           rolcreaterole AS "createRole", rolcreatedb AS "createDatabase", rolreplication AS replication,
           rolbypassrls AS "bypassRls", rolconnlimit <> -1 AS limited,
           coalesce(rolvaliduntil < 'infinity', false) AS expires,
           -- Before PostgreSQL 16 who may create roles may alter any that is no superuser.
           CASE WHEN current_setting('server_version_num')::int >= 160000
                THEN pg_has_role(current_user, oid, 'MEMBER WITH ADMIN OPTION')
                ELSE NOT rolsuper END AS administrable
      FROM pg_roles WHERE rolname = ANY ($1::text[])`);

// The options are columns since PostgreSQL 16; before, a member had both.
const memberships = list(`
    SELECT member.rolname AS member, granted.rolname AS role, grantor.rolname AS grantor,
           coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true) AS inherits,
           coalesce((to_jsonb(m) ->> 'set_option')::boolean, true) AS sets
      FROM pg_auth_members m
      JOIN pg_roles member ON member.oid = m.member
      JOIN pg_roles granted ON granted.oid = m.roleid
      LEFT JOIN pg_roles grantor ON grantor.oid = m.grantor
     WHERE member.rolname = ANY ($1::text[])
        OR member.rolname = current_user AND granted.rolname = ANY ($1::text[])
     ORDER BY 1, 2, 3`);

const settings = list(`
    SELECT role.rolname AS role, database.datname AS database, split_part(setting, '=', 1) AS name,
           substr(setting, strpos(setting, '=') + 1) AS value
      FROM pg_db_role_setting s
      JOIN pg_roles role ON role.oid = s.setrole
      LEFT JOIN pg_database database ON database.oid = s.setdatabase
     CROSS JOIN unnest(s.setconfig) setting
     WHERE role.rolname = ANY ($1::text[])
     ORDER BY 1, 2, 3`);

/** Always in quotes, as the steps write it. */
const quoted = (name: string) => `'"' || replace(${name}, '"', '""') || '"'`;

const grantee = (name: string) => `(SELECT oid FROM pg_roles WHERE rolname = ${name})`;

// What has privileges at all is in pg_shdepend; what they are is said for the kinds that are expected.
const plannerMay = `coalesce((SELECT json_agg(may ORDER BY may) FROM (
    SELECT privilege_type || ' ON TABLE ' || relation.oid::regclass AS may
      FROM pg_class relation CROSS JOIN aclexplode(relation.relacl) acl WHERE acl.grantee = ${grantee("$3")}
     UNION SELECT privilege_type || ' ON SCHEMA ' || ${quoted("nspname")}
      FROM pg_namespace CROSS JOIN aclexplode(nspacl) acl WHERE acl.grantee = ${grantee("$3")}
     UNION SELECT privilege_type || ' ON DATABASE ' || ${quoted("datname")}
      FROM pg_database CROSS JOIN aclexplode(datacl) acl WHERE acl.grantee = ${grantee("$3")} AND oid = ${here}
     UNION SELECT 'ALL ON ' || pg_describe_object(classid, objid, objsubid)
      FROM pg_shdepend
     WHERE refclassid = 'pg_authid'::regclass AND refobjid = ${grantee("$3")} AND deptype = 'a' AND dbid = ${here}
       AND NOT (classid = 'pg_class'::regclass AND objsubid = 0) AND classid <> 'pg_namespace'::regclass) granted), '[]')`;

const ownerMay = `coalesce((SELECT json_agg(privilege_type ORDER BY privilege_type)
      FROM pg_database CROSS JOIN aclexplode(datacl) acl WHERE acl.grantee = ${grantee("$4")} AND oid = ${here}), '[]')`;

// Temporary tables are a session's own, and go with it.
const possessions = list(`
    SELECT pg_get_userbyid(refobjid) AS owner, pg_describe_object(classid, objid, objsubid) AS object
      FROM pg_shdepend
     WHERE refclassid = 'pg_authid'::regclass AND deptype = 'o' AND dbid = ${here}
       AND refobjid IN (SELECT oid FROM pg_roles WHERE rolname IN (current_user, $3, $5))
       AND NOT (classid = 'pg_class'::regclass AND objid IN (SELECT oid FROM pg_class WHERE relpersistence = 't'))
     ORDER BY 1, 2`);

// A list for one schema adds to the defaults, and one for all schemas stands in their place.
const defaults = `coalesce((
    WITH lists AS (
        SELECT quote_ident(nspname) AS schema, defaclobjtype AS type, defaclacl AS acl, defaclnamespace = 0 AS general
          FROM pg_default_acl LEFT JOIN pg_namespace n ON n.oid = defaclnamespace WHERE defaclrole = ${me}),
    entries AS (
        SELECT schema, type, privilege_type, grantee, is_grantable, true AS granted
          FROM lists CROSS JOIN aclexplode(acl) acl WHERE acl.grantee <> ${me}
        EXCEPT SELECT NULL, type, privilege_type, grantee, is_grantable, true
          FROM lists CROSS JOIN aclexplode(acldefault(type, ${me})) acl
        UNION ALL
        (SELECT NULL, type, privilege_type, grantee, is_grantable, false
           FROM lists CROSS JOIN aclexplode(acldefault(type, ${me})) acl WHERE general AND grantee <> ${me}
         EXCEPT SELECT NULL, type, privilege_type, grantee, is_grantable, false
           FROM lists CROSS JOIN aclexplode(acl) acl WHERE general))
    SELECT json_agg(json_build_object('schema', schema, 'privilege', privilege_type, 'grantable', is_grantable,
               'granted', granted, 'grantee', CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
               'objects', CASE type WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS'
                   WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' WHEN 'L' THEN 'LARGE OBJECTS' END)
           ORDER BY schema, type, grantee, privilege_type)
      FROM entries), '[]')`;

const holdings = list(`
    SELECT 'DATABASE' AS kind, datname AS name FROM pg_database WHERE datdba = ${me}
     UNION ALL SELECT 'TABLESPACE', spcname FROM pg_tablespace WHERE spcowner = ${me}
     ORDER BY 1, 2`);

const tables = list(`
    SELECT relname AS name, pg_get_userbyid(relowner) AS owner FROM pg_class
     WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND relname = ANY ($2::text[])
       AND relkind IN ('r', 'p')
     ORDER BY 1`);

const schema = `json_build_object('name', current_schema(), 'owner', pg_get_userbyid(nspowner),
    'owned', coalesce(pg_has_role(current_user, nspowner, 'USAGE'), false),
    'open', EXISTS (SELECT FROM aclexplode(nspacl) acl WHERE acl.grantee = 0 AND privilege_type = 'CREATE'))`;

const administrator = `json_build_object('name', current_user, 'superuser', rolsuper, 'createRole', rolcreaterole,
    'ownsDatabase', (SELECT pg_has_role(current_user, datdba, 'USAGE') FROM pg_database WHERE oid = ${here}))`;

const question = `
    SELECT json_build_object(
        'server', current_setting('server_version_num')::int, 'database', current_database(),
        'administrator', (SELECT ${administrator} FROM pg_roles WHERE rolname = current_user),
        'schema', (SELECT ${schema} FROM (SELECT) one LEFT JOIN pg_namespace ON nspname = current_schema()),
        'roles', ${roles}, 'memberships', ${memberships}, 'settings', ${settings}, 'ownerMay', ${ownerMay},
        'plannerMay', ${plannerMay}, 'possessions', ${possessions}, 'defaults', ${defaults}, 'holdings', ${holdings}, 'tables', ${tables},
        'hasIam', EXISTS (SELECT FROM pg_roles WHERE rolname = $6)) AS state`;
