import { createHash } from "node:crypto";

/** One object of the catalog, or one aspect of it that can change by itself (its owner, a grant, a comment). */
export interface Entry {
    /** `table`, `column`, `index`, `grant` … */
    kind: string;
    /** Qualified and quoted as SQL would write it: `public.orders`, `public.orders.status`. */
    name: string;
    /** What it is, as canonical text; PostgreSQL's own deparsed definition where it has one. */
    definition: string;
    /** Kind and name of the object that it belongs to (`table public.orders`), to fold what comes and goes with it. */
    of?: string;
}

/** What a database's catalog holds, in a form that does not depend on how it came about. Plain JSON: it can be stored. */
export interface Fingerprint {
    /** Version of this module's reading of the catalog: see {@link incomparable}. */
    format: number;
    /** `server_version_num` of the server that was read. */
    server: number;
    /** SHA-256 over the entries. */
    digest: string;
    /** Sorted by kind, then name. */
    entries: Entry[];
}

/** To be raised when a query changes what it reports for an unchanged catalog: stored fingerprints then say so. */
const fingerprintFormat = 1;

/** Puts entries into canonical form: sorted, one per kind and name. */
export function fingerprintOf(entries: Iterable<Entry>, server = 0): Fingerprint {
    const byKey = new Map<string, Entry>();
    for (const entry of [...entries].sort(compareEntries)) {
        const twin = byKey.get(keyOf(entry));
        // Two objects may be described by the same words (casts of one pair of types): none of them may get lost.
        byKey.set(keyOf(entry), twin ? { ...twin, definition: `${twin.definition}\n${entry.definition}` } : entry);
    }
    const canonical = [...byKey.values()];
    return { format: fingerprintFormat, server, digest: digestOf(canonical), entries: canonical };
}

/**
 * Why two fingerprints cannot be compared, or undefined if they can. A newer program may read more of the catalog, and
 * another major version of PostgreSQL may write the same definition in other words.
 */
export function incomparable(before: Fingerprint, after: Fingerprint): string | undefined {
    if (before.format !== after.format) {
        return `the fingerprints were taken by different versions of this program (formats ${before.format} and ${after.format})`;
    }
    const [majorBefore, majorAfter] = [majorVersion(before), majorVersion(after)];
    if (majorBefore !== majorAfter) {
        return `the fingerprints were taken from PostgreSQL ${majorBefore} and ${majorAfter}`;
    }
    return undefined;
}

/** Unique in a fingerprint. Neither part can hold a NUL: PostgreSQL's text type cannot. */
export function keyOf(entry: Entry): string {
    return `${entry.kind}\0${entry.name}`;
}

function majorVersion(fingerprint: Fingerprint): number {
    return Math.floor(fingerprint.server / 10_000);
}

function digestOf(entries: Entry[]): string {
    const hash = createHash("sha256");
    for (const { kind, name, definition } of entries) {
        // JSON keeps the parts apart whatever they contain.
        hash.update(`${JSON.stringify([kind, name, definition])}\n`);
    }
    return hash.digest("hex");
}

// By code unit, never by locale: the order must be the same on every machine.
function compareEntries(a: Entry, b: Entry): number {
    return compare(a.kind, b.kind) || compare(a.name, b.name) || compare(a.definition, b.definition);
}

function compare(a: string, b: string): number {
    return a < b ? -1 : a > b ? 1 : 0;
}
