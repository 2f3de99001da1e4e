import { createHash } from "node:crypto";

/** One object of the catalog, or one aspect of it that can change independently (its owner, a grant, a comment). */
export interface Entry {
    /** `table`, `column`, `index`, `grant` … */
    kind: string;
    /** Qualified and quoted as SQL would write it: `public.orders`, `public.orders.status`. */
    name: string;
    /** Its definition as canonical text; the server's own deparsed form where it has one. */
    definition: string;
    /**
     * Kind and name of the object that it is part of (`table public.orders`), to fold what is added or removed with it.
     */
    of?: string;
}

/** The contents of a database's catalog, independent of how they came about. Plain JSON: it can be stored. */
export interface Fingerprint {
    /** Version of how this module reads the catalog: see {@link incomparable}. */
    format: number;
    /** Version of the server that was read, as its engine numbers them: `170004`. */
    server: number;
    /** SHA-256 over the entries. */
    digest: string;
    /** Sorted by kind, then name. */
    entries: Entry[];
}

/** What distinguishes an engine's server versions. */
export interface ServerVersions {
    /** The engine's name, as people write it. */
    readonly label: string;
    /** The major version from a fingerprint's server number: `17`. */
    readonly majorVersion: (server: number) => number;
}

/** How a fingerprint is taken. */
export interface FingerprintOptions {
    /** The migration tool's tracking tables, in any schema: `uncountedTables`. */
    trackingTables: string[];
    /** Also read the cluster's roles and their memberships, which are not part of a database. Default: false. */
    roles?: boolean;
    /** Milliseconds to wait for a table that is being altered. Default: 10,000. */
    lockTimeout?: number;
    /** Milliseconds that one query may take. Default: 120,000 plus the lock timeout. */
    statementTimeout?: number;
}

/**
 * Increase it when a query reports an unchanged catalog differently: stored fingerprints then count as incomparable.
 */
const fingerprintFormat = 1;

/** Puts entries into canonical form: sorted, one per kind and name. */
export function fingerprintOf(entries: Iterable<Entry>, server = 0): Fingerprint {
    const byKey = new Map<string, Entry>();
    for (const entry of [...entries].sort(compareEntries)) {
        const twin = byKey.get(keyOf(entry));
        // Two objects may have the same name (casts between one pair of types); keep both.
        byKey.set(keyOf(entry), twin ? { ...twin, definition: `${twin.definition}\n${entry.definition}` } : entry);
    }
    const canonical = [...byKey.values()];
    return { format: fingerprintFormat, server, digest: digestOf(canonical), entries: canonical };
}

/**
 * Why two fingerprints cannot be compared; undefined if they can. A newer program may read more of the catalog, and
 * another major version of the server may deparse the same definition differently.
 */
export function incomparable(
    before: Fingerprint,
    after: Fingerprint,
    { label, majorVersion }: ServerVersions,
): string | undefined {
    if (before.format !== after.format) {
        return `the fingerprints were taken by different versions of this program (formats ${before.format} and ${after.format})`;
    }
    const [majorBefore, majorAfter] = [majorVersion(before.server), majorVersion(after.server)];
    if (majorBefore !== majorAfter) {
        return `the fingerprints were taken from ${label} ${majorBefore} and ${majorAfter}`;
    }
    return undefined;
}

/** Unique in a fingerprint. Neither part can hold a NUL: no name or type of a database can. */
export function keyOf(entry: Entry): string {
    return `${entry.kind}\0${entry.name}`;
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
