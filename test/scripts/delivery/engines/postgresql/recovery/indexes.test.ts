import * as assert from "node:assert/strict";
import { isOneStep } from "../../../../../../scripts/delivery/actions/undo";
import { postgresql } from "../../../../../../scripts/delivery/engines/postgresql";
import { concurrentBuilds, readNote } from "../../../../../../scripts/delivery/engines/postgresql/recovery/indexes";

describe("what a changeset builds concurrently", () => {
    const cases: [string, Awaited<ReturnType<typeof concurrentBuilds>>][] = [
        [
            'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "My Index" ON ONLY shop.orders (id)',
            [{ index: { name: "My Index" }, table: { schema: "shop", name: "orders" } }],
        ],
        [
            "create index concurrently By_Name on Customers (name);",
            [{ index: { name: "by_name" }, table: { name: "customers" } }],
        ],
        ["CREATE INDEX CONCURRENTLY ON customers (name)", [{ index: undefined, table: { name: "customers" } }]],
        ["CREATE INDEX by_name ON customers (name)", []],
        ["COMMENT ON TABLE customers IS 'CREATE INDEX CONCURRENTLY a ON b (c)'", []],
        ["DROP INDEX CONCURRENTLY by_name", []],
    ];
    for (const [sql, expected] of cases) {
        it(`is read from: ${sql}`, async () => {
            const plain = (await concurrentBuilds({ sql: [sql] })).map(({ index, table }) => ({
                index: index && { ...index },
                table: { ...table },
            }));
            assert.deepEqual(JSON.parse(JSON.stringify(plain)), JSON.parse(JSON.stringify(expected)));
        });
    }

    it("is known to be a release's own only by a complete note", () => {
        const note = 'Indexes built: ["16401","16402"]';
        assert.deepEqual(readNote(note), ["16401", "16402"]);
        for (let end = 0; end < note.length; end++) assert.deepEqual(readNote(note.slice(0, end)), []);
        assert.deepEqual(readNote("somebody's own comment"), []);
        for (const planted of ['{"includes": 1}', "null", "[1]", '"16401"']) {
            assert.deepEqual(readNote(`Indexes built: ${planted}`), [], planted);
        }
    });

    it("can be retried only if it is a single statement", async () => {
        assert.equal(await isOneStep(true, ["SELECT 1; SELECT 2"], postgresql), true);
        assert.equal(await isOneStep(false, ["CREATE INDEX CONCURRENTLY a ON b (c);"], postgresql), true);
        assert.equal(await isOneStep(false, ["INSERT INTO a VALUES (1);", "SELECT 1"], postgresql), false);
        assert.equal(await isOneStep(false, ["INSERT INTO a VALUES (1); SELECT 1"], postgresql), false);
        assert.equal(await isOneStep(false, [], postgresql), false);
    });

    it("can be retried as one statement only if no transaction undoes its schema change", async () => {
        const { sql, capabilities } = postgresql;
        const engine = { sql, capabilities: { ...capabilities, transactionalDdl: false } };
        assert.equal(await isOneStep(true, ["SELECT 1; SELECT 2"], engine), false);
        assert.equal(await isOneStep(true, ["SELECT 1"], engine), true);
    });
});
