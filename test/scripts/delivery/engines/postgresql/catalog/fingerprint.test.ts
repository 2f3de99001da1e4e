import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { type Entry, fingerprintOf, incomparable } from "../../../../../../scripts/delivery/engines/fingerprint";
import { versions } from "../../../../../../scripts/delivery/engines/postgresql/versions";
import { catalog, entry } from "./arbitraries";

const table: Entry = { kind: "table", name: "public.a", definition: "USING heap" };

describe("a fingerprint", () => {
    it("does not depend on the order of reading", () => {
        const shuffled = catalog.chain((entries) =>
            fc.tuple(fc.constant(entries), fc.shuffledSubarray(entries, { minLength: entries.length })),
        );
        fc.assert(fc.property(shuffled, ([one, other]) => assert.deepEqual(fingerprintOf(one), fingerprintOf(other))));
    });

    it("has a different digest for every different catalog", () => {
        fc.assert(
            fc.property(catalog, catalog, (one, other) => {
                const [a, b] = [fingerprintOf(one), fingerprintOf(other)];
                const parts = ({ entries }: { entries: Entry[] }) =>
                    entries.map(({ kind, name, definition }) => [kind, name, definition]);
                assert.equal(a.digest === b.digest, JSON.stringify(parts(a)) === JSON.stringify(parts(b)));
            }),
        );
    });

    it("distinguishes catalogs that look alike when concatenated", () => {
        const moved = fingerprintOf([{ kind: "table", name: "public.aUSING", definition: " heap" }]);
        assert.notEqual(moved.digest, fingerprintOf([table]).digest);
    });

    it("is canonical: computed from its own entries it is the same", () => {
        fc.assert(
            fc.property(fc.array(entry), (entries) => {
                const fingerprint = fingerprintOf(entries);
                assert.deepEqual(fingerprintOf(fingerprint.entries), fingerprint);
            }),
        );
    });

    it("survives JSON", () => {
        fc.assert(
            fc.property(fc.array(entry), (entries) => {
                const fingerprint = fingerprintOf(entries);
                assert.deepEqual(JSON.parse(JSON.stringify(fingerprint)), fingerprint);
            }),
        );
    });

    it("is sorted by code unit, whatever the locale", () => {
        const names = ["b", "ä", "a", "B", "a.b", "a_b"].map((name) => ({ ...table, name }));
        assert.deepEqual(
            fingerprintOf(names).entries.map(({ name }) => name),
            ["B", "a", "a.b", "a_b", "b", "ä"],
        );
    });

    it("keeps two objects with the same name", () => {
        const one = fingerprintOf([table, { ...table, definition: "other" }]);
        assert.deepEqual(one.entries, [{ ...table, definition: "USING heap\nother" }]);
        assert.notEqual(one.digest, fingerprintOf([table]).digest);
    });

    it("has the digest that stored fingerprints of format 1 have", () => {
        // Must not change unless the format's number does: deployments keep their fingerprints.
        assert.equal(fingerprintOf([]).digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert.equal(fingerprintOf([table]).digest, "de3d483e25b41b39c724b46207e832b9ea4494d337099ee4ea9c8c9c495573ca");
    });

    describe("is comparable", () => {
        const fingerprint = fingerprintOf([table], 170_010);

        it("with one of the same major version and format", () => {
            assert.equal(incomparable(fingerprint, fingerprintOf([], 170_002), versions), undefined);
        });

        it("not with one of another major version", () => {
            assert.equal(
                incomparable(fingerprint, fingerprintOf([table], 160_004), versions),
                "the fingerprints were taken from PostgreSQL 17 and 16",
            );
        });

        it("not with one of another format", () => {
            assert.equal(
                incomparable({ ...fingerprint, format: 0 }, fingerprint, versions),
                "the fingerprints were taken by different versions of this program (formats 0 and 1)",
            );
        });
    });
});
