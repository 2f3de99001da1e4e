import type { ClientBase } from "pg";
import { comment, here, keptByRole, list, memberships, roles, settings } from "../questions";
import { type Declared, type DeclaredState, nothingDeclared } from "../model";
import { extensionSchema, isMarkedRole, kindOf } from "./marks";

// As the other questions of the administrator: the catalog only, and everything qualified.

/** Reads what there is of the declared roles and extensions, and of those of an earlier config. */
export async function readDeclared(
    client: Pick<ClientBase, "query">,
    { extensions, groups, applications, takeOverFrom }: Declared = nothingDeclared,
): Promise<DeclaredState> {
    const marked = await client.query<{ name: string; comment: string; database: string }>(
        `SELECT rolname AS name, ${comment("oid")} AS comment, pg_catalog.current_database() AS database
           FROM pg_catalog.pg_roles WHERE ${isMarkedRole(comment("oid"))}`,
    );
    const names = [
        ...takeOverFrom,
        ...[...groups, ...applications].map(({ name }) => name),
        ...marked.rows.filter((row) => kindOf(row.comment, row.database) !== undefined).map(({ name }) => name),
    ];
    const { rows } = await client.query<{ state: DeclaredState }>(question, [
        [...new Set(names)],
        extensions,
        takeOverFrom,
    ]);
    const { state } = rows[0]!;
    return {
        ...state,
        // The shared questions tell of the administrator and of all roles as well.
        memberships: state.memberships.filter(({ member }) => names.includes(member)),
        settings: state.settings.filter(({ role }) => role !== null),
    };
}

const nameOf = (oid: string) => `(SELECT r.rolname FROM pg_catalog.pg_roles r WHERE r.oid = ${oid})`;
const ids = "(SELECT oid FROM pg_catalog.pg_roles WHERE rolname = ANY ($1::pg_catalog.text[]))";
const ofRoles = `refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND refobjid IN ${ids}`;

const members = list(`
    SELECT ${nameOf("roleid")} AS role, ${nameOf("member")} AS member
      FROM pg_catalog.pg_auth_members WHERE roleid IN ${ids} AND ${nameOf("member")} <> current_user
     ORDER BY 1, 2`);

const owned = list(`
    SELECT ${nameOf("refobjid")} AS role, datname AS database,
           CASE WHEN dbid IN (0, ${here}) THEN pg_catalog.pg_describe_object(classid, objid, objsubid) ELSE 'an object' END AS object
      FROM pg_catalog.pg_shdepend LEFT JOIN pg_catalog.pg_database d ON d.oid = dbid AND dbid <> ${here}
     WHERE ${ofRoles} AND deptype = 'o' AND NOT (dbid = ${here} AND classid IN (${keptByRole})) ORDER BY 1, 2, 3`);

const elsewhere = list(`
    SELECT DISTINCT ${nameOf("refobjid")} AS role, datname AS database
      FROM pg_catalog.pg_shdepend JOIN pg_catalog.pg_database d ON d.oid = dbid
     WHERE ${ofRoles} AND deptype <> 'o' AND dbid <> ${here} ORDER BY 1, 2`);

const connects = `ARRAY(
    SELECT ${nameOf("acl.grantee")}::pg_catalog.text FROM pg_catalog.pg_database CROSS JOIN pg_catalog.aclexplode(datacl) acl
     WHERE oid = ${here} AND acl.privilege_type = 'CONNECT' AND acl.grantee IN ${ids} ORDER BY 1)`;

const holdings = list(`
    SELECT ${nameOf("datdba")} AS role, 'DATABASE' AS kind, datname AS name FROM pg_catalog.pg_database
     WHERE ${nameOf("datdba")} = ANY ($3::pg_catalog.text[])
     UNION ALL SELECT ${nameOf("spcowner")}, 'TABLESPACE', spcname FROM pg_catalog.pg_tablespace
     WHERE ${nameOf("spcowner")} = ANY ($3::pg_catalog.text[])
     ORDER BY 1, 2, 3`);

// Schemas, relations, routines and types, without those that an extension created and the row types of tables.
const foreign = list(`
    SELECT ${nameOf("s.refobjid")} AS owner, pg_catalog.count(*)::pg_catalog.int4 AS objects,
           pg_catalog.min(pg_catalog.pg_describe_object(s.classid, s.objid, 0)) AS example
      FROM pg_catalog.pg_shdepend s
     WHERE s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND s.deptype = 'o' AND s.dbid = ${here}
       AND s.classid IN ('pg_catalog.pg_class'::pg_catalog.regclass, 'pg_catalog.pg_proc'::pg_catalog.regclass,
                         'pg_catalog.pg_type'::pg_catalog.regclass, 'pg_catalog.pg_namespace'::pg_catalog.regclass)
       AND NOT (s.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                AND s.objid IN (SELECT oid FROM pg_catalog.pg_class WHERE relpersistence = 't'))
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                        WHERE e.classid = s.classid AND e.objid = s.objid AND e.deptype = 'e')
       AND s.refobjid NOT IN (SELECT oid FROM pg_catalog.pg_roles WHERE rolsuper OR rolname = current_user)
       AND s.refobjid NOT IN ${ids}
       AND coalesce(${comment("s.refobjid")}, '') NOT LIKE 'aurora-pipeline: %'
     GROUP BY 1 ORDER BY 1`);

const extensions = list(`
    SELECT extname AS name, nspname AS schema, pg_catalog.obj_description(e.oid, 'pg_extension') AS comment
      FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = extnamespace ORDER BY 1`);

const available = `SELECT a.name, v.schema, coalesce(v.requires, '{}')::pg_catalog.text[] AS requires
      FROM pg_catalog.pg_available_extensions a
      JOIN pg_catalog.pg_available_extension_versions v ON v.name = a.name AND v.version = a.default_version
     WHERE a.name = ANY ($2::pg_catalog.text[])`;

const schemas = list(`
    SELECT nspname AS name, ${nameOf("nspowner")} AS owner,
           (SELECT rolsuper FROM pg_catalog.pg_roles WHERE oid = nspowner) AS superuser,
           pg_catalog.obj_description(n.oid, 'pg_namespace') AS comment,
           EXISTS (SELECT FROM pg_catalog.aclexplode(nspacl) acl WHERE acl.grantee = 0 AND acl.privilege_type = 'USAGE') AS open
      FROM pg_catalog.pg_namespace n
     WHERE nspname = '${extensionSchema}' OR n.oid IN (SELECT extnamespace FROM pg_catalog.pg_extension)
        OR nspname IN (SELECT a.schema FROM (${available}) a)
     ORDER BY 1`);

const question = `
    SELECT pg_catalog.json_build_object('roles', ${roles}, 'memberships', ${memberships}, 'settings', ${settings},
        'members', ${members}, 'holdings', ${holdings}, 'foreign', ${foreign}, 'owned', ${owned}, 'elsewhere', ${elsewhere}, 'connects', ${connects},
        'extensions', ${extensions}, 'available', ${list(available)}, 'schemas', ${schemas}) AS state`;
