import type { RawStmt } from "@pgsql/types";
// The package's own entry keeps one instance for good; one that a text has broken must be replaced.
// @ts-expect-error The module that Emscripten makes has no types.
import untyped from "libpg-query/wasm/libpg-query.js";

/** Of what Emscripten exports, what is used here. Pointers are offsets in the instance's memory. */
interface Instance {
    HEAPU8: Uint8Array;
    _malloc: (bytes: number) => number;
    _free: (pointer: number) => void;
    lengthBytesUTF8: (text: string) => number;
    stringToUTF8: (text: string, pointer: number, bytes: number) => void;
    UTF8ToString: (pointer: number) => string;
    getValue: (pointer: number, type: "i32") => number;
    _wasm_parse_query_raw: (text: number) => number;
    _wasm_free_parse_result: (result: number) => void;
    _wasm_parse_plpgsql: (text: number) => number;
    _wasm_scan: (text: number) => number;
    _wasm_free_string: (text: number) => void;
}

/** A token as PostgreSQL's scanner cuts it; its positions count bytes. */
export interface ScannedToken {
    start: number;
    end: number;
    text: string;
    /** Of those that matter here: `IDENT`, `SCONST`, `SQL_COMMENT`, `C_COMMENT`. */
    tokenName: string;
    keywordName: string;
}

const load = untyped as (options: { print: () => void; printErr: () => void }) => Promise<Instance>;

/** More than this is not read: its tree would take gigabytes. */
export const longestText = 16_000_000;
/** An instance that has grown beyond this is let go: WebAssembly's memory never shrinks. */
const largestKept = 128 * 1024 * 1024;

/** PostgreSQL's grammar does not take the text. */
export class Unreadable extends Error {
    constructor(
        message: string,
        /** Character of the text, where known. */
        readonly position = 0,
    ) {
        super(message);
    }
}

let current: Promise<Instance> | undefined;

/** The statements of a text with PostgreSQL's parse trees of them; fails with {@link Unreadable}. */
export function parse(text: string): Promise<RawStmt[]> {
    return using(text, (instance, pointer) => {
        const result = instance._wasm_parse_query_raw(pointer);
        try {
            // A PgQueryParseResult: the tree, what was said, the error (https://github.com/pganalyze/libpg_query/blob/17-6.1.0/pg_query.h).
            const [tree, , error] = [0, 4, 8].map((offset) => instance.getValue(result + offset, "i32"));
            if (error) {
                const [message, position] = [0, 16].map((offset) => instance.getValue(error + offset, "i32"));
                const points = Math.max(0, position! - 1);
                throw new Unreadable(instance.UTF8ToString(message!), unitsOf(text, points));
            }
            return (JSON.parse(instance.UTF8ToString(tree!)) as { stmts: RawStmt[] }).stmts;
        } finally {
            instance._wasm_free_parse_result(result);
        }
    });
}

/** The trees of the PL/pgSQL bodies in a text of `CREATE FUNCTION`, `CREATE PROCEDURE` or `DO`. */
export function parsePlpgsql(text: string): Promise<unknown> {
    return using(text, (instance, pointer) => fromJson(instance, instance._wasm_parse_plpgsql(pointer)));
}

/** The tokens of a text, comments included. */
export async function scan(text: string): Promise<ScannedToken[]> {
    const scanned = await using(text, (instance, pointer) => fromJson(instance, instance._wasm_scan(pointer)));
    return (scanned as { tokens: ScannedToken[] }).tokens;
}

async function using<T>(text: string, work: (instance: Instance, pointer: number) => T): Promise<T> {
    if (text.length > longestText) {
        throw new Unreadable(`it has ${text.length} characters; ${longestText} can be read`);
    }
    // A string of C ends there, and what follows would not be read.
    const end = text.indexOf("\0");
    if (end !== -1) {
        throw new Unreadable("it contains U+0000", end);
    }
    const { instance, loading } = await loaded();
    const bytes = instance.lengthBytesUTF8(text) + 1;
    const pointer = instance._malloc(bytes);
    let broken = false;
    try {
        instance.stringToUTF8(text, pointer, bytes);
        return work(instance, pointer);
    } catch (error) {
        if (error instanceof Unreadable) {
            throw error;
        }
        // The stack or the memory is used up; after an exception from inside, nothing in the instance is as it should be.
        broken = true;
        throw new Unreadable(`it is too deeply nested or too large to be read (${(error as Error).message})`);
    } finally {
        if (!broken) {
            instance._free(pointer);
        }
        if ((broken || instance.HEAPU8.length > largestKept) && current === loading) {
            current = undefined;
        }
    }
}

/** Whoever waited for an instance that was broken meanwhile gets the next one. */
async function loaded(): Promise<{ instance: Instance; loading: Promise<Instance> }> {
    for (;;) {
        const loading = (current ??= load({ print: () => {}, printErr: () => {} }));
        const instance = await loading;
        if (loading === current) {
            return { instance, loading };
        }
    }
}

/** What is no JSON is an error message. */
function fromJson(instance: Instance, pointer: number): unknown {
    const text = instance.UTF8ToString(pointer);
    instance._wasm_free_string(pointer);
    if (!text.startsWith("{")) {
        throw new Unreadable(text);
    }
    return JSON.parse(text);
}

/** PostgreSQL counts characters, JavaScript the units of UTF-16. */
function unitsOf(text: string, points: number): number {
    let at = 0;
    for (let count = 0; count < points && at < text.length; count++) {
        at += text.codePointAt(at)! > 0xffff ? 2 : 1;
    }
    return at;
}

/** Characters of positions in bytes; quick as long as they are asked for in order. */
export function characterOf(text: string): (byte: number) => number {
    if (Buffer.byteLength(text) === text.length) {
        return (byte) => byte;
    }
    const bytes = Buffer.from(text);
    let known = { byte: 0, character: 0 };
    return (byte) => {
        const from = byte < known.byte ? { byte: 0, character: 0 } : known;
        known = { byte, character: from.character + bytes.toString("utf8", from.byte, byte).length };
        return known.character;
    };
}

/** Calls `visit` with every object in a tree and the name of the property that holds it; without recursion, for trees are deep. */
export function walk(tree: unknown, visit: (body: Record<string, unknown>, kind: string) => void): void {
    const pending: [kind: string, value: unknown][] = [["", tree]];
    for (let next = pending.pop(); next; next = pending.pop()) {
        const [kind, value] = next;
        if (Array.isArray(value)) {
            for (let at = value.length - 1; at >= 0; at--) pending.push([kind, value[at]]);
        } else if (typeof value === "object" && value !== null) {
            visit(value as Record<string, unknown>, kind);
            for (const [name, child] of Object.entries(value).reverse()) {
                if (typeof child === "object") pending.push([name, child]);
            }
        }
    }
}
