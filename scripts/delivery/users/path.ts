import type { RoleSetting, SchemaState, State } from "./model";

// Where names without a schema lie for the migrator and the planner. Each gets a search path of its own, without "$user":
// a migration that creates a schema named like one of them would otherwise move all of them, the history included.

/** PostgreSQL's default. */
const standard = '"$user", public';

/** The schemas of a search path, as PostgreSQL reads one: names in quotes as they are, others in lower case. */
export function parsePath(text: string): string[] {
    const names: string[] = [];
    for (const [, quoted, plain] of text.matchAll(/"((?:[^"]|"")*)"|([^\s,"]+)/g)) {
        names.push(quoted === undefined ? plain!.toLowerCase() : quoted.replaceAll('""', '"'));
    }
    return names;
}

/** What a session in the database starts with, unless its user has a setting of his own; schemas of users only. */
export function commonPath(settings: RoleSetting[], database: string): string[] {
    const general = settings.filter(({ role, name }) => role === null && name === "search_path");
    // Of the database before of all databases: https://www.postgresql.org/docs/current/config-setting.html
    const found = [database, null].flatMap((wanted) => general.filter((setting) => setting.database === wanted));
    const names = parsePath(found[0]?.value ?? standard).filter((name) => name !== "$user" && !name.startsWith("pg_"));
    return [...new Set(names.length > 0 ? names : ["public"])];
}

/** The schema of the tracking tables: of those that are there the one that has the history, else the first. */
export function homeOf({ path, schemas }: Pick<State, "path" | "schemas">): { name: string; state?: SchemaState } {
    const there = path.flatMap((name) => schemas.filter((schema) => schema.name === name));
    const state = there.find(({ history }) => history !== null) ?? there[0];
    return { name: state?.name ?? path[0]!, ...(state && { state }) };
}

/** The search path of the migrator and the planner: the tracking tables' schema first. */
export function pinnedPath(state: Pick<State, "path" | "schemas">): string[] {
    const { name } = homeOf(state);
    return [name, ...state.path.filter((other) => other !== name)];
}
