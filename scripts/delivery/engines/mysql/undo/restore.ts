import { type Connection, escape, type RowDataPacket } from "mysql2/promise";
import { type Difference, differences, type Fingerprint, type FingerprintOptions } from "../../fingerprint";
import type { Restoration } from "../../session";
import { readFingerprint } from "../catalog/read";
import { errnoOf } from "../errors";
import { quoted } from "../users/names";

/** A view or a routine of an earlier catalog, as a statement that makes it. */
export interface Definition {
    kind: string;
    name: string;
    create: string;
    /** How the server read it; absent for a view, which the catalog has in one form. */
    sqlMode?: string;
}

const definable = new Set(["view", "function", "procedure"]);

const modes = "CONTAINS SQL|NO SQL|READS SQL DATA|MODIFIES SQL DATA";
const routine = new RegExp(
    String.raw`^(\([^]*?\))(?: RETURNS ([^\n]*))?\n([^]*)\nSQL SECURITY (DEFINER|INVOKER), DEFINER (.*?), (${modes})(, DETERMINISTIC)?, sql_mode ([A-Z_0-9,]*?)(?:, COMMENT ('[^]*'))?$`,
);
const view = /^([^]*)\nSQL SECURITY (DEFINER|INVOKER), DEFINER (.*?)(?:, CHECK OPTION (LOCAL|CASCADED))?$/;

/** As the catalog's queries write it; undefined for another kind, and for a form that they do not write. */
export function definitionIn({ kind, name, before = "" }: Difference): Definition | undefined {
    if (kind === "view") {
        const [, query, security, definer = "", check] = view.exec(before) ?? [];
        if (query === undefined) return undefined;
        const create = `CREATE OR REPLACE DEFINER = ${accountOf(definer)} SQL SECURITY ${security} VIEW ${quoted(name)} AS ${query}`;
        return { kind, name, create: check === undefined ? create : `${create} WITH ${check} CHECK OPTION` };
    }
    if (kind !== "procedure" && kind !== "function") return undefined;
    const [, parameters, returns, body = "", security, definer = "", access, deterministic, sqlMode, comment] =
        routine.exec(before) ?? [];
    if (parameters === undefined || body === "(not visible)") return undefined;
    // The server lists a function's parameters as IN, a word that CREATE FUNCTION refuses.
    const list = kind === "function" ? parameters.replaceAll(/(^\(|, )IN /g, "$1") : parameters;
    const create = [
        `CREATE DEFINER = ${accountOf(definer)} ${kind.toUpperCase()} ${quoted(name)}${list}`,
        ...(returns === undefined ? [] : [`RETURNS ${returns}`]),
        `${access}${deterministic === undefined ? "" : " DETERMINISTIC"} SQL SECURITY ${security}`,
        ...(comment === undefined ? [] : [`COMMENT ${comment}`]),
        body,
    ].join("\n");
    return { kind, name, create, sqlMode };
}

/** `user@host`, as the catalog writes it. */
function accountOf(definer: string): string {
    const at = definer.lastIndexOf("@");
    return `${quoted(definer.slice(0, at))}@${quoted(definer.slice(at + 1))}`;
}

/**
 * Gives views, functions and procedures the definitions that they have in an earlier catalog, with their definers. What cannot be
 * restored stays as it is: the caller compares.
 */
export async function restoreDefinitions(
    connection: Connection,
    before: Fingerprint,
    options: FingerprintOptions,
): Promise<Restoration> {
    const differing = differences(before, await readFingerprint(connection, options)).filter(
        ({ kind, before: definition }) => definable.has(kind) && definition !== undefined,
    );
    let lacking = differing.flatMap((difference) => definitionIn(difference) ?? []);
    const restored: string[] = [];
    // A view needs the views and functions that it uses: what fails is tried again after the others.
    for (let progress = true; progress && lacking.length > 0;) {
        const failed: Definition[] = [];
        for (const definition of lacking) {
            const done = await restore(connection, definition);
            if (done) restored.push(`${definition.kind} ${definition.name}`);
            else failed.push(definition);
        }
        progress = failed.length < lacking.length;
        lacking = failed;
    }
    const objects = differing.map(({ kind, name }) => `${kind} ${name}`);
    return { restored, lacking: objects.filter((object) => !restored.includes(object)) };
}

async function restore(connection: Connection, { kind, name, create, sqlMode }: Definition): Promise<boolean> {
    if (kind === "view") return attempt(connection, create);
    const [[session]] = await connection.query<RowDataPacket[]>("SELECT @@SESSION.sql_mode AS mode");
    const there = await currentOf(connection, kind, name);
    try {
        await connection.query(`SET NAMES utf8mb4 COLLATE ${there?.collation ?? "utf8mb4_0900_ai_ci"}`);
        await connection.query(`SET SESSION sql_mode = ${escape(sqlMode)}`);
        if (there !== undefined && !(await attempt(connection, `DROP ${kind.toUpperCase()} ${quoted(name)}`)))
            return false;
        if (await attempt(connection, create)) return true;
        if (there !== undefined) {
            await connection.query(`SET SESSION sql_mode = ${escape(there.sqlMode)}`);
            await attempt(connection, there.create);
        }
        return false;
    } finally {
        await connection.query("SET NAMES utf8mb4 COLLATE utf8mb4_0900_bin");
        await connection.query(`SET SESSION sql_mode = ${escape(String(session?.["mode"]))}`);
    }
}

/** The form that it has now, to put it back if the other one is refused. */
async function currentOf(
    connection: Connection,
    kind: string,
    name: string,
): Promise<{ create: string; sqlMode: string; collation: string } | undefined> {
    const [[found]] = await connection.query<RowDataPacket[]>(
        "SELECT COLLATION_CONNECTION AS collation FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = database() AND ROUTINE_TYPE = ? AND ROUTINE_NAME = ?",
        [kind.toUpperCase(), name],
    );
    if (found === undefined) return undefined;
    const [[shown]] = await connection.query<RowDataPacket[]>(`SHOW CREATE ${kind.toUpperCase()} ${quoted(name)}`);
    const create = shown?.[kind === "function" ? "Create Function" : "Create Procedure"] as string | null;
    if (!create) return undefined;
    return { create, sqlMode: String(shown?.["sql_mode"]), collation: String(found["collation"]) };
}

/** Whether the server accepted it; a lost connection is an error. */
async function attempt(connection: Connection, statement: string): Promise<boolean> {
    try {
        await connection.query(statement);
        return true;
    } catch (error) {
        if (errnoOf(error) < 1000) throw error;
        return false;
    }
}
