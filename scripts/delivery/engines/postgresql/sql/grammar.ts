import { setFlagsFromString } from "node:v8";
import type { RawStmt } from "@pgsql/types";
// The package's own entry point keeps one instance for good; one that a text has broken must be replaced.
// @ts-expect-error The module that Emscripten makes has no types.
import untyped from "libpg-query/wasm/libpg-query.js";
import { InternalError } from "../../../errors";

/** The part of Emscripten's exports that is used here. Pointers are offsets in the instance's memory. */
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

/** A token of PostgreSQL's scanner; its positions are byte offsets. */
export interface ScannedToken {
    start: number;
    end: number;
    text: string;
    /** The ones that matter here: `IDENT`, `SCONST`, `SQL_COMMENT`, `C_COMMENT`. */
    tokenName: string;
    keywordName: string;
}

const load = untyped as (options: { print: () => void; printErr: () => void }) => Promise<Instance>;

/**
 * V8 would optimize the parser, one function of 100 kB, after some hundred tokens. Measured: that takes 0.4 s of a
 * processor and 600 MB of memory, more than all SQL of most builds takes without. So only once the SQL is far longer.
 * V8 reads this when it makes an instance.
 */
const executedBytesBeforeOptimizing = 1_000_000_000;
setFlagsFromString(`--wasm-tiering-budget=${executedBytesBeforeOptimizing}`);

/** Longer texts are not parsed: the tree would take gigabytes. */
export const longestText = 16_000_000;
/** An instance that has grown beyond this is discarded: WebAssembly's memory never shrinks. */
const largestKept = 128 * 1024 * 1024;

/** PostgreSQL's grammar rejects the text. */
export class Unreadable extends InternalError {
    constructor(
        message: string,
        /** Offset in the text, if known. */
        readonly position = 0,
    ) {
        super(message);
    }
}

let current: Promise<Instance> | undefined;

/** Loads and compiles the grammar ahead of time; errors are reported to the first caller that needs it. */
export async function prepareGrammar(): Promise<void> {
    await parse("SELECT 1").catch(() => {});
}

/** The statements of a text as PostgreSQL's parse trees; fails with {@link Unreadable}. */
export function parse(text: string): Promise<RawStmt[]> {
    return using(text, (instance, pointer) => {
        const result = instance._wasm_parse_query_raw(pointer);
        try {
            // A PgQueryParseResult: the tree, stderr, the error
            // (https://github.com/pganalyze/libpg_query/blob/17-6.1.0/pg_query.h).
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

/** The parse trees of the PL/pgSQL bodies in `CREATE FUNCTION`, `CREATE PROCEDURE` or `DO`. */
export function parsePlpgsql(text: string): Promise<unknown> {
    return using(text, (instance, pointer) => fromJson(instance, instance._wasm_parse_plpgsql(pointer)));
}

/** The tokens of a text, including comments. */
export async function scan(text: string): Promise<ScannedToken[]> {
    const scanned = await using(text, (instance, pointer) => fromJson(instance, instance._wasm_scan(pointer)));
    return (scanned as { tokens: ScannedToken[] }).tokens;
}

async function using<T>(text: string, work: (instance: Instance, pointer: number) => T): Promise<T> {
    if (text.length > longestText) {
        throw new Unreadable(`it has ${text.length} characters; at most ${longestText} can be parsed`);
    }
    // A C string ends there, and the rest would not be read.
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
        // The stack or the memory is exhausted; after such an exception the instance's state is undefined.
        broken = true;
        throw new Unreadable(`it is too deeply nested or too large to be parsed (${(error as Error).message})`);
    } finally {
        if (!broken) {
            instance._free(pointer);
        }
        if ((broken || instance.HEAPU8.length > largestKept) && current === loading) {
            current = undefined;
        }
    }
}

/** Callers that waited for an instance that broke meanwhile get the next one. */
async function loaded(): Promise<{ instance: Instance; loading: Promise<Instance> }> {
    for (;;) {
        const loading = (current ??= load({ print: () => {}, printErr: () => {} }));
        const instance = await loading;
        if (loading === current) {
            return { instance, loading };
        }
    }
}

/** Anything but JSON is an error message. */
function fromJson(instance: Instance, pointer: number): unknown {
    const text = instance.UTF8ToString(pointer);
    instance._wasm_free_string(pointer);
    if (!text.startsWith("{")) {
        throw new Unreadable(text);
    }
    return JSON.parse(text);
}

/** PostgreSQL counts characters, JavaScript counts UTF-16 code units. */
function unitsOf(text: string, points: number): number {
    let at = 0;
    for (let count = 0; count < points && at < text.length; count++) {
        at += text.codePointAt(at)! > 0xffff ? 2 : 1;
    }
    return at;
}

/** Converts byte offsets to character offsets; fast if called in ascending order. */
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

/**
 * Calls `visit` with every object in a tree and the name of the property that holds it. Iterative, because trees are
 * deep.
 */
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
