import type { TrackingTables } from "../../../tracking";
import type { DeclaredRole } from "../../../settings";

/** The desired roles of the builds. */
export interface Users {
    /** The tables that the owner keeps and the planner reads. */
    tracking: TrackingTables;
    /** Owns what migrations create; without login. */
    owner: string;
    /** Deploys, rolls back and rehearses, as the owner. */
    migrator: User;
    /** Plans and detects drift: reads the catalog and the tracking tables. */
    planner: User;
    /** What the stack's config declares beside them; absent for nothing. */
    declared?: Declared;
}

export interface User {
    name: string;
    /** Whether it authenticates with IAM; otherwise it has a password. */
    iam: boolean;
}

/** The current state of a database and its roles. */
export interface State {
    /** `server_version_num`. */
    server: number;
    database: string;
    administrator: Administrator;
    /** The search path of sessions whose user has no own setting. */
    path: string[];
    /** The existing schemas of the path, and all others that contain a history of migrations. */
    schemas: SchemaState[];
    /** Tables on the path with the columns of a history of migrations, but another name. */
    renamedHistories: { schema: string; name: string }[];
    /** Those of the three roles that exist. */
    roles: Role[];
    /** The memberships of the three roles, and the administrator's memberships in them. */
    memberships: Membership[];
    /** Roles that carry this pipeline's mark but are no longer used, because other names were chosen. */
    former: { name: string; part: "owner" | "migrator" | "planner" }[];
    /**
     * What `ALTER ROLE … SET` has set for the three roles in any database, and for all roles where it applies to this
     * one.
     */
    settings: RoleSetting[];
    /** The owner's privileges on the database. */
    ownerMay: string[];
    /** The planner's privileges in this database, one per line, as GRANT would name them. */
    plannerMay: string[];
    /** Objects of this database owned by users that should own none: the administrator, the migrator, the planner. */
    possessions: Possession[];
    /** Default privileges on the administrator's objects: the owner creates objects in its place. */
    defaults: DefaultPrivilege[];
    /** Databases and tablespaces that the administrator owns, anywhere on the server, and the schema of extensions. */
    holdings: { kind: "DATABASE" | "TABLESPACE" | "SCHEMA"; name: string }[];
    /** Enabled event triggers whose function is not owned by a superuser. */
    eventTriggers: { name: string; routine: string; owner: string }[];
    /**
     * Operators and functions on the search path, for built-in types and with the name of one of PostgreSQL's own, that
     * one of the three roles owns and that belong to no extension. `what` and `drop` in SQL.
     */
    shadows: { what: string; drop: string }[];
    /** Whether the server has the role whose members log in by IAM. */
    hasIam: boolean;
    /** What is there of what the stack's config declares, now or before; absent where nothing was read of it. */
    declared?: DeclaredState;
}

export interface Administrator {
    name: string;
    superuser: boolean;
    createRole: boolean;
    /** Attributes that only a role that has them can grant and revoke. */
    createDatabase: boolean;
    replication: boolean;
    bypassRls: boolean;
    ownsDatabase: boolean;
}

export interface SchemaState {
    name: string;
    owner: string;
    /** Whether the administrator can transfer its ownership. */
    owned: boolean;
    /** Whether PUBLIC may create in it. */
    open: boolean;
    /** The owner role's privileges in it. */
    ownerMay: string[];
    /** The owner of the table with the history of migrations in it; null if there is none. */
    history: string | null;
}

export interface Role {
    name: string;
    login: boolean;
    inherit: boolean;
    superuser: boolean;
    createRole: boolean;
    createDatabase: boolean;
    replication: boolean;
    bypassRls: boolean;
    limited: boolean;
    /** Whether its password expires. */
    expires: boolean;
    /** Whether the administrator may alter it and grant it. */
    administrable: boolean;
    /** `COMMENT ON ROLE`; null if it has none. */
    comment: string | null;
}

/** One role membership. */
export interface Membership {
    member: string;
    role: string;
    grantor: string;
    /** Whether the member inherits the role's privileges. */
    inherits: boolean;
    /** Whether the member may SET ROLE to it. */
    sets: boolean;
    /** Whether the member may grant the role to others. */
    admin: boolean;
    /** Whether the administrator may revoke it: only the grantor, or a role with the grantor's privileges, may. */
    revocable: boolean;
}

export interface RoleSetting {
    /** Null for all roles. */
    role: string | null;
    /** Null for all databases. */
    database: string | null;
    name: string;
    value: string;
    /** Whether the administrator may reset it: some settings need a superuser. */
    resettable: boolean;
}

export interface Possession {
    owner: string;
    object: string;
}

/** In the terms of ALTER DEFAULT PRIVILEGES; names are quoted where needed. */
export interface DefaultPrivilege {
    /** Null for all schemas. */
    schema: string | null;
    privilege: string;
    /** `TABLES`, `FUNCTIONS` … */
    objects: string;
    /** `PUBLIC` for all roles. */
    grantee: string;
    grantable: boolean;
    /** False for a default privilege of PUBLIC that was revoked. */
    granted: boolean;
}

/** What a stack's config declares beside the roles of the builds. */
export interface Declared {
    extensions: string[];
    groups: DeclaredRole[];
    applications: (DeclaredRole & User & { memberOf: string[] })[];
    /** Existing roles whose objects become the owner's. */
    takeOverFrom: string[];
}

/** What of it is there, now or from an earlier config. */
export interface DeclaredState {
    /** Declared roles that exist, and those that carry the mark of an earlier run. */
    roles: Role[];
    /** Memberships of these roles in others. */
    memberships: Membership[];
    /** Settings of these roles in any database. */
    settings: RoleSetting[];
    /** Members of these roles, other than the administrator. */
    members: { role: string; member: string }[];
    /** Objects that these roles own, and in which database if it is another one. */
    owned: { role: string; database: string | null; object: string }[];
    /** Other databases in which these roles have privileges. */
    elsewhere: { role: string; database: string }[];
    /** Those of these roles that may connect to the database, by a grant of their own. */
    connects: string[];
    /** Every installed extension. */
    extensions: { name: string; schema: string; comment: string | null }[];
    /** Those of the declared extensions that the server has. */
    available: { name: string; schema: string | null; requires: string[] }[];
    /** Databases and tablespaces of the roles to take over from: ownership of them is not transferred. */
    holdings: { role: string; kind: "DATABASE" | "TABLESPACE"; name: string }[];
    /** Owners of objects in this database that belong to neither the pipeline, the server nor an extension. */
    foreign: { owner: string; objects: number; example: string }[];
    /** The schemas that extensions are in, or would be created in. */
    schemas: { name: string; owner: string; superuser: boolean; comment: string | null; open: boolean }[];
}

/** A config that declares nothing. */
export const nothingDeclared: Declared = { extensions: [], groups: [], applications: [], takeOverFrom: [] };

/** A state whose declared part was read. */
export type ReadState = State & { declared: DeclaredState };

/** One statement and its description. */
export interface Step {
    sql: string;
    /** What it does, for the build's log; absent if it belongs to the previous step. */
    says?: string;
    /** Whether everything else may go on without it (if given, where it fails by these codes); the failure is then a note. */
    mayFail?: boolean | string[];
    /** The statement that it prepares or cleans up after: without that, it is not needed. */
    serves?: string;
}

/** The role on RDS whose members log in with IAM tokens. */
export const iamRole = "rds_iam";

export function namesOf({ owner, migrator, planner }: Users): string[] {
    return [owner, migrator.name, planner.name];
}
