import * as assert from "node:assert/strict";
import type { migrationErrors } from "../../../scripts/delivery/errors";
import type { liquibaseErrors } from "../../../scripts/delivery/tools/liquibase/errors";
import type { ServerError } from "../../../scripts/delivery/tools/events";
import { explainFailure } from "../../../scripts/delivery/tools/liquibase/explain";

const lockViews = "the view of locks";

describe("a failed Liquibase command", () => {
    it("is reported without noise, with the fix", () => {
        const messages = [
            "Starting Liquibase at 13:17:47 using Java 17.0.15",
            "ERROR: Exception Details",
            "ERROR: Exception Primary Reason:  Validation Failed:",
            "",
            "Unexpected error running Liquibase: liquibase.exception.CommandExecutionException: Validation Failed:",
            "     1 changesets check sum",
            "          a.sql::1::me was: 9:7b but is now: 9:e6",
            "",
            "For more information, please use the --log-level flag",
        ];
        assert.equal(
            explainFailure("The update failed", { messages }).message,
            [
                "AP1402: The update failed: a changeset that has already run was edited:",
                "    Validation Failed:",
                "         1 changesets check sum",
                "              a.sql::1::me was: 9:7b but is now: 9:e6",
                "Undo the edit and write a new changeset instead. For views and functions that should be replaced after each edit, use runOnChange:true.",
            ].join("\n"),
        );
    });

    const causes: [string, keyof typeof migrationErrors | keyof typeof liquibaseErrors][] = [
        ["1 changesets check sum", "ChangesetEdited"],
        ["1 changesets had duplicate identifiers", "ChangesetDuplicate"],
        ["nowhere.yaml does not exist", "ChangelogFileMissing"],
        ['Reason: ERROR: relation "nowhere" does not exist', "MigrationFailed"],
        ["Could not acquire change log lock. Currently locked by x", "ChangelogLockHeld"],
        ["The precondition sqlCheck was stopped after 30 s.", "PreconditionStopped"],
        ["java.lang.StackOverflowError", "NestedTooDeeply"],
        ["Could not find tag 'x' in the database", "TagMissing"],
        ["Expected single row from (…) but got 0", "ChangeReadsDatabase"],
        ["Unknown change type 'createTabel'", "ChangeTypeUnknown"],
    ];
    for (const [cause, kind] of causes) {
        it(`is ${kind}: ${cause}`, () => {
            const error = explainFailure("The update failed", {
                messages: [`Unexpected error running Liquibase: ${cause}`],
            });
            assert.equal(error.name, kind);
            assert.deepEqual(error.facts, { step: "The update failed", cause: `    ${cause}` });
        });
    }

    const codes: [ServerError["kind"], string, keyof typeof migrationErrors][] = [
        ["LockNotAvailable", "canceling statement due to lock timeout", "LocksNotGranted"],
        ["Deadlock", "deadlock detected", "LocksNotGranted"],
        ["PermissionDenied", "permission denied for schema public", "PrivilegeMissing"],
        ["PermissionDenied", "must be owner of table orders", "PrivilegeMissing"],
        ["TimedOut", "canceling statement due to statement timeout", "StatementTimedOut"],
        ["Canceled", "canceling statement due to user request", "MigrationFailed"],
        ["Refused", 'relation "orders" does not exist', "MigrationFailed"],
        [undefined, "something else", "MigrationFailed"],
    ];
    for (const [code, said, kind] of codes) {
        it(`is ${kind} by the server's code ${code}: ${said}`, () => {
            const messages = [
                `Unexpected error running Liquibase: Migration failed: Reason: ERROR: ${said} [Failed SQL: x]`,
            ];
            const error = explainFailure("The update failed", {
                messages,
                serverError: { kind: code, message: `ERROR: ${said}`, lockViews },
            });
            assert.equal(error.name, kind);
            assert.equal(error.message.includes(lockViews), kind === "LocksNotGranted");
        });
    }

    it("is not classified by words in the server's message", () => {
        const words = [
            ...causes.map(([cause]) => cause),
            ...codes.map(([, said]) => said),
            "Unexpected error running Liquibase: 1 changesets check sum",
        ];
        for (const word of words) {
            const messages = [`Unexpected error running Liquibase: Migration failed: Reason: ERROR: so it is: ${word}`];
            const serverError = { kind: "Refused", message: `ERROR: so it is: ${word}`, lockViews } as const;
            assert.equal(explainFailure("The update failed", { messages, serverError }).name, "MigrationFailed", word);
            // Where there is no code, the message begins with its severity.
            assert.equal(explainFailure("The update failed", { messages }).name, "MigrationFailed", word);
        }
    });

    it("has the server's message on one line, without the statement", () => {
        const message = 'ERROR: relation "a" exists [Failed SQL: no\n  Position: 3';
        const messages = [
            `Unexpected error running Liquibase: Migration failed for 1: Reason: ${message} [Failed SQL: (0) CREATE TABLE a ()]`,
        ];
        const error = explainFailure("The update failed", {
            messages,
            serverError: { kind: "Refused", message, lockViews },
        });
        assert.equal(
            error.summary,
            'AP1401: The update failed: “Migration failed for 1: Reason: ERROR: relation "a" exists [Failed SQL: no Position: 3”. Correct the cause named in the message, and push.',
        );
        assert.match(error.message, /CREATE TABLE a/);
    });

    it("shows what Liquibase printed when it gives no reason", () => {
        const causeOf = (messages: string[]) => explainFailure("The update failed", { messages }).facts["cause"];
        assert.equal(causeOf(["WARNING: License", "odd"]), "    odd");
        assert.equal(causeOf([]), "    Liquibase gives no reason");
    });

    it("ends a build with the exit code of its phase", () => {
        assert.equal(explainFailure("The update failed", { messages: ["odd"] }).exitCode, 1);
        assert.equal(explainFailure("Liquibase cannot plan", { messages: ["odd"] }, { exit: "refused" }).exitCode, 2);
    });
});
