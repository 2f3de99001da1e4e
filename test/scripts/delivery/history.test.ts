import * as assert from "node:assert/strict";
import { changesOf, HistoryRow, internalFile, rowsAfter } from "../../../scripts/delivery/database/history";

function row(id: string, tag: string | null = null, file = "a.sql"): HistoryRow {
    return { id, author: "me", file, order: 1, execType: "EXECUTED", tag };
}

describe("the history", () => {
    const history = [row("0", "one", internalFile), row("1"), row("2", "two", internalFile), row("3"), row("4")];

    it("tells what came after a tag", () => {
        assert.deepEqual(
            changesOf(rowsAfter("one", history)).map(({ id }) => id),
            ["1", "3", "4"],
        );
        assert.deepEqual(
            changesOf(rowsAfter("TWO", history)).map(({ id }) => id),
            ["3", "4"],
        );
    });

    it("goes back to the last of several rows with a tag", () => {
        assert.deepEqual(
            rowsAfter("two", [...history, row("5", "two"), row("6")]).map(({ id }) => id),
            ["6"],
        );
    });

    it("refuses an unknown tag and names those that it knows", () => {
        assert.throws(() => rowsAfter("three", history), {
            message: "Unknown tag three. The newest that this database knows: two, one.",
        });
        assert.throws(() => rowsAfter("three", []), {
            message: "Unknown tag three: this database has no tag, nothing was deployed to it by this pipeline.",
        });
    });
});
