import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { ExportedVariables, Outputs } from "../../components/contract";
import { ChangesetName, count, keyOf, listOf, nameOf, without } from "./changesets";
import { Context } from "./context";
import { changesOf, Database, HistoryRow } from "./database";
import { InputError, messageOf } from "./errors";
import { planMarkdown } from "./planMarkdown";
import { ChangesetEvent } from "./session";

/** What a release will do to the database. */
export interface Plan {
    kind: "deploy" | "rollback";
    environment: string;
    releaseId: string;
    sourceRevision: string;
    /** The tag to go back to, of a rollback. */
    rollbackTo?: string;
    /** SHA-256 over what will run. */
    digest: string;
    /** In the order in which they will run. */
    changes: PlannedChange[];
    /** What a reviewer should know. */
    warnings: string[];
}

export interface PlannedChange extends ChangesetName {
    comment?: string;
    runInTransaction: boolean;
    /** It ran before in another form (runOnChange, runAlways). */
    again: boolean;
    /** What will run. */
    sql: string[];
    /** What would undo it; absent when nothing can, and in a rollback. */
    undo?: string[];
    /** Why nothing would undo it. */
    undoError?: string;
}

/** The action `plan`: says what the deployment or the rollback would do, and does none of it. */
export async function plan(context: Context): Promise<void> {
    const { outputs, log } = context;
    const made = await makePlan(context);
    outputs.json(Outputs.planJson, made);
    outputs.artifact(Outputs.planMarkdown, planMarkdown(made));
    outputs.report([
        {
            name: "plan",
            cases:
                made.changes.length === 0
                    ? [{ name: "nothing pending", file: "plan", seconds: 0 }]
                    : made.changes.map(({ id, author, file }) => ({ name: `${id} (${author})`, file, seconds: 0 })),
        },
    ]);
    outputs.exports({
        [ExportedVariables.pendingChangesets]: made.kind === "deploy" ? made.changes.length : 0,
        [ExportedVariables.plannedChanges]: made.changes.length,
        [ExportedVariables.planDigest]: made.digest,
        [ExportedVariables.releaseId]: made.releaseId,
    });
    log(headline(made));
    made.changes.forEach((change) => log(`  ${keyOf(change)}`));
    made.warnings.forEach((warning) => log(`Warning: ${warning}`));
    log(`Digest ${made.digest}`);
}

export function headline({ kind, changes, environment, rollbackTo }: Plan): string {
    if (changes.length === 0) {
        return `Nothing pending: ${environment} has every changeset of this source.`;
    }
    return kind === "deploy"
        ? `${count(changes.length, "changeset")} will be applied to ${environment}:`
        : `${count(changes.length, "changeset")} will be undone in ${environment}, back to ${rollbackTo}:`;
}

/** Makes the plan; writes nothing to the database. */
export async function makePlan(context: Context): Promise<Plan> {
    const { rollbackTo, environmentName, releaseId, sourceRevision } = context.settings;
    const changes =
        rollbackTo === undefined ? await changesOfUpdate(context) : await changesOfRollback(context, rollbackTo);
    const kind = rollbackTo === undefined ? "deploy" : "rollback";
    return {
        kind,
        environment: environmentName,
        releaseId,
        sourceRevision,
        rollbackTo,
        digest: digestOf(kind, rollbackTo, changes),
        changes,
        warnings: warningsOf(changes, kind),
    };
}

async function changesOfUpdate({ settings, liquibase }: Context): Promise<PlannedChange[]> {
    // Connecting first gives a refused connection its own clear message.
    await Database.with(settings, () => Promise.resolve());
    const events = await liquibase.previewUpdate();
    const again = new Set(
        events.filter(({ event, runStatus }) => event === "willRun" && runStatus !== "NOT_RAN").map(keyOf),
    );
    return events.filter(({ event }) => event === "ran").map((event) => plannedChange(event, again.has(keyOf(event))));
}

async function changesOfRollback({ settings, liquibase }: Context, tag: string): Promise<PlannedChange[]> {
    const history = await Database.with(settings, (database) => database.history());
    const expected = changesOf(rowsAfter(tag, history));
    if (expected.length === 0) {
        throw new InputError(`Nothing to undo: no changeset ran after ${tag}. The database is as it was then.`);
    }
    const events = (await liquibase.previewRollback(tag)).filter(({ event }) => event === "rolledBack");
    const lacking = without(expected, events);
    if (lacking.length > 0) {
        throw new InputError(
            [
                `The rollback to ${tag} must undo ${count(lacking.length, "changeset")} that this source does not have (or leaves out by contexts or labels):`,
                listOf(lacking),
                "Start it from a source that has them, usually the newest commit: how to undo a changeset is written beside it.",
            ].join("\n"),
        );
    }
    return events.map((event) => plannedChange(event, false));
}

/** The rows after the newest one with this tag. */
export function rowsAfter(tag: string, history: HistoryRow[]): HistoryRow[] {
    const tagged = history.findLastIndex((row) => row.tag?.toLowerCase() === tag.toLowerCase());
    if (tagged === -1) {
        const known = history.flatMap((row) => row.tag ?? []).reverse();
        throw new InputError(
            known.length > 0
                ? `Unknown tag ${tag}. The newest that this database knows: ${known.slice(0, 10).join(", ")}.`
                : `Unknown tag ${tag}: this database has no tag, nothing was deployed to it by this pipeline.`,
        );
    }
    return history.slice(tagged + 1);
}

function plannedChange(event: ChangesetEvent, again: boolean): PlannedChange {
    const { comment, runInTransaction, sql = [], undo, undoError } = event;
    return { ...nameOf(event), comment, runInTransaction, again, sql, undo, undoError };
}

/** The same for the same changes, wherever and whenever they are planned. */
export function digestOf(kind: Plan["kind"], rollbackTo: string | undefined, changes: PlannedChange[]): string {
    const content = changes.map(({ id, author, file, runInTransaction, sql, undo, undoError }) => [
        id,
        author,
        file,
        runInTransaction,
        sql,
        undo ?? null,
        undoError ?? null,
    ]);
    return crypto
        .createHash("sha256")
        .update(JSON.stringify([kind, rollbackTo ?? null, content]))
        .digest("hex");
}

function warningsOf(changes: PlannedChange[], kind: Plan["kind"]): string[] {
    if (kind === "rollback") {
        return [];
    }
    return changes.flatMap((change) => [
        ...(change.undoError ? [`${keyOf(change)} cannot be undone: ${change.undoError}`] : []),
        ...(change.again
            ? [`${keyOf(change)} runs again; undoing it runs its rollback, it does not bring the earlier form back`]
            : []),
        ...(change.runInTransaction
            ? []
            : [`${keyOf(change)} runs outside a transaction: if it fails, part of it may stay`]),
    ]);
}

/** Refuses to go on when somebody approved another plan than the one that would run now. */
export function refuseUnapproved(current: Plan, approvedPlan: string | undefined): void {
    if (approvedPlan === undefined) {
        return;
    }
    const approved = readPlan(path.join(approvedPlan, Outputs.planJson));
    if (approved.digest === current.digest) {
        return;
    }
    throw new InputError(
        [
            "This is not the plan that was approved: the source or the database has changed since.",
            `  approved ${approved.digest}, ${count(approved.changes.length, "change")}`,
            `  now      ${current.digest}, ${count(current.changes.length, "change")}`,
            ...differences(approved, current),
            "Nothing was run. Start the pipeline again to plan and approve what is there now.",
        ].join("\n"),
    );
}

function differences(approved: Plan, current: Plan): string[] {
    const approvedChanges = new Map(approved.changes.map((change) => [keyOf(change), change]));
    const edited = current.changes.filter((change) => {
        const before = approvedChanges.get(keyOf(change));
        return before && digestOf("deploy", undefined, [before]) !== digestOf("deploy", undefined, [change]);
    });
    const section = (title: string, changes: PlannedChange[]) => (changes.length > 0 ? [title, listOf(changes)] : []);
    const lines = [
        ...section("Approved, but not to run now:", without(approved.changes, current.changes)),
        ...section("To run now, but not approved:", without(current.changes, approved.changes)),
        ...section("With other SQL than approved:", edited),
    ];
    return lines.length > 0 ? lines : ["The changes are the same, but in another order or of another kind."];
}

function readPlan(file: string): Plan {
    try {
        return JSON.parse(fs.readFileSync(file, "utf8")) as Plan;
    } catch (error) {
        throw new InputError(`The approved plan cannot be read: ${file} (${messageOf(error)}).`);
    }
}
