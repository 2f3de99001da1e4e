import * as fc from "fast-check";
import type { Entry } from "../../../../../../scripts/delivery/engines/fingerprint";

// Few words, so that names collide and differences are small.
const words = ["a", "b", "A", "a b", 'x"y', "ä", "line\nbreak", ""];
const kinds = ["table", "column", "index", "column order"];

// What an entry belongs to follows from its name, as in a catalog.
const owners: Record<string, string> = { a: "table a", b: "table b", A: "table a", "a b": "column a", ä: "index b" };

export const entry: fc.Arbitrary<Entry> = fc
    .tuple(fc.constantFrom(...kinds), fc.constantFrom(...words), fc.constantFrom(...words))
    .map(([kind, name, definition]) => {
        const of = kind === "table" ? undefined : owners[name];
        return of === undefined ? { kind, name, definition } : { kind, name, definition, of };
    });

/** Entries as a catalog has them: one for each kind and name. */
export const catalog: fc.Arbitrary<Entry[]> = fc.uniqueArray(entry, {
    selector: ({ kind, name }) => `${kind}\0${name}`,
    maxLength: 12,
});
