import type { RoleSetting, SchemaState, State } from "./model";

// Where unqualified names resolve for the migrator and the planner. Each has its own search path without "$user":
// otherwise a migration that creates a schema with their name would move everything, including the history.

/** PostgreSQL's default. */
const standard = '"$user", public';

/** The schemas of a search path, parsed as PostgreSQL does: quoted names as they are, others in lower case. */
export function parsePath(text: string): string[] {
    const names: string[] = [];
    for (const [, quoted, plain] of text.matchAll(/"((?:[^"]|"")*)"|([^\s,"]+)/g)) {
        names.push(quoted === undefined ? plain!.toLowerCase() : quoted.replaceAll('""', '"'));
    }
    return names;
}

/** The search path of sessions whose user has no own setting; user schemas only. */
export function commonPath(settings: RoleSetting[], database: string): string[] {
    const general = settings.filter(({ role, name }) => role === null && name === "search_path");
    // The database's setting takes precedence: https://www.postgresql.org/docs/current/config-setting.html
    const found = [database, null].flatMap((wanted) => general.filter((setting) => setting.database === wanted));
    const names = parsePath(found[0]?.value ?? standard).filter((name) => name !== "$user" && !name.startsWith("pg_"));
    return [...new Set(names.length > 0 ? names : ["public"])];
}

/** The schema of the tracking tables: the existing one that has the history, else the first. */
export function homeOf({ path, schemas }: Pick<State, "path" | "schemas">): { name: string; state?: SchemaState } {
    const there = path.flatMap((name) => schemas.filter((schema) => schema.name === name));
    const state = there.find(({ history }) => history !== null) ?? there[0];
    return { name: state?.name ?? path[0]!, ...(state && { state }) };
}

/** The search path of the migrator and the planner: the tracking tables' schema first, that of extensions last. */
export function pinnedPath(state: Pick<State, "path" | "schemas">, ofExtensions: string[] = []): string[] {
    const { name } = homeOf(state);
    // Last: nothing in it hides what migrations create.
    return [name, ...[...state.path, ...ofExtensions].filter((other) => other !== name)];
}
