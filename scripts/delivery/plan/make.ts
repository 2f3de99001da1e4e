import type { CodeUse } from "../code/model";
import { count, keyOf, listOf, nameOf, without } from "../changesets";
import { Context } from "../context";
import { Database } from "../database/database";
import { changesOf, HistoryRow, rowsAfter } from "../database/history";
import { InputError } from "../errors";
import { readingPatience } from "../guard/catalog";
import { ChangesetEvent } from "../liquibase/session";
import { digestOf } from "./digest";
import { MadePlan, Plan, PlannedChange, StartingState } from "./model";

/** Makes the plan; writes nothing to the database. */
export async function makePlan(context: Context): Promise<MadePlan> {
    const { rollbackTo, environmentName, releaseId, sourceRevision } = context.settings;
    const { starting, changes, code, preconditions } = await readChanges(context);
    const kind = rollbackTo === undefined ? "deploy" : "rollback";
    const content = {
        kind,
        environment: environmentName,
        releaseId,
        sourceRevision,
        rollbackTo,
        catalog: starting.catalog.digest,
        preconditions,
        changes,
        ...(code.length > 0 && { code }),
        warnings: warningsOf(changes, kind),
    } satisfies Omit<Plan, "digest">;
    return { ...content, digest: digestOf(content), starting };
}

/** Connecting first gives a refused connection its own clear message. The catalog is read while Liquibase works. */
function readChanges(context: Context): Promise<Changes & { starting: StartingState }> {
    const { rollbackTo } = context.settings;
    return Database.with(context.settings, async (database) => {
        const history = await database.history();
        const schema = await database.schema();
        const [changes, catalog] = await Promise.all([
            rollbackTo === undefined ? changesOfUpdate(context) : changesOfRollback(context, rollbackTo, history),
            database.fingerprint(readingPatience(context.settings)),
        ]);
        return { ...changes, starting: { catalog, history, schema } };
    });
}

type Changes = Pick<Plan, "changes" | "preconditions"> & { code: CodeUse[] };

async function changesOfUpdate({ liquibase }: Context): Promise<Changes> {
    const { events, code, preconditions } = await liquibase.previewUpdate();
    const again = new Set(
        events.filter(({ event, runStatus }) => event === "willRun" && runStatus !== "NOT_RAN").map(keyOf),
    );
    const ran = events.filter(({ event }) => event === "ran");
    return { changes: ran.map((event) => plannedChange(event, again.has(keyOf(event)))), code, preconditions };
}

async function changesOfRollback({ liquibase }: Context, tag: string, history: HistoryRow[]): Promise<Changes> {
    const expected = changesOf(rowsAfter(tag, history));
    if (expected.length === 0) {
        throw new InputError(`Nothing to undo: no changeset ran after ${tag}. The database is as it was then.`);
    }
    const { events, code } = await liquibase.previewRollback(tag);
    const undone = events.filter(({ event }) => event === "rolledBack");
    const lacking = without(expected, undone);
    if (lacking.length > 0) {
        throw new InputError(
            [
                `The rollback to ${tag} must undo ${count(lacking.length, "changeset")} that this source does not have (or leaves out by contexts or labels):`,
                listOf(lacking),
                "Start it from a source that has them, usually the newest commit: how to undo a changeset is written beside it.",
            ].join("\n"),
        );
    }
    // Liquibase tests none before it undoes something.
    return { changes: undone.map((event) => ({ ...plannedChange(event, false), preconditions: undefined })), code };
}

function plannedChange(event: ChangesetEvent, again: boolean): PlannedChange {
    const { comment, preconditions, failOnError, checksum, contexts, labels, tag, runInTransaction } = event;
    const { sql = [], readsDatabase, files, undo, undoReadsDatabase, undoFiles, undoError } = event;
    return {
        ...nameOf(event),
        comment,
        preconditions,
        failOnError,
        checksum,
        contexts,
        labels,
        tag,
        runInTransaction,
        again,
        sql,
        ...(readsDatabase && { readsDatabase }),
        files,
        undo,
        ...(undoReadsDatabase && { undoReadsDatabase }),
        undoFiles,
        undoError,
    };
}

function warningsOf(changes: PlannedChange[], kind: Plan["kind"]): string[] {
    if (kind === "rollback") {
        return [];
    }
    return changes.flatMap((change) => [
        ...(change.readsDatabase
            ? [`Liquibase reads the database to make the SQL of ${keyOf(change)}: it may become other SQL than this`]
            : []),
        ...(change.undoError ? [`${keyOf(change)} cannot be undone: ${change.undoError}`] : []),
        ...(change.again
            ? [`${keyOf(change)} runs again; undoing it runs its rollback, it does not bring the earlier form back`]
            : []),
        ...(change.runInTransaction
            ? []
            : [`${keyOf(change)} runs outside a transaction: if it fails, part of it may stay`]),
    ]);
}
