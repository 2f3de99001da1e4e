import { liquibase } from "../../../../../../scripts/delivery/tools/liquibase";
import { trackingNames } from "../../../../../../scripts/delivery/tracking";
import { markOf } from "../../../../../../scripts/delivery/engines/postgresql/users/mark";
import type {
    Role,
    SchemaState,
    State,
    Users,
} from "../../../../../../scripts/delivery/engines/postgresql/users/model";
import { stepsTo } from "../../../../../../scripts/delivery/engines/postgresql/users/steps";

export const users: Users = {
    tracking: liquibase.tracking,
    owner: "app_owner",
    migrator: { name: "app_migrator", iam: false },
    planner: { name: "app_planner", iam: false },
};

export const role = (name: string, login = true): Role => ({
    name,
    login,
    inherit: true,
    superuser: false,
    createRole: false,
    createDatabase: false,
    replication: false,
    bypassRls: false,
    limited: false,
    expires: false,
    administrable: true,
    comment: markOf(name === "app_owner" ? "owner" : name === "app_migrator" ? "migrator" : "planner", "app"),
});
export const member = (name: string, of: string, grantor = "dbowner") => ({
    member: name,
    role: of,
    grantor,
    inherits: true,
    sets: true,
    admin: false,
    revocable: true,
});
export const setting = (role: string | null, name: string, value: string, database: string | null = "app") => ({
    role,
    database,
    name,
    value,
    resettable: true,
});
export const home: SchemaState = {
    name: "public",
    owner: "app_owner",
    owned: true,
    open: false,
    ownerMay: ["CREATE", "USAGE"],
    history: "app_owner",
};

export const administrator = {
    name: "dbowner",
    superuser: false,
    createRole: true,
    createDatabase: true,
    replication: false,
    bypassRls: false,
    ownsDatabase: true,
};

/** A database in which nothing is left to do. */
export function settled(change: Partial<State> = {}): State {
    return {
        server: 170_000,
        database: "app",
        administrator,
        path: ["public"],
        schemas: [home],
        former: [],
        roles: [role("app_owner", false), role("app_migrator"), role("app_planner")],
        memberships: [member("dbowner", "app_owner"), member("app_migrator", "app_owner")],
        settings: [
            setting("app_migrator", "role", "app_owner"),
            setting("app_migrator", "search_path", "public"),
            setting("app_migrator", "default_transaction_read_only", "off"),
            setting("app_planner", "search_path", "public"),
            setting("app_planner", "default_transaction_read_only", "on"),
        ],
        ownerMay: ["CONNECT", "CREATE", "TEMPORARY"],
        plannerMay: [
            'CONNECT ON DATABASE "app"',
            'USAGE ON SCHEMA "public"',
            ...trackingNames(liquibase.tracking).map((table) => `SELECT ON TABLE "public"."${table}"`),
        ],
        possessions: [],
        defaults: [],
        holdings: [{ kind: "DATABASE", name: "app" }],
        eventTriggers: [],
        shadows: [],
        renamedHistories: [],
        hasIam: false,
        ...change,
    };
}
export const sql = (state: State, wanted = users) => stepsTo(wanted, state).map((step) => step.sql);
