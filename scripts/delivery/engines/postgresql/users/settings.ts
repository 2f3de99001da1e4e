import { escapeIdentifier as quoted } from "pg";
import type { RoleSetting, State, Step, Users } from "./model";
import { extensionPath } from "./declared/marks";
import { parsePath, pinnedPath } from "./path";

// What `ALTER ROLE … SET` sets for the three roles, in all databases.

interface Wanted {
    role: string;
    name: string;
    /** Identifiers or keywords. */
    values: string[];
}

/**
 * What the migrator creates belongs to the owner; the planner's transactions are read-only by default; both resolve
 * names where the tracking tables are. These settings apply to this database only: rotation logs in to another one to
 * change the password, where each user must be itself and may write. A role's setting in a database takes precedence
 * over those of the role, of the database and of all roles
 * (https://www.postgresql.org/docs/current/sql-alterrole.html), so nothing set for all roles affects these. No other
 * setting is allowed for the three roles: a migration can set anything for its own role.
 */
export function settingSteps(users: Users, state: State): Step[] {
    const { settings, database: here } = state;
    const wanted = wantedSettings(users, state);
    const own = settings.filter((setting): setting is OwnSetting => setting.role !== null && setting.resettable);
    const wrong = own.filter(
        (setting) =>
            !wanted.some(
                ({ role, name }) => setting.database === here && role === setting.role && name === setting.name,
            ),
    );
    const missing = wanted.filter(
        (want) =>
            !own.some((setting) => setting.database === here && setting.role === want.role && holds(setting, want)),
    );
    return [
        ...wrong.map(({ role, database, name }) => ({
            sql: `ALTER ROLE ${quoted(role)}${within(database)} RESET ${setting(name)}`,
            says: `reset ${name} of ${role}${database === here ? "" : ` in ${database ?? "all databases"}`}`,
        })),
        ...missing.map(({ role, name, values }) => ({
            sql: `ALTER ROLE ${quoted(role)}${within(here)} SET ${name} = ${values.map((value) => quoted(value)).join(", ")}`,
            says: `set ${name} of ${role} to ${values.join(", ")}`,
        })),
    ];
}

/** What only a superuser can reset, with the statement. */
export function settingNotes({ settings }: State): string[] {
    return settings.flatMap(({ role, database, name, resettable }) =>
        role === null || resettable
            ? []
            : [
                  `${name} is set for ${role}, and only a superuser can reset it: ALTER ROLE ${quoted(role)}${within(database)} RESET ${setting(name)}`,
              ],
    );
}

type OwnSetting = RoleSetting & { role: string };

function wantedSettings({ owner, migrator, planner }: Users, state: State): Wanted[] {
    const path = pinnedPath(state, extensionPath(state));
    return [
        { role: migrator.name, name: "role", values: [owner] },
        { role: migrator.name, name: "search_path", values: path },
        { role: migrator.name, name: "default_transaction_read_only", values: ["off"] },
        { role: planner.name, name: "search_path", values: path },
        { role: planner.name, name: "default_transaction_read_only", values: ["on"] },
    ];
}

function holds({ name, value }: RoleSetting, want: Wanted): boolean {
    const values = name === "search_path" ? parsePath(value) : [value];
    return name === want.name && values.join("\0") === want.values.join("\0");
}

function within(database: string | null): string {
    return database === null ? "" : ` IN DATABASE ${quoted(database)}`;
}

/** An extension's setting contains a dot. */
function setting(name: string): string {
    return name
        .split(".")
        .map((part) => quoted(part))
        .join(".");
}
