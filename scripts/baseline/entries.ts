import type { Entry } from "../delivery/engines/fingerprint";

/** As other entries refer to it. */
export function objectOf({ kind, name }: Pick<Entry, "kind" | "name">): string {
    return `${kind} ${name}`;
}

/** The entries of a catalog, by kind and by what they are part of. */
export class CatalogEntries {
    private readonly kinds = new Map<string, Entry[]>();
    private readonly parts = new Map<string, Entry[]>();

    constructor(entries: Entry[]) {
        for (const entry of entries) {
            this.kinds.set(entry.kind, [...this.ofKind(entry.kind), entry]);
            if (entry.of !== undefined) this.parts.set(entry.of, [...(this.parts.get(entry.of) ?? []), entry]);
        }
    }

    ofKind(kind: string): Entry[] {
        return this.kinds.get(kind) ?? [];
    }

    partsOf(object: Entry, kind: string): Entry[] {
        return (this.parts.get(objectOf(object)) ?? []).filter((part) => part.kind === kind);
    }
}
