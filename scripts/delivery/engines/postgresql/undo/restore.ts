import { type ClientBase, escapeIdentifier, escapeLiteral } from "pg";
import { type Difference, differences, type Fingerprint, type FingerprintOptions } from "../../fingerprint";
import type { Restoration } from "../../session";
import { readFingerprint } from "../catalog/read";
import type { Effect } from "../sql/effect";
import { readSql } from "../sql/read";

type Client = Pick<ClientBase, "query">;

/** What PostgreSQL returns as a definition that creates the object again. */
const definable = new Set(["view", "function", "procedure"]);

/** One object, and the ways to give it its earlier form, in the order in which they are tried. */
interface Repair {
    object: string;
    ways: string[];
}

/**
 * Gives views, functions and procedures the definitions that they have in an earlier catalog, then their owners, grants and
 * comments. What cannot be restored stays as it is: the caller compares.
 */
export async function restoreDefinitions(
    client: Client,
    before: Fingerprint,
    options: FingerprintOptions,
): Promise<Restoration> {
    const differing = differences(before, await readFingerprint(client, options)).filter(
        ({ kind, before: definition }) => definable.has(kind) && definition !== undefined,
    );
    if (differing.length === 0) {
        return { restored: [], lacking: [] };
    }
    let repairs: Repair[] = [];
    for (const difference of differing) {
        repairs.push(...(await repairOf(difference)));
    }
    const restored: string[] = [];
    // A view needs the views and functions that it uses: what fails is tried again after the others.
    for (let progress = true; progress;) {
        const failed: Repair[] = [];
        for (const repair of repairs) {
            const done = await anyOf(client, repair.ways, options);
            if (done) restored.push(repair.object);
            else failed.push(repair);
        }
        progress = failed.length > 0 && failed.length < repairs.length;
        repairs = failed;
    }
    await restoreAttributes(client, before, new Set(restored), options);
    const objects = differing.map(({ kind, name }) => `${kind} ${name}`);
    return { restored, lacking: objects.filter((object) => !restored.includes(object)) };
}

/** Nothing for a definition that is not exactly one statement which defines that object. */
async function repairOf({ kind, name, before = "" }: Difference): Promise<Repair[]> {
    const [create, replace] =
        kind === "view" ? [viewOf(name, before), viewOf(name, before, "OR REPLACE ")] : [before, before];
    const { statements } = await readSql(create);
    const effect: Effect | undefined = statements.length === 1 ? statements[0]?.effect : undefined;
    if (effect?.kind !== "create" || effect.object !== kind) {
        return [];
    }
    return [{ object: `${kind} ${name}`, ways: [replace, `DROP ${kind.toUpperCase()} IF EXISTS ${name}; ${create}`] }];
}

/** Its options are in the first line of the catalog's definition. */
function viewOf(name: string, definition: string, replace = ""): string {
    const [, options = "", query = definition] = /^(WITH \(.*\))\n([^]*)$/.exec(definition) ?? [];
    return `CREATE ${replace}VIEW ${name} ${options} AS ${query}`;
}

async function anyOf(client: Client, ways: string[], options: FingerprintOptions): Promise<boolean> {
    for (const statement of ways) {
        if (await attempt(client, statement, options)) return true;
    }
    return false;
}

/** In one transaction. The catalog's definitions are complete: no other schema is searched, and no body is checked. */
async function attempt(
    client: Client,
    statement: string,
    { lockTimeout = 10_000 }: FingerprintOptions,
): Promise<boolean> {
    const settings = [
        `lock_timeout = ${lockTimeout}`,
        "check_function_bodies = off",
        "search_path = pg_catalog, pg_temp",
    ];
    try {
        await client.query(["BEGIN", ...settings.map((setting) => `SET LOCAL ${setting}`)].join("; "));
        await client.query(statement);
        await client.query("COMMIT");
        return true;
    } catch (error) {
        await client.query("ROLLBACK");
        if ((error as { code?: unknown }).code === undefined) throw error;
        return false;
    }
}

async function restoreAttributes(
    client: Client,
    before: Fingerprint,
    objects: Set<string>,
    options: FingerprintOptions,
): Promise<void> {
    const lacking = differences(before, await readFingerprint(client, options));
    // The owner grants.
    for (const kind of ["owner", "grant", "comment"]) {
        for (const difference of lacking.filter((one) => one.kind === kind && one.before !== undefined)) {
            const object = [...objects].find((one) => belongsTo(difference, one));
            const statement = object && attributeOf(difference, object);
            if (statement) await attempt(client, statement, options);
        }
    }
}

/** A comment names a routine by the types of its arguments alone. */
function belongsTo({ kind, of = "" }: Difference, object: string): boolean {
    return of === object || (kind === "comment" && of.includes("(") && of.split("(")[0] === object.split("(")[0]);
}

function attributeOf({ kind, name, of = "", before = "" }: Difference, object: string): string | undefined {
    const [type = "", path] = [object.slice(0, object.indexOf(" ")), object.slice(object.indexOf(" ") + 1)];
    switch (kind) {
        case "owner":
            return `ALTER ${type.toUpperCase()} ${path} OWNER TO ${escapeIdentifier(before)}`;
        case "comment":
            return `COMMENT ON ${type.toUpperCase()} ${of.slice(of.indexOf(" ") + 1)} IS ${escapeLiteral(before)}`;
        default:
            return grantOf(
                name.slice(object.length),
                before,
                `${type === "view" ? "TABLE" : type.toUpperCase()} ${path}`,
            );
    }
}

/** `grantee` as ` to someone by somebody`, quoted; `privileges` as `SELECT, INSERT WITH GRANT OPTION`. */
function grantOf(grantee: string, privileges: string, on: string): string | undefined {
    const [, to] = /^ to ("(?:[^"]|"")+"|\S+)/.exec(grantee) ?? [];
    const none = /^none of (.*)$/.exec(privileges)?.[1];
    if (to === undefined) {
        return undefined;
    }
    if (none !== undefined) {
        return `REVOKE ${none} ON ${on} FROM ${to}`;
    }
    return privileges
        .split(", ")
        .map((privilege) => {
            const [, what = privilege, option = ""] = /^(.*?)( WITH GRANT OPTION)$/.exec(privilege) ?? [];
            return `GRANT ${what} ON ${on} TO ${to}${option}`;
        })
        .join("; ");
}
