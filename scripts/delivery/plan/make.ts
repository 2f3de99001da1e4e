import { count, keyOf, listOf, nameOf, without } from "../changesets";
import { Context } from "../context";
import { Database } from "../database/database";
import { changesOf, rowsAfter } from "../database/history";
import { InputError } from "../errors";
import { ChangesetEvent } from "../liquibase/session";
import { digestOf } from "./digest";
import { Plan, PlannedChange } from "./model";

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

function plannedChange(event: ChangesetEvent, again: boolean): PlannedChange {
    const { comment, runInTransaction, sql = [], undo, undoError } = event;
    return { ...nameOf(event), comment, runInTransaction, again, sql, undo, undoError };
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
