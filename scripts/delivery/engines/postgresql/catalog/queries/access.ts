import { routineKind, routineName } from "./routines";
import {
    type CatalogQuery,
    createdByItself,
    notOfExtension,
    perRoot,
    qualified,
    relationKind,
    userRelation,
    userSchema,
    when,
} from "./sql";

const relation = qualified("n.nspname", "c.relname");
const ofRelation = `${relationKind()} || ' ' || ${relation}`;
const typeKind = `CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range type'
    WHEN 'c' THEN 'composite type' ELSE 'base type' END`;

// Types that were created explicitly: no row types of tables, no arrays, no multiranges.
const ownType = `t.typtype IN ('e', 'd', 'r', 'b', 'c') AND t.typcategory <> 'A'
    AND (t.typrelid = 0 OR EXISTS (SELECT FROM pg_catalog.pg_class r WHERE r.oid = t.typrelid AND r.relkind = 'c'))
    AND ${userSchema("n")} AND ${notOfExtension("pg_type", "t.oid")}`;

/** Everything with an owner: (kind, name, owner, acl, type code for acldefault, OID). */
const owned = `
    SELECT 'schema' AS kind, pg_catalog.quote_ident(n.nspname) AS name, n.nspowner AS owner, n.nspacl AS acl, 'n' AS type, n.oid AS root
    FROM pg_catalog.pg_namespace n WHERE ${userSchema("n")} AND n.nspname <> ALL ($1::pg_catalog.text[]) AND ${notOfExtension("pg_namespace", "n.oid")}
    UNION ALL
    SELECT ${relationKind()}, ${relation}, c.relowner, c.relacl, CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END, c.oid
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND ${userRelation()}
    UNION ALL
    SELECT ${routineKind}, ${routineName}, p.proowner, p.proacl, 'f', p.oid
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE ${userSchema("n")} AND ${createdByItself("pg_proc", "p.oid")}
    UNION ALL
    SELECT ${typeKind}, ${qualified("n.nspname", "t.typname")}, t.typowner, t.typacl, 'T', t.oid
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE ${ownType}
    UNION ALL
    SELECT 'foreign server', pg_catalog.quote_ident(s.srvname), s.srvowner, s.srvacl, 'S', s.oid
    FROM pg_catalog.pg_foreign_server s WHERE ${notOfExtension("pg_foreign_server", "s.oid")}`;

const owners = `
    SELECT 'owner' AS kind, o.kind || ' ' || o.name AS name, pg_catalog.pg_get_userbyid(o.owner) AS definition,
        o.kind || ' ' || o.name AS of, o.root
    FROM (${owned}) o`;

function grantee(id: string): string {
    return `CASE ${id} WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(${id})) END`;
}

function granted(objects: string, acl: string): string {
    return `
        SELECT o.root, o.kind, o.name, o.owner, a.grantee, a.grantor,
            pg_catalog.string_agg(a.privilege_type || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', '
                ORDER BY a.privilege_type, a.is_grantable) AS privileges
        FROM ${objects} o CROSS JOIN pg_catalog.aclexplode(${acl}) a
        GROUP BY o.root, o.kind, o.name, o.owner, a.grantee, a.grantor`;
}

// Only differences from the object's default privileges: the list that a GRANT and its REVOKE leave behind means the
// same as none, and an owner's own privileges are noise.
const grants = (only = "") => `
    WITH objects AS (
        SELECT root, kind, name, owner, acl, pg_catalog.acldefault(type::pg_catalog."char", owner) AS standard
        FROM (${owned}) o WHERE acl IS NOT NULL ${only && `AND o.root ${only}`}
        UNION ALL
        SELECT c.oid, 'column', ${qualified("n.nspname", "c.relname", "a.attname")}, c.relowner, a.attacl,
            pg_catalog.acldefault('c', c.relowner)
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND ${userRelation()} ${only && `AND c.oid ${only}`}
        UNION ALL
        SELECT oid, 'database', '(this one)', datdba, datacl, pg_catalog.acldefault('d', datdba)
        FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database() AND datacl IS NOT NULL ${only && `AND oid ${only}`}),
    actual AS (${granted("objects", "o.acl")}),
    standard AS (${granted("objects", "o.standard")})
    SELECT 'grant' AS kind,
        pg_catalog.concat(kind, ' ', name, ' to ', ${grantee("grantee")},
            ${when("grantor <> coalesce(a.owner, s.owner)", "' by ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(grantor))")}) AS name,
        coalesce(a.privileges, 'none of ' || s.privileges) AS definition,
        kind || ' ' || name AS of, root
    FROM actual a FULL JOIN standard s USING (root, kind, name, grantee, grantor)
    WHERE a.privileges IS DISTINCT FROM s.privileges`;

const defaultPrivileges = `
    SELECT 'default privileges' AS kind,
        pg_catalog.concat('of ', pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(d.defaclrole)), ' in ', coalesce(pg_catalog.quote_ident(n.nspname), 'any schema'),
            ' on ', CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions'
                WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE d.defaclobjtype::pg_catalog.text END,
            ' to ', ${grantee("a.grantee")}) AS name,
        pg_catalog.string_agg(a.privilege_type || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', '
            ORDER BY a.privilege_type, a.is_grantable) AS definition, NULL AS of
    FROM pg_catalog.pg_default_acl d
    LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
    CROSS JOIN pg_catalog.aclexplode(d.defaclacl) a
    GROUP BY d.oid, d.defaclrole, n.nspname, d.defaclobjtype, a.grantee`;

const rowSecurity = `
    SELECT 'row-level security' AS kind, ${relation} AS name,
        pg_catalog.concat_ws(', ', ${when("c.relrowsecurity", "'enabled'")}, ${when("c.relforcerowsecurity", "'forced'")}) AS definition,
        ${ofRelation} AS of, c.oid AS root
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE (c.relrowsecurity OR c.relforcerowsecurity) AND ${userRelation()}`;

const policies = `
    SELECT 'policy' AS kind, ${qualified("n.nspname", "c.relname", "p.polname")} AS name,
        pg_catalog.concat_ws(' ',
            CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
            CASE p.polcmd WHEN 'r' THEN 'FOR SELECT' WHEN 'a' THEN 'FOR INSERT' WHEN 'w' THEN 'FOR UPDATE'
                WHEN 'd' THEN 'FOR DELETE' ELSE 'FOR ALL' END,
            'TO ' || (SELECT pg_catalog.string_agg(${grantee("r")}, ', ' ORDER BY ${grantee("r")}) FROM pg_catalog.unnest(p.polroles) r),
            'USING (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')',
            'WITH CHECK (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')') AS definition,
        ${ofRelation} AS of, c.oid AS root
    FROM pg_catalog.pg_policy p
    JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE ${userRelation()}`;

// A setting of an extension or an application (a name with a dot) may be a secret: only the fact that it changed is
// shown.
const settings = `
    SELECT 'setting' AS kind,
        pg_catalog.concat(CASE s.setrole WHEN 0 THEN '' ELSE 'of ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(s.setrole)) || ': ' END,
            pg_catalog.split_part(e, '=', 1)) AS name,
        CASE WHEN pg_catalog.split_part(e, '=', 1) LIKE '%.%' THEN 'SHA-256 ' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(e, 'UTF8')), 'hex')
            ELSE pg_catalog.substr(e, pg_catalog.strpos(e, '=') + 1) END AS definition, NULL AS of
    FROM pg_catalog.pg_db_role_setting s CROSS JOIN pg_catalog.unnest(s.setconfig) e
    WHERE s.setdatabase = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())`;

export const accessQueries: CatalogQuery[] = [
    perRoot("owners", owners),
    { reads: "grants", sql: grants(), ofRoots: grants("= ANY ($2::pg_catalog.oid[])") },
    { reads: "default privileges", sql: defaultPrivileges },
    perRoot("row-level security", rowSecurity),
    perRoot("policies", policies),
    { reads: "settings of the database", sql: settings },
];

// Amazon RDS adds its own roles.
const userRole = `r.rolname !~ '^(pg_|rds_|rds(admin|topmgr|repladmin|proxyadmin|writeforwarduser)$)'`;

const roles = `
    SELECT 'role' AS kind, pg_catalog.quote_ident(r.rolname) AS name,
        pg_catalog.concat_ws(' ',
            ${when("r.rolsuper", "'SUPERUSER'")}, ${when("r.rolcanlogin", "'LOGIN'")},
            ${when("NOT r.rolinherit", "'NOINHERIT'")}, ${when("r.rolcreaterole", "'CREATEROLE'")},
            ${when("r.rolcreatedb", "'CREATEDB'")}, ${when("r.rolreplication", "'REPLICATION'")},
            ${when("r.rolbypassrls", "'BYPASSRLS'")},
            ${when("r.rolconnlimit <> -1", "'CONNECTION LIMIT ' || r.rolconnlimit")},
            'VALID UNTIL ' || r.rolvaliduntil,
            'SET ' || pg_catalog.array_to_string(r.rolconfig, ', ')) AS definition, NULL AS of
    FROM pg_catalog.pg_roles r WHERE ${userRole}`;

// The creator of a role becomes a member of it: such a membership appears and disappears with the role.
const memberships = `
    SELECT 'membership' AS kind, pg_catalog.quote_ident(r.rolname) || ' in ' || pg_catalog.quote_ident(g.rolname) AS name,
        CASE WHEN pg_catalog.bool_or(m.admin_option) THEN 'WITH ADMIN OPTION' ELSE '' END AS definition,
        'role ' || pg_catalog.quote_ident(g.rolname) AS of
    FROM pg_catalog.pg_auth_members m
    JOIN pg_catalog.pg_roles r ON r.oid = m.member
    JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
    WHERE ${userRole}
    GROUP BY r.rolname, g.rolname`;

/** Roles belong to the cluster, not to a database: read only on request. */
export const roleQueries: CatalogQuery[] = [
    { reads: "roles", sql: roles },
    { reads: "memberships of roles", sql: memberships },
];
