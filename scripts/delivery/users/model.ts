/** The roles that the builds work with, as they shall be. */
export interface Users {
    /** Owns what migrations create; nobody logs in as it. */
    owner: string;
    /** Deploys, rolls back and rehearses, as the owner. */
    migrator: User;
    /** Plans and looks for drift: reads the catalog and the tracking tables. */
    planner: User;
}

export interface User {
    name: string;
    /** Whether IAM says who it is; else it has a password. */
    iam: boolean;
}

/** A database and its roles, as they are. */
export interface State {
    /** `server_version_num`. */
    server: number;
    database: string;
    administrator: Administrator;
    /** Where sessions look for names without a schema, unless their user has a setting of his own. */
    path: string[];
    /** Of the path, those that are there, and all others that have a history of migrations. */
    schemas: SchemaState[];
    /** Tables on the path with the columns of a history of migrations, and another name. */
    renamedHistories: { schema: string; name: string }[];
    /** Of the three, those that are there. */
    roles: Role[];
    /** What the three are members of, and what of them the administrator is. */
    memberships: Membership[];
    /** Roles of this pipeline by their mark, which it uses no more: somebody chose other names. */
    former: { name: string; part: "owner" | "migrator" | "planner" }[];
    /** What `ALTER ROLE … SET` has set for the three, in any database; and for all roles, where it holds in this one. */
    settings: RoleSetting[];
    /** What the owner may do with the database. */
    ownerMay: string[];
    /** What the planner may do in this database, each on its own line as GRANT would name it. */
    plannerMay: string[];
    /** Objects of this database that a user owns who is to own none: the administrator, the migrator, the planner. */
    possessions: Possession[];
    /** What others get of whatever the administrator creates: he creates no more, the owner does. */
    defaults: DefaultPrivilege[];
    /** Databases and tablespaces that the administrator owns, anywhere in the server. */
    holdings: { kind: "DATABASE" | "TABLESPACE"; name: string }[];
    /** Event triggers that would fire, whose function somebody other than a superuser owns. */
    eventTriggers: { name: string; routine: string; owner: string }[];
    /** Whether the server has the role whose members IAM lets in. */
    hasIam: boolean;
}

export interface Administrator {
    name: string;
    superuser: boolean;
    createRole: boolean;
    /** Attributes that only who has them may give and take. */
    createDatabase: boolean;
    replication: boolean;
    bypassRls: boolean;
    ownsDatabase: boolean;
}

export interface SchemaState {
    name: string;
    owner: string;
    /** Whether the administrator may give it away. */
    owned: boolean;
    /** Whether everybody may create in it. */
    open: boolean;
    /** What the owner of the three may do in it. */
    ownerMay: string[];
    /** Who owns the table with the history of migrations in it; null without one. */
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
    /** `COMMENT ON ROLE`; null without one. */
    comment: string | null;
}

/** One grant of a role. */
export interface Membership {
    member: string;
    role: string;
    grantor: string;
    /** Whether the member has the role's rights without asking. */
    inherits: boolean;
    /** Whether it may become the role. */
    sets: boolean;
    /** Whether it may grant the role to others. */
    admin: boolean;
    /** Whether the administrator may revoke it: what others granted only they may, and whoever has their rights. */
    revocable: boolean;
}

export interface RoleSetting {
    /** Null for all roles. */
    role: string | null;
    /** Null for all databases. */
    database: string | null;
    name: string;
    value: string;
    /** Whether the administrator may reset it: some only a superuser may. */
    resettable: boolean;
}

export interface Possession {
    owner: string;
    object: string;
}

/** As ALTER DEFAULT PRIVILEGES would say it; everything in quotes that needs to be. */
export interface DefaultPrivilege {
    /** Null for all of them. */
    schema: string | null;
    privilege: string;
    /** `TABLES`, `FUNCTIONS` … */
    objects: string;
    /** `PUBLIC` for everybody. */
    grantee: string;
    grantable: boolean;
    /** False for what everybody has by default, and was revoked. */
    granted: boolean;
}

/** One statement, and what to say of it. */
export interface Step {
    sql: string;
    /** What it does, for the build's log; absent for what belongs to the step before. */
    says?: string;
}

/** The role on RDS whose members log in with tokens of IAM. */
export const iamRole = "rds_iam";

export function namesOf({ owner, migrator, planner }: Users): string[] {
    return [owner, migrator.name, planner.name];
}
