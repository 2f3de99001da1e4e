import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import {
    type Difference,
    differences,
    type Entry,
    fingerprintOf,
    onlyColumnOrder,
    renderDifferences,
} from "../../../../../scripts/delivery/engines/fingerprint";
import { catalog } from "../postgresql/catalog/arbitraries";

describe("the differences of two fingerprints", () => {
    it("are none if and only if the digests are equal", () => {
        fc.assert(
            fc.property(catalog, catalog, (one, other) => {
                const [a, b] = [fingerprintOf(one), fingerprintOf(other)];
                assert.equal(differences(a, b).length === 0, a.digest === b.digest);
            }),
        );
    });

    it("are none between a fingerprint and itself", () => {
        fc.assert(
            fc.property(catalog, (entries) =>
                assert.deepEqual(differences(fingerprintOf(entries), fingerprintOf(entries)), []),
            ),
        );
    });

    it("read the other way round, are the opposite", () => {
        const opposite: Record<Difference["change"], Difference["change"]> = {
            added: "removed",
            removed: "added",
            changed: "changed",
        };
        fc.assert(
            fc.property(catalog, catalog, (one, other) => {
                const [a, b] = [fingerprintOf(one), fingerprintOf(other)];
                const forth = differences(a, b).map(({ change, kind, name, before, after }) => ({
                    change,
                    kind,
                    name,
                    before,
                    after,
                }));
                const back = differences(b, a).map(({ change, kind, name, before, after }) => ({
                    change: opposite[change],
                    kind,
                    name,
                    before: after,
                    after: before,
                }));
                assert.deepEqual(back, forth);
            }),
        );
    });

    it("transform one catalog into the other, apart from the implied order of columns", () => {
        fc.assert(
            fc.property(catalog, catalog, (one, other) => {
                const [a, b] = [fingerprintOf(one), fingerprintOf(other)];
                const state = new Map(a.entries.map((entry) => [`${entry.kind} ${entry.name}`, entry.definition]));
                for (const { kind, name, after } of differences(a, b)) {
                    if (after === undefined) {
                        state.delete(`${kind} ${name}`);
                    } else {
                        state.set(`${kind} ${name}`, after);
                    }
                }
                const counted = (key: string) => !key.startsWith("column order");
                assert.deepEqual(
                    [...state].filter(([key]) => counted(key)).sort(),
                    b.entries
                        .map((entry) => [`${entry.kind} ${entry.name}`, entry.definition])
                        .filter(([key]) => counted(key!))
                        .sort(),
                );
            }),
        );
    });

    it("each have a line, or are counted on one", () => {
        fc.assert(
            fc.property(catalog, catalog, (one, other) => {
                const found = differences(fingerprintOf(one), fingerprintOf(other));
                const lines = renderDifferences(found);
                assert.equal(lines.length > 0, found.length > 0);
                assert.equal(
                    lines.every((line) => /^([-+~] | {4}(was|now): )/.test(line)),
                    !lines.some((line) => line.includes("\n")),
                );
            }),
        );
    });
});

describe("a rendered difference", () => {
    const table: Entry = { kind: "table", name: "public.a", definition: "USING heap" };
    const column = (name: string, definition = "text"): Entry => ({
        kind: "column",
        name: `public.a.${name}`,
        definition,
        of: "table public.a",
    });
    const order = (...names: string[]): Entry => ({
        kind: "column order",
        name: "public.a",
        definition: names.join("\n"),
        of: "table public.a",
    });
    const rendered = (before: Entry[], after: Entry[]) =>
        renderDifferences(differences(fingerprintOf(before), fingerprintOf(after)));

    it("folds what came with a table, and what came with that", () => {
        const comment: Entry = {
            kind: "comment",
            name: "table column public.a.x",
            definition: "!",
            of: "column public.a.x",
        };
        const index: Entry = { kind: "index", name: "public.i", definition: "ON a", of: "table public.a" };
        const other: Entry = { kind: "index", name: "public.j", definition: "ON b", of: "table public.b" };
        assert.deepEqual(rendered([], [table, column("x"), column("y"), order("x", "y"), comment, index, other]), [
            "+ index public.j: ON b",
            "+ table public.a: USING heap (with 2 columns, 1 comment, 1 index)",
        ]);
    });

    it("does not fold a change of another kind than its table's", () => {
        assert.deepEqual(rendered([table, column("x")], [{ ...table, definition: "UNLOGGED" }]), [
            "- column public.a.x: text",
            "~ table public.a",
            "    was: USING heap",
            "    now: UNLOGGED",
        ]);
    });

    it("does not say that a new column changed the list of columns", () => {
        assert.deepEqual(rendered([order("x"), column("x")], [order("x", "y"), column("x"), column("y")]), [
            "+ column public.a.y: text",
        ]);
    });

    it("reports moved columns, with a new column or without", () => {
        const moved = ["~ column order public.a", "    was: x", "    was: y", "    now: y", "    now: x"];
        const [x, y, z] = [column("x"), column("y"), column("z")];
        assert.deepEqual(rendered([order("x", "y"), x, y], [order("y", "x"), x, y]), moved);
        assert.deepEqual(rendered([order("x", "y"), x, y], [order("y", "x", "z"), x, y, z]), [
            "+ column public.a.z: text",
            ...moved,
            "    now: z",
        ]);
    });

    it("shows only the changed lines of a long definition", () => {
        const lines = (body: string): Entry => ({
            kind: "function",
            name: "f()",
            definition: `CREATE\nBEGIN\n${body}\nEND`,
        });
        assert.deepEqual(rendered([lines("one\ntwo")], [lines("one\nthree\nfour")]), [
            "~ function f()",
            "    was: two",
            "    now: three",
            "    now: four",
        ]);
        assert.deepEqual(rendered([lines("one")], [lines("one\none")]), ["~ function f()", "    now: one"]);
    });

    it("shows an absent definition as (nothing)", () => {
        const comment = (definition: string): Entry => ({ kind: "comment", name: "table public.a", definition });
        assert.deepEqual(rendered([comment("")], [comment("x")]), [
            "~ comment table public.a",
            "    was: (nothing)",
            "    now: x",
        ]);
    });

    it("handles entries that belong to each other in a cycle", () => {
        const circle: Entry[] = [
            { kind: "a", name: "1", definition: "x", of: "b 1" },
            { kind: "b", name: "1", definition: "x", of: "a 1" },
        ];
        assert.equal(rendered([], circle).length, 2);
    });

    it("distinguishes moved columns from all other changes", () => {
        const moved = differences({ entries: [order("x", "y")] }, { entries: [order("y", "x")] });
        assert.equal(onlyColumnOrder(moved), true);
        assert.equal(onlyColumnOrder([...moved, ...differences({ entries: [] }, { entries: [table] })]), false);
        assert.equal(onlyColumnOrder([]), false);
    });
});
