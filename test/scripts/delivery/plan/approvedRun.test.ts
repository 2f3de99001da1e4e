import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { keyOf, nameOf } from "../../../../scripts/delivery/changesets";
import type { FileRead } from "../../../../scripts/delivery/tools/files";
import { liquibase } from "../../../../scripts/delivery/tools/liquibase";
import type { ChangesetEvent, Judge } from "../../../../scripts/delivery/tools/events";
import { approvedRollback, approvedUndo, approvedUpdate } from "../../../../scripts/delivery/plan/approvedRun";
import type { PlannedChange } from "../../../../scripts/delivery/plan/model";

const file: FileRead = { path: "data.csv", bytes: 3, sha256: "0" };

const planned: PlannedChange = {
    id: "1",
    author: "me",
    file: "a.sql",
    runInTransaction: true,
    again: false,
    checksum: "9:1",
    preconditions: {
        name: "preConditions",
        attributes: {},
        nested: [{ name: "dbms", attributes: { type: "postgresql" } }],
    },
    contexts: "a",
    labels: "b",
    tag: "c",
    sql: ["CREATE TABLE t (i int);", "INSERT INTO t VALUES (1);"],
    files: [file],
    undo: ["DROP TABLE t;"],
    undoFiles: [{ ...file, path: "undo.sql" }],
};

/** What `Approved.java` asks before it runs the change, or undoes it. */
function question(change: PlannedChange, event: "mayRun" | "mayRollback" = "mayRun"): ChangesetEvent {
    const { again, undo, undoFiles, ...described } = change;
    return event === "mayRun" ? { ...described, event, again } : { ...described, event, sql: undo, files: undoFiles };
}

function ask(judge: Judge, ...events: ChangesetEvent[]): (string | undefined)[] {
    judge.begin();
    return events.map((event) => judge.objection(event));
}

describe("what is about to run", () => {
    const update = (...changes: PlannedChange[]) => approvedUpdate({ changes }, liquibase);

    it("passes if it is as planned, repeatedly", () => {
        const changes = ["1", "2", "3"].map((id) => ({ ...planned, id, again: id === "2" }));
        const judge = update(...changes);
        assert.deepEqual(ask(judge, ...changes.map((change) => question(change))), [undefined, undefined, undefined]);
        // After a lost connection, from where it was.
        assert.deepEqual(ask(judge, question(changes[1]!), question(changes[2]!)), [undefined, undefined]);
    });

    it("passes if another changeset with its name is for another context or database", () => {
        const judge = approvedUpdate(
            { changes: [planned], passedOver: [{ ...nameOf(planned), reason: "context" }] },
            liquibase,
        );
        assert.deepEqual(judge.begin(), { uncompared: [], idle: [] });
        assert.deepEqual(ask(judge, question(planned)), [undefined]);
    });

    const others: [what: string, change: Partial<PlannedChange>, difference: string][] = [
        ["a changeset that is not in it", { id: "2" }, "The plan does not have it."],
        ["another author", { author: "you" }, "The plan does not have it."],
        ["another file", { file: "b.sql" }, "The plan does not have it."],
        ["another checksum", { checksum: "9:2" }, 'checksum: planned "9:1", now "9:2"'],
        ["no transaction", { runInTransaction: false }, 'runInTransaction: planned "true", now "false"'],
        ["again", { again: true }, 'whether it runs again: planned "false", now "true"'],
        ["failOnError", { mayFail: true }, 'failOnError: planned "true", now "false"'],
        [
            "another precondition",
            { preconditions: undefined },
            'preconditions: planned "dbms type \\"postgresql\\"; if not: HALT; on an error: HALT", now "none"',
        ],
        ["other contexts", { contexts: undefined }, 'contexts: planned "a", now nothing'],
        ["other labels", { labels: "x" }, 'labels: planned "b", now "x"'],
        ["another tag", { tag: "x" }, 'tag: planned "c", now "x"'],
        [
            "another statement",
            { sql: [planned.sql[0]!, "DROP TABLE t;"] },
            'statement 2 of 2 planned and 2 now: planned "INSERT INTO t VALUES (1);", now "DROP TABLE t;"',
        ],
        [
            "one statement more",
            { sql: [...planned.sql, `SELECT '${"x".repeat(300)}'`] },
            `statement 3 of 2 planned and 3 now: planned nothing, now "SELECT '${"x".repeat(192)}…"`,
        ],
        [
            "one statement less",
            { sql: [planned.sql[1]!] },
            'statement 1 of 2 planned and 1 now: planned "CREATE TABLE t (i int);", now "INSERT INTO t VALUES (1);"',
        ],
        [
            "another file's content",
            { files: [{ ...file, sha256: "1" }] },
            "file: planned data.csv (3 bytes, SHA-256 0), now data.csv (3 bytes, SHA-256 1)",
        ],
        ["a file less", { files: [] }, "file: planned data.csv (3 bytes, SHA-256 0), now not read"],
        [
            "a file more",
            { files: [file, { ...file, path: "more.csv" }] },
            "file: not in the plan, now more.csv (3 bytes, SHA-256 0)",
        ],
    ];
    for (const [what, other, difference] of others) {
        it(`is stopped with ${what}`, () => {
            const change = { ...planned, ...other };
            assert.deepEqual(ask(update(planned), question(change)), [
                [
                    `${keyOf(change)} differs from the approved plan; none of it was run.`,
                    `  - ${difference}`,
                    "The source, or the migration history in the database, differs from the plan. Start the pipeline again to plan and approve the current state.",
                ].join("\n"),
            ]);
        });
    }

    it("is stopped if it is repeated or out of order", () => {
        fc.assert(
            fc.property(fc.array(fc.nat({ max: 5 }), { minLength: 1 }), (order) => {
                const changes = [0, 1, 2, 3, 4, 5].map((id) => ({ ...planned, id: String(id) }));
                const objections = ask(update(...changes), ...order.map((id) => question(changes[id]!)));
                let last = -1;
                for (const [index, id] of order.entries()) {
                    assert.equal(objections[index] === undefined, id > last);
                    last = Math.max(last, id);
                }
            }),
        );
    });

    it("may be requested although the plan says that it does not run, and then sends nothing", () => {
        const marked: PlannedChange = { ...planned, sql: [], decision: { outcome: "Marked", reason: "no such table" } };
        const passed = { ...nameOf(planned), id: "passed", reason: "for another database" };
        const judge = approvedUpdate({ changes: [marked], passedOver: [passed] }, liquibase);
        assert.deepEqual(judge.begin(), { uncompared: [], idle: [keyOf(passed), keyOf(marked)] });
        const { sql: _sql, files: _files, ...silent } = question(marked);
        assert.deepEqual(ask(judge, silent, { ...silent, id: "passed" }), [undefined, undefined]);
        assert.match(ask(judge, { ...silent, id: "passed", event: "mayRollback" })[0]!, /The plan does not have it/);
        assert.match(ask(judge, { ...silent, checksum: "9:2" })[0]!, /checksum: planned/);
    });

    it("is compared without statements that the database or code generates, but with all files", () => {
        const reading: PlannedChange = { ...planned, readsDatabase: true };
        const coded = { ...planned, id: "2" };
        const code = [{ kind: "customChange", name: "a.B", file: "a.sql", changeset: keyOf(coded) }];
        const judge = approvedUpdate({ changes: [reading, coded], code }, liquibase);
        assert.deepEqual(judge.begin(), { uncompared: [keyOf(reading), keyOf(coded)], idle: [] });
        assert.deepEqual(update(planned).begin(), { uncompared: [], idle: [] });
        const { sql: _sql, files: _files, ...silent } = question(reading);
        const reads = (files: FileRead[]): ChangesetEvent => ({ ...silent, event: "mayRead", files });
        const objections = ask(judge, silent, reads([file]), reads([file, { ...file, path: "other" }]), {
            ...silent,
            id: "2",
            checksum: "9:2",
        });
        assert.deepEqual(
            objections.map((objection) => objection?.split("\n")[1]),
            [
                undefined,
                undefined,
                "  - file: not in the plan, now other (3 bytes, SHA-256 0)",
                '  - checksum: planned "9:1", now "9:2"',
            ],
        );
    });

    it("is stopped in the middle, too", () => {
        const [objection] = ask(update(planned), { ...question(planned), event: "unapproved", message: "Why" });
        assert.match(
            objection!,
            /^a\.sql::1::me was stopped because it deviated from the approved plan\. .*\n {2}- Why\n/,
        );
    });
});

describe("what is about to be undone", () => {
    const changes = ["1", "2"].map((id) => ({ ...planned, id }));
    const backwards = [...changes].reverse();

    it("passes if it is as planned: by its own plan, or by the update's, in reverse", () => {
        const own = backwards.map(({ undo, undoFiles, ...change }) => ({ ...change, sql: undo!, files: undoFiles }));
        for (const judge of [approvedRollback({ changes: own }), approvedUndo({ changes }, [])]) {
            assert.deepEqual(judge.begin(), { uncompared: [], idle: [] });
            assert.deepEqual(ask(judge, ...backwards.map((change) => question(change, "mayRollback"))), [
                undefined,
                undefined,
            ]);
            const other = { ...changes[1]!, undo: ["DROP TABLE u;"] };
            assert.match(
                ask(judge, question(other, "mayRollback"))[0]!,
                /planned "DROP TABLE t;", now "DROP TABLE u;"/,
            );
            assert.match(
                ask(judge, ...changes.map((change) => question(change, "mayRollback")))[1]!,
                /a different order/,
            );
        }
    });

    it("is not compared without a planned undo, or from an earlier attempt", () => {
        const irreversible = { ...planned, undo: undefined, undoFiles: undefined, undoError: "No inverse" };
        const earlier = { ...planned, id: "0" };
        const judge = approvedUndo({ changes: [irreversible] }, [earlier]);
        assert.deepEqual(judge.begin(), { uncompared: [keyOf(earlier), keyOf(irreversible)], idle: [] });
        assert.deepEqual(
            ask(judge, question(irreversible, "mayRollback"), question({ ...earlier, checksum: "9:2" }, "mayRollback")),
            [undefined, undefined],
        );
        assert.match(ask(judge, question({ ...planned, id: "9" }, "mayRollback"))[0]!, /The plan does not have it/);
    });
});
