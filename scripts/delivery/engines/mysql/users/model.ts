import type { TrackingTables } from "../../../tracking";

/** The purpose of an account. */
export type Part = "owner" | "migrator" | "planner";

/** The desired accounts of the builds. */
export interface Users {
    /** Its name is also the default database of the builds. */
    database: string;
    /** The tables that the planner reads. */
    tracking: TrackingTables;
    /** A locked account, with whose rights the planner reads the catalog. MySQL has no owners of objects. */
    owner: string;
    migrator: User;
    planner: User;
}

export interface User {
    name: string;
    /** Whether it authenticates with IAM; otherwise it has a password. */
    iam: boolean;
}

/** What is there of them. */
export interface State {
    administrator: { name: string; mayCreateUsers: boolean; mayNameDefiners: boolean };
    hasIam: boolean;
    /** Accounts with one of the names, on any host, and those that carry this pipeline's mark for this database. */
    accounts: Account[];
    grants: Grant[];
    /** The roles that they have. */
    memberships: { member: string; role: string; roleHost: string }[];
    /** Whether the schema of the pipeline's own is there, and what is in it. */
    catalogSchema: { exists: boolean; contents: string[] };
    /** The routine that reads the catalog, with the digest of its text in its comment; undefined if there is none. */
    catalogReader?: { definer: string; digest: string };
    /** The tracking tables as they are named in the database, or would be. */
    trackingTables: string[];
    /** What runs with the rights of an account that is not the migrator. */
    foreignDefiners: { kind: string; name: string; definer: string }[];
    /** What former accounts of the pipeline are the definers of. */
    definedBy: { definer: string; objects: number }[];
}

export interface Account {
    name: string;
    host: string;
    locked: boolean;
    iam: boolean;
    /** Whether connections without TLS are refused. */
    tls: boolean;
    passwordExpired: boolean;
    /** Whether the password expires, or how often the account may connect or ask is limited. */
    limited: boolean;
    /** What this pipeline noted about it. */
    mark?: { part?: string; database?: string };
}

/** One privilege, as GRANT would name it: `SELECT` on `` `app`.* ``. */
export interface Grant {
    account: string;
    privilege: string;
    on: string;
    /** May be granted on. */
    grantable: boolean;
}

/** One statement and its description. */
export interface Step {
    sql: string;
    /** What it does, for the build's log; absent if it belongs to the previous step. */
    says?: string;
}

export function partsOf({ owner, migrator, planner }: Users): Record<Part, string> {
    return { owner, migrator: migrator.name, planner: planner.name };
}
