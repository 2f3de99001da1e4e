import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { overBudget } from "../../../../../../scripts/delivery/engines/locks/budget";
import { type Sample, tableLockModes } from "../../../../../../scripts/delivery/engines/postgresql/locks/sample";
import {
    rowChanges,
    type Table,
    type Tables,
} from "../../../../../../scripts/delivery/engines/postgresql/locks/tables";
import { tableLocks } from "../../../../../../scripts/delivery/engines/postgresql/locks/watch";
import type { TableLock } from "../../../../../../scripts/delivery/engines/locks/figures";

const table = (name: string, counts: Partial<Table> = {}): Table => ({
    name,
    filenode: 1,
    rows: -1,
    inserted: 0,
    updated: 0,
    deleted: 0,
    ...counts,
});

describe("the locks of a changeset", () => {
    it("are the strongest on each table, with whether the table was there before the release", () => {
        const held = [
            { relation: 1, mode: "AccessShareLock" as const, granted: true },
            { relation: 1, mode: "AccessExclusiveLock" as const, granted: true },
            { relation: 2, mode: "RowExclusiveLock" as const, granted: true },
            { relation: 3, mode: "AccessExclusiveLock" as const, granted: true },
        ];
        const samples: Sample[] = [0, 40].map((at) => ({ at, sessions: [{ pid: 1, transaction: "a", locks: held }] }));
        const atStart: Tables = new Map([[1, table("public.orders")]]);
        const known: Tables = new Map([...atStart, [2, table("public.new")]]);
        assert.deepEqual(tableLocks(samples, known, atStart), [
            { table: "public.orders", mode: "AccessExclusiveLock", milliseconds: 40, atMost: 40, existedBefore: true },
            { table: "public.new", mode: "RowExclusiveLock", milliseconds: 40, atMost: 40, existedBefore: false },
        ]);
    });
});

describe("the rows that a changeset changes", () => {
    it("are counted from the sample before, for new tables from zero", () => {
        const before: Tables = new Map([
            [1, table("public.orders", { inserted: 10, updated: 5 })],
            [2, table("public.same", { inserted: 7 })],
        ]);
        const after: Tables = new Map([
            [1, table("public.orders", { inserted: 10, updated: 8, deleted: 2 })],
            [2, table("public.same", { inserted: 7 })],
            [3, table("public.new", { inserted: 4 })],
        ]);
        assert.deepEqual(rowChanges(before, after), [
            { table: "public.orders", inserted: 0, updated: 3, deleted: 2 },
            { table: "public.new", inserted: 4, updated: 0, deleted: 0 },
        ]);
    });
});

describe("the lock budget", () => {
    const lock = (change: Partial<TableLock>): TableLock => ({
        table: "public.orders",
        mode: "AccessExclusiveLock",
        milliseconds: 1534.4,
        atMost: 1560,
        existedBefore: true,
        ...change,
    });

    it("is stated with the number", () => {
        assert.deepEqual(overBudget({ locks: [lock({})] }, 1000, tableLockModes), [
            "public.orders: ACCESS EXCLUSIVE for 1,534 ms; the lock budget is 1,000 ms",
        ]);
    });

    it("is for ACCESS EXCLUSIVE on tables that were there before", () => {
        const others = [lock({ mode: "ShareLock" }), lock({ existedBefore: false }), lock({ milliseconds: 1000 })];
        assert.deepEqual(overBudget({ locks: others }, 1000, tableLockModes), []);
    });

    it("fails a lock if and only if it was held longer", () => {
        fc.assert(
            fc.property(fc.nat(100_000), fc.nat(100_000), (milliseconds, budget) => {
                const failed = overBudget({ locks: [lock({ milliseconds })] }, budget, tableLockModes).length > 0;
                assert.equal(failed, milliseconds > budget);
            }),
        );
    });
});
