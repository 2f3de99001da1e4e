import * as assert from "node:assert/strict";
import { postgresql } from "../../../../../scripts/delivery/engines/postgresql";
import type { ScriptSession } from "../../../../../scripts/delivery/engines/scripts";
import { upEvent } from "../../../../../scripts/delivery/tools/sql/changes";
import { golangMigrate } from "../../../../../scripts/delivery/tools/sql/layouts/golangMigrate";
import { readState } from "../../../../../scripts/delivery/tools/sql/state";
import { readFolder } from "./support";

describe("the state of a folder in a database", () => {
    const { migrations } = readFolder(golangMigrate, { "1_a.up.sql": "SELECT 1;", "2_b.up.sql": "SELECT 2;" });
    const folder = { layout: golangMigrate, migrations, resolve: {} };
    const empty = { rows: () => Promise.resolve(undefined) } as unknown as ScriptSession;

    it("has all of it pending where there is no history", async () => {
        const { pending, edited } = await readState(empty, folder, postgresql);
        assert.deepEqual(
            pending.map(({ migration }) => migration.id),
            ["1", "2"],
        );
        assert.deepEqual(edited, []);
    });

    it("only records what the database had before the pipeline", async () => {
        const adopted = new Set(["1_a.up.sql::1::golang-migrate"]);
        const { pending } = await readState(empty, { ...folder, adopted }, postgresql);
        assert.deepEqual(
            pending.map((one) => upEvent(one, golangMigrate).decision?.outcome),
            ["Marked", undefined],
        );
    });
});
