import { Outputs } from "../../../components/contract";
import { ChangesetName, count, keyOf, listOf, nameOf, without } from "../changesets";
import { Context } from "../context";
import type { Engine } from "../engines/engine";
import type { StateBefore, UndoneSql } from "../engines/undo";
import { ConnectionLost } from "../engines/errors";
import { type LockSession, serverPatienceMillis } from "../engines/session";
import { changesOf, HistoryRow, rowsAfter } from "../history";
import { CodedError, messageOf, undoErrors } from "../errors";
import { refuseEarlierDrops } from "../safety/earlierDrops";
import { settle } from "../safety/guarded";
import { readHistory } from "../safety/history";
import { withRetries } from "../safety/retry";
import type { Judge } from "../tools/events";
import type { Deployment } from "../report/deployment";
import type { ChangesetOutcome } from "../tools/outcomes";

/** The statements that run or undo a changeset. */
type StatementsOf = (changeset: ChangesetName) => string[] | undefined;

/** What a plan says about the undo. */
interface PlannedUndo {
    statements: StatementsOf;
    judge: Judge;
    /** The changesets in the order of the undo, and the database before they ran; absent if it is unknown. */
    inspect?: { undone: UndoneSql[]; before: StateBefore };
}

/**
 * Rolls back to a tag and records what was undone and what was left. The history in the database decides, not the
 * tool's exit code, which is 0 even if nothing was undone. Returns the reason on failure.
 */
export async function undoTo(
    tag: string,
    context: Context,
    lockSession: LockSession,
    deployment: Deployment,
    { statements, judge, inspect }: PlannedUndo,
): Promise<{ outcomes: ChangesetOutcome[]; problem?: CodedError }> {
    const { engine, tool, session } = context;
    const history = () => lockSession.steadily(serverPatienceMillis, () => readHistory(context));
    const applied = changesOf(rowsAfter(tag, await history()));
    const outcomes: ChangesetOutcome[] = [];
    let problem: CodedError | undefined;
    if (applied.length > 0) {
        try {
            if (inspect) await refuseEarlierDrops(tag, engine, inspect);
            await lockSession.steadily(serverPatienceMillis, async () => {
                await lockSession.leftovers.finishUndo();
                const result = await withRetries(context, deployment, {
                    run: (onEvent) => session.rollback(tag, onEvent, noting(judge, statements, lockSession, engine)),
                    total: applied.length,
                    outcomes,
                    blockers: () => lockSession.look((database) => database.blockers()),
                    repeatable: (failure) => isOneStep(failure.runInTransaction, statements(failure) ?? [], engine),
                });
                if (result.exitCode !== 0) {
                    const step = "The rollback failed";
                    if (engine.errors.reportsLoss(result.messages)) {
                        await settle(lockSession);
                        throw tool.explainFailure(step, result, { cause: new ConnectionLost(step, false) });
                    }
                    throw tool.explainFailure(step, result);
                }
            });
        } catch (error) {
            problem =
                error instanceof CodedError
                    ? error.asFailure()
                    : new undoErrors.UndoInterrupted({ reason: messageOf(error) }, { cause: error });
        }
    }
    const undone = without<HistoryRow>(applied, await history());
    deployment.undone = undone.map(nameOf);
    deployment.remaining = without(applied, undone).map(nameOf);
    return { outcomes, problem };
}

/** Also notes what is there before each changeset, where an interruption would leave it unknown. */
export function noting(
    judge: Judge,
    statements: StatementsOf,
    { leftovers, steadily }: Pick<LockSession, "leftovers" | "steadily">,
    { capabilities }: Pick<Engine, "capabilities">,
): Judge {
    if (capabilities.transactionalDdl) return judge;
    return {
        ...judge,
        prepare: (event) =>
            steadily(serverPatienceMillis, () =>
                leftovers.note({
                    kind: event.event === "mayRollback" ? "undo" : "run",
                    change: nameOf(event),
                    // Of a changeset whose statements are not compared, the tool does not say them.
                    sql: event.sql ?? statements(event) ?? [],
                }),
            ),
    };
}

/** Whether the statements are atomic, so that they can be retried. */
export async function isOneStep(
    runInTransaction: boolean,
    statements: string[],
    { capabilities, sql }: Pick<Engine, "capabilities" | "sql">,
): Promise<boolean> {
    return (runInTransaction && capabilities.transactionalDdl) || (await sql.count(statements)) === 1;
}

/** The statements of these changesets, by name. */
export function statementsBy<T extends ChangesetName>(
    changes: T[],
    statements: (change: T) => string[] | undefined,
): StatementsOf {
    const byName = new Map(changes.map((change) => [keyOf(change), change]));
    return (changeset) => {
        const change = byName.get(keyOf(changeset));
        return change && statements(change);
    };
}

/** Describes what was undone and what was not. */
export function undoReport({ undone, remaining }: Deployment): string[] {
    return [
        ...(undone.length > 0 ? [`Undone (${undone.length}):`, listOf(undone, Outputs.deploymentJson)] : []),
        ...(remaining.length > 0
            ? [`NOT undone, still in the database (${remaining.length}):`, listOf(remaining, Outputs.deploymentJson)]
            : []),
    ];
}

/** What became of an undo that is not whole, in a sentence. */
export function undoOutcome({ remaining }: Deployment): string {
    return remaining.length > 0
        ? `NOT undone: ${count(remaining.length, "changeset")}; the lines above list them.`
        : "The lines above say what is undone.";
}
