import { reviewErrors } from "../errors";

/** A request to the host's API, relative to its root. */
export interface Request {
    method: "GET" | "POST" | "PUT" | "PATCH";
    path: string;
    content?: unknown;
}

export const newerFollows = "No open pull request has this commit as its head: a newer review follows.";

/** Calls a host's API; the host refuses with an error that names the request. */
export function caller(host: string, api: string, headers: Record<string, string>) {
    return async <T>({ method, path, content }: Request): Promise<T> => {
        const response = await globalThis.fetch(`${api}${path}`, {
            method,
            headers: { ...headers, ...(content !== undefined && { "content-type": "application/json" }) },
            ...(content !== undefined && { body: JSON.stringify(content) }),
        });
        if (!response.ok) throw refused(host, response.status, { method, path });
        return (await response.json()) as T;
    };
}

const perPage = 100;

/** The first item of a list that fits; the list comes in pages, of which `path` has the parameters. */
export async function findIn<T>(
    call: <R>(request: Request) => Promise<R>,
    path: (page: string) => string,
    fits: (item: T) => boolean,
): Promise<T | undefined> {
    for (let page = 1; ; page++) {
        const items = await call<T[]>({ method: "GET", path: path(`per_page=${perPage}&page=${page}`) });
        const found = items.find(fits);
        if (found !== undefined || items.length < perPage) return found;
    }
}

export function refused(host: string, status: number, { method, path }: Request) {
    return new reviewErrors.ReviewNotPosted({ host, status, request: `${method} ${path}` });
}

/** The values of these variables, by the name that the code has for each; throws one error for all that are missing. */
export function variablesOf<Name extends string>(
    host: string,
    environment: Record<string, string | undefined>,
    names: Record<Name, string>,
): Record<Name, string> {
    const entries = Object.entries<string>(names);
    const missing = entries.filter(([, variable]) => !environment[variable]).map(([, variable]) => variable);
    if (missing.length > 0) throw new reviewErrors.ReviewVariablesMissing({ host, variables: missing.join(", ") });
    return Object.fromEntries(entries.map(([name, variable]) => [name, environment[variable]])) as Record<Name, string>;
}
