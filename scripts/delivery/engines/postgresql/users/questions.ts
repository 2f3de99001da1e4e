// Parts of the questions to the catalog that several readers share; `$1` are the names of the roles. Every relation and
// function is qualified.

export const list = (query: string) => `coalesce((SELECT pg_catalog.json_agg(x) FROM (${query}) x), '[]')`;
export const here = "(SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())";
export const me = "(SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)";
export const comment = (role: string) => `pg_catalog.shobj_description(${role}, 'pg_authid')`;

export const roles = list(`
    SELECT rolname AS name, rolcanlogin AS login, rolinherit AS inherit, rolsuper AS superuser,
           rolcreaterole AS "createRole", rolcreatedb AS "createDatabase", rolreplication AS replication,
           rolbypassrls AS "bypassRls", rolconnlimit <> -1 AS limited,
           coalesce(rolvaliduntil < 'infinity', false) AS expires, ${comment("oid")} AS comment,
           -- Before PostgreSQL 16 a role with CREATEROLE may alter any role that is not a superuser.
           CASE WHEN pg_catalog.current_setting('server_version_num')::pg_catalog.int4 >= 160000
                THEN pg_catalog.pg_has_role(current_user, oid, 'MEMBER WITH ADMIN OPTION')
                ELSE NOT rolsuper END AS administrable
      FROM pg_catalog.pg_roles WHERE rolname = ANY ($1::pg_catalog.text[])`);

// The options are columns since PostgreSQL 16; before, every member had both.
export const memberships = list(`
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

// pg_settings does not show `role`. Other settings missing from it belong to extensions or applications, and only a
// superuser can reset them.
export const settings = list(`
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

/**
 * Catalogs whose rows REASSIGN OWNED leaves to the role, whatever it says: default privileges and user mappings (PostgreSQL's
 * source, src/backend/catalog/pg_shdepend.c, `shdepReassignOwned`). DROP OWNED drops them.
 */
export const keptByRole =
    "'pg_catalog.pg_default_acl'::pg_catalog.regclass, 'pg_catalog.pg_user_mapping'::pg_catalog.regclass";
