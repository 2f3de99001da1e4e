import { type Entry, fingerprintOf, type TableContent } from "../../../scripts/delivery/engines/fingerprint";
import type { State } from "../../../scripts/check/state";

export const table = (name: string): Entry => ({ kind: "table", name: `public.${name}`, definition: "USING heap" });

export const column = (of: string, name: string): Entry => ({
    kind: "column",
    name: `public.${of}.${name}`,
    definition: "text",
    of: `table public.${of}`,
});

export const order = (of: string, ...names: string[]): Entry => ({
    kind: "column order",
    name: `public.${of}`,
    definition: names.join("\n"),
    of: `table public.${of}`,
});

/** Rows of a table, told apart by a word. */
export const rows = (of: string, number: number, digest?: string): TableContent => ({
    table: `public.${of}`,
    rows: number,
    digest,
});

export function state(entries: Entry[] = [], content: TableContent[] = []): State {
    return { catalog: new Map([[0, fingerprintOf(entries).entries]]), content: new Map(content.entries()) };
}
