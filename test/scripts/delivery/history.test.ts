import * as assert from "node:assert/strict";
import { undoErrors } from "../../../scripts/delivery/errors";
import { changesOf, HistoryRow, releaseLine, releasesIn, rowsAfter } from "../../../scripts/delivery/history";

function row(id: string, tag: string | null = null, internal = false): HistoryRow {
    return { id, author: "me", file: "a.sql", order: 1, outcome: "EXECUTED", tag, internal };
}

describe("the history", () => {
    const history = [row("0", "one", true), row("1"), row("2", "two", true), row("3"), row("4")];

    it("lists the changesets after a tag", () => {
        assert.deepEqual(
            changesOf(rowsAfter("one", history)).map(({ id }) => id),
            ["1", "3", "4"],
        );
        assert.deepEqual(
            changesOf(rowsAfter("TWO", history)).map(({ id }) => id),
            ["3", "4"],
        );
    });

    it("uses the last of several rows with a tag", () => {
        assert.deepEqual(
            rowsAfter("two", [...history, row("5", "two"), row("6")]).map(({ id }) => id),
            ["6"],
        );
    });

    it("lists the releases, the newest first, with their changesets", () => {
        assert.deepEqual(
            releasesIn(history).map(({ tag, changes }) => [tag, changes.map(({ id }) => id)]),
            [
                ["two", ["3", "4"]],
                ["one", ["1"]],
            ],
        );
        assert.equal(
            releaseLine({ tag: "one", at: "2026-11-30 09:15:01.5", changes: [row("1")] }),
            "one (2026-11-30 09:15, 1 changeset)",
        );
    });

    it("rejects an unknown tag and names the known ones", () => {
        assert.throws(
            () => rowsAfter("three", history),
            new undoErrors.TagUnknown({ tag: "three", known: ["two (2 changesets)", "one (1 changeset)"] }),
        );
        assert.throws(() => rowsAfter("three", []), new undoErrors.NoTag({ tag: "three" }));
    });
});
