import * as assert from "node:assert/strict";
import type { HistoryRow } from "../../../../scripts/delivery/history";
import { rowsBefore } from "../../../../scripts/delivery/safety/historyRows";
import { liquibase } from "../../../../scripts/delivery/tools/liquibase";

const noted = (id: string, order: number) => ({ id, author: "me", filename: "a.sql", orderexecuted: order });
const tagged = (tag: string, order: number): HistoryRow => ({
    ...{ id: tag, author: "pipeline", file: "marks", order, outcome: "EXECUTED", tag, internal: true },
});
const { holds } = liquibase.tracking.history;

describe("the rows that an undo restores", () => {
    const history = [tagged("one", 1), tagged("two", 4)];
    const undone = ["view", "function"].map((id) => ({ id, author: "me", file: "a.sql" }));

    it("are the earliest of each changeset that ran before the release", () => {
        const rows = [noted("view", 2), noted("view", 5), noted("function", 3)];
        assert.deepEqual(rowsBefore("TWO", rows, { history, undone, holds }), [noted("view", 2), noted("function", 3)]);
    });

    it("are none of what was created since, of what is not undone, or for an unknown tag", () => {
        assert.deepEqual(rowsBefore("two", [noted("view", 6)], { history, undone, holds }), []);
        assert.deepEqual(rowsBefore("two", [noted("other", 2)], { history, undone, holds }), []);
        assert.deepEqual(rowsBefore("three", [noted("view", 2)], { history, undone, holds }), []);
    });
});
