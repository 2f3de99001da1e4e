import * as assert from "node:assert/strict";
import { judge, type Judgement, type Trial } from "../../../scripts/check/verdict";
import { column, order, rows, state, table } from "./states";

const empty = state();
const created = state([table("a"), column("a", "x")]);
const filled = state([table("a"), column("a", "x")], [rows("a", 2, "two")]);

/** A trial in which all is well, and what is different from that. */
function trial(change: Partial<Trial>): Trial {
    return {
        before: empty,
        applied: created,
        undo: { result: "undone", state: empty },
        again: { state: created },
        undoSql: ["DROP TABLE a"],
        ...change,
    };
}

describe("the verdict on a changeset", () => {
    const expectations: Record<string, { trial: Partial<Trial>; expected: Judgement }> = {
        "that is undone and applied again": {
            trial: {},
            expected: { verdict: "Proven", changed: "schema", details: [], notes: [] },
        },
        "of data, that is undone and applied again at another time": {
            trial: {
                before: created,
                applied: filled,
                undo: { result: "undone", state: created },
                again: { state: state([table("a"), column("a", "x")], [rows("a", 2, "later")]) },
            },
            expected: { verdict: "Proven", changed: "data", details: [], notes: [] },
        },
        "of schema and data": {
            trial: { applied: filled, again: { state: filled } },
            expected: { verdict: "Proven", changed: "schema and data", details: [], notes: [] },
        },
        "that changes nothing here": {
            trial: { applied: empty, again: { state: empty } },
            expected: { verdict: "Unseen", changed: "nothing", details: [], notes: [] },
        },
        "without a rollback": {
            trial: {
                undo: {
                    result: "undoMissing",
                    state: created,
                    message: "No inverse to liquibase.change.core.DropColumnChange created",
                },
                again: undefined,
            },
            expected: {
                verdict: "NoRollback",
                changed: "schema",
                message:
                    "It has no rollback, and Liquibase cannot derive one: rolling back a release would stop here, with part of it undone.",
                details: [
                    "Liquibase derives no rollback from dropColumn.",
                    "Effects of the changeset:",
                    "  + table public.a: USING heap (with 1 column)",
                ],
                notes: [],
            },
        },
        "whose rollback fails": {
            trial: {
                undo: {
                    result: "undoFailed",
                    state: created,
                    message: 'liquibase.exception.DatabaseException: ERROR: column "y" does not exist',
                    statement: "ALTER TABLE a\nDROP COLUMN y",
                },
                again: undefined,
            },
            expected: {
                verdict: "RollbackFails",
                changed: "schema",
                message: "Its rollback fails.",
                details: [
                    'ERROR: column "y" does not exist',
                    "The statement that failed:",
                    "  ALTER TABLE a",
                    "  DROP COLUMN y",
                ],
                notes: [],
            },
        },
        "whose rollback fails when half of it is done": {
            trial: {
                applied: filled,
                undo: { result: "undoFailed", state: created, message: "ERROR" },
                again: undefined,
            },
            expected: {
                verdict: "RollbackFails",
                changed: "schema and data",
                message: "Its rollback fails.",
                details: [
                    "ERROR",
                    "Differences from the state before the changeset:",
                    "  + table public.a: USING heap (with 1 column)",
                ],
                notes: [],
            },
        },
        "whose rollback has no effect": {
            trial: { undo: { result: "undone", state: created }, again: undefined, undoSql: ["SELECT 1", "SELECT 2"] },
            expected: {
                verdict: "RollbackDoesNothing",
                changed: "schema",
                message: "Its rollback has no effect.",
                details: [
                    "Differences from the state before the changeset:",
                    "  + table public.a: USING heap (with 1 column)",
                    "The rollback:",
                    "  SELECT 1",
                    "  SELECT 2",
                ],
                notes: [],
            },
        },
        "of data, whose rollback is empty": {
            trial: {
                before: created,
                applied: filled,
                undo: { result: "undone", state: filled },
                again: undefined,
                undoSql: [],
            },
            expected: {
                verdict: "RollbackDoesNothing",
                changed: "data",
                message: "Its rollback has no effect.",
                details: [
                    "Differences from the state before the changeset:",
                    "  + rows of public.a: 2 rows, digest two",
                    "The rollback has no statements.",
                ],
                notes: [],
            },
        },
        "that declares why it needs no rollback": {
            trial: {
                before: created,
                applied: filled,
                undo: { result: "undone", state: filled },
                again: undefined,
                irreversible: "the list only grows",
            },
            expected: {
                verdict: "Irreversible",
                changed: "data",
                message: "It needs no rollback: the list only grows",
                details: [],
                notes: [],
            },
        },
        "that says that nothing undoes it, and breaks something all the same": {
            trial: {
                before: created,
                applied: filled,
                undo: { result: "undone", state: empty },
                again: undefined,
                irreversible: "the list only grows",
                undoSql: undefined,
            },
            expected: {
                verdict: "RollbackIncomplete",
                changed: "data",
                message: "Its rollback does not restore the state before the changeset.",
                details: [
                    "Differences from the state before the changeset:",
                    "  - table public.a: USING heap (with 1 column)",
                ],
                notes: [],
            },
        },
        "whose rollback forgets something": {
            trial: {
                applied: filled,
                undo: { result: "undone", state: created },
                again: { message: "exists", state: created },
            },
            expected: {
                verdict: "RollbackIncomplete",
                changed: "schema and data",
                message: "Its rollback does not restore the state before the changeset.",
                details: [
                    "Differences from the state before the changeset:",
                    "  + table public.a: USING heap (with 1 column)",
                    "The rollback:",
                    "  DROP TABLE a",
                ],
                notes: [],
            },
        },
        "that changes nothing, but whose rollback does": {
            trial: { before: created, undo: { result: "undone", state: empty }, again: { state: created } },
            expected: {
                verdict: "RollbackIncomplete",
                changed: "nothing",
                message: "Its rollback does not restore the state before the changeset.",
                details: [
                    "Differences from the state before the changeset:",
                    "  - table public.a: USING heap (with 1 column)",
                    "The rollback:",
                    "  DROP TABLE a",
                ],
                notes: [],
            },
        },
        "that cannot be reapplied": {
            trial: { again: { message: "ERROR: it is there already", state: empty } },
            expected: {
                verdict: "FailsAgain",
                changed: "schema",
                message: "It was undone, but cannot be reapplied.",
                details: ["ERROR: it is there already"],
                notes: [],
            },
        },
        "that gives something else the second time": {
            trial: { again: { state: state([table("a"), column("a", "y")]) } },
            expected: {
                verdict: "DiffersAgain",
                changed: "schema",
                message: "Reapplied after its rollback, it has a different result.",
                details: [
                    "Differences between the first and the second time:",
                    "  - column public.a.x: text",
                    "  + column public.a.y: text",
                ],
                notes: [],
            },
        },
        "that drops a column, which comes back at the end and empty": {
            trial: {
                before: state(
                    [table("a"), column("a", "x"), column("a", "y"), order("a", "x", "y")],
                    [rows("a", 1, "full")],
                ),
                applied: state([table("a"), column("a", "y"), order("a", "y")], [rows("a", 1, "less")]),
                undo: {
                    result: "undone",
                    state: state(
                        [table("a"), column("a", "x"), column("a", "y"), order("a", "y", "x")],
                        [rows("a", 1, "null")],
                    ),
                },
                again: { state: state([table("a"), column("a", "y"), order("a", "y")], [rows("a", 1, "less")]) },
            },
            expected: {
                verdict: "Proven",
                changed: "schema",
                details: [],
                notes: [
                    "its rollback restores columns at the end of public.a, where a new column goes.",
                    "its rollback restores the dropped objects, but not their data: rows of public.a differ.",
                ],
            },
        },
        "that drops a table, which comes back without its rows": {
            trial: {
                before: filled,
                applied: empty,
                undo: { result: "undone", state: created },
                again: { state: empty },
            },
            expected: {
                verdict: "Proven",
                changed: "schema and data",
                details: [],
                notes: ["its rollback restores the dropped objects, but not their data: rows of public.a differ."],
            },
        },
        "that touches a table too large to compare": {
            trial: {
                before: state([table("a")], [rows("a", 1000)]),
                applied: state([table("a"), table("b")], [rows("a", 1000)]),
                undo: { result: "undone", state: state([table("a")], [rows("a", 1000)]) },
                again: { state: state([table("a"), table("b")], [rows("a", 1000)]) },
            },
            expected: {
                verdict: "Proven",
                changed: "schema",
                details: [],
                notes: ["the contents of public.a were not compared; they are too large."],
            },
        },
    };

    for (const [what, { trial: change, expected }] of Object.entries(expectations)) {
        it(what, () => {
            const { message, ...judgement } = judge(trial(change));
            assert.deepEqual(message === undefined ? judgement : { ...judgement, message }, expected);
        });
    }

    it("does not list the rows of a table once for each column that was added to it", () => {
        const wider = state([table("a"), column("a", "x"), column("a", "y")], [rows("a", 2, "wider")]);
        const { details } = judge(
            trial({
                before: filled,
                applied: wider,
                undo: { result: "undone", state: wider },
                again: undefined,
                undoSql: undefined,
            }),
        );
        assert.deepEqual(details, ["Differences from the state before the changeset:", "  + column public.a.y: text"]);
    });
});
