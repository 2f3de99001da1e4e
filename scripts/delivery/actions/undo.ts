import { ChangesetName, keyOf, listOf, nameOf, without } from "../changesets";
import { Context } from "../context";
import { Database } from "../database/database";
import { ConnectionLost, reportsLoss } from "../database/lost";
import { changesOf, HistoryRow, rowsAfter } from "../database/history";
import { DeliveryError, messageOf } from "../errors";
import { explainLiquibase } from "../explain";
import { type Guarded, settle } from "../guard/guarded";
import { concurrentBuilds } from "../guard/indexes";
import { serverPatienceMillis } from "../guard/keeper";
import { withRetries } from "../guard/retry";
import { readSql } from "../lint/sql/read";
import type { Judge } from "../liquibase/session";
import { ChangesetOutcome, Deployment } from "../report/deployment";

/** The statements that undo a changeset. */
type UndoStatements = (changeset: ChangesetName) => string[] | undefined;

/** What a plan says of the undoing. */
interface PlannedUndo {
    statements: UndoStatements;
    judge: Judge;
}

/**
 * Rolls back to a tag and writes into the record what that undid and what it left: the history in the database decides,
 * not Liquibase's exit code, which is 0 as well when it undid nothing. Says why if it fails.
 */
export async function undoTo(
    tag: string,
    context: Context,
    guard: Guarded,
    deployment: Deployment,
    { statements, judge }: PlannedUndo,
): Promise<{ outcomes: ChangesetOutcome[]; problem?: string }> {
    const { settings, liquibase } = context;
    const { keeper } = guard;
    const history = () =>
        keeper.steadily(serverPatienceMillis, () => Database.with(settings, (database) => database.history()));
    const applied = changesOf(rowsAfter(tag, await history()));
    const outcomes: ChangesetOutcome[] = [];
    let problem: string | undefined;
    if (applied.length > 0) {
        try {
            await keeper.steadily(serverPatienceMillis, async () => {
                const { exitCode, messages } = await withRetries(context, deployment, {
                    run: (onEvent) => liquibase.rollback(tag, onEvent, judge),
                    outcomes,
                    repeatable: (failure) => isOneStep(failure.runInTransaction, statements(failure) ?? []),
                });
                if (exitCode !== 0) {
                    const error = new DeliveryError(explainLiquibase("The rollback failed", messages));
                    if (reportsLoss(messages)) {
                        await settle(guard);
                        throw new DeliveryError(error.message, { cause: new ConnectionLost(error.message, false) });
                    }
                    throw error;
                }
            });
        } catch (error) {
            problem = messageOf(error);
        }
    }
    const undone = without<HistoryRow>(applied, await history());
    deployment.undone = undone.map(nameOf);
    deployment.remaining = without(applied, undone).map(nameOf);
    return { outcomes, problem };
}

/** Whether statements are done all or not at all, so that they can be tried again. */
export async function isOneStep(runInTransaction: boolean, statements: string[]): Promise<boolean> {
    return runInTransaction || (await countOf(statements)) === 1;
}

/** Whether statements do nothing but build indexes concurrently: with those dropped, nothing of them is left. */
export async function buildsOnly(statements: string[]): Promise<boolean> {
    const all = await countOf(statements);
    const named = (await concurrentBuilds({ sql: statements })).filter(({ index }) => index !== undefined);
    return all > 0 && named.length === all;
}

/** Of what cannot be read, nobody knows how many statements it is. */
async function countOf(texts: string[]): Promise<number> {
    const scripts = await Promise.all(texts.map(readSql));
    return scripts.some(({ problem }) => problem) ? Infinity : scripts.flatMap((script) => script.statements).length;
}

/** The statements of these changesets, by name. */
export function statementsBy<T extends ChangesetName>(
    changes: T[],
    statements: (change: T) => string[] | undefined,
): UndoStatements {
    const byName = new Map(changes.map((change) => [keyOf(change), change]));
    return (changeset) => {
        const change = byName.get(keyOf(changeset));
        return change && statements(change);
    };
}

/** What was undone and what was not, in words. */
export function undoReport({ undone, remaining }: Deployment): string[] {
    return [
        ...(undone.length > 0 ? [`Undone (${undone.length}):`, listOf(undone)] : []),
        ...(remaining.length > 0
            ? [`NOT undone, still in the database (${remaining.length}):`, listOf(remaining)]
            : []),
    ];
}
