import { keyOf, listOf, nameOf, without } from "../changesets";
import { Context } from "../context";
import { Database } from "../database/database";
import { changesOf, HistoryRow, rowsAfter } from "../database/history";
import { messageOf } from "../errors";
import { explainLiquibase } from "../explain";
import { ChangesetOutcome, Deployment, outcomeOf } from "../report/deployment";

/**
 * Rolls back to a tag and writes into the record what that undid and what it left: the history in the database decides,
 * not Liquibase's exit code, which is 0 as well when it undid nothing. Says why if it fails.
 */
export async function undoTo(
    tag: string,
    { settings, liquibase, log }: Context,
    deployment: Deployment,
): Promise<{ outcomes: ChangesetOutcome[]; problem?: string }> {
    const history = () => Database.with(settings, (database) => database.history());
    const applied = changesOf(rowsAfter(tag, await history()));
    const outcomes: ChangesetOutcome[] = [];
    let problem: string | undefined;
    if (applied.length > 0) {
        try {
            const { exitCode, messages } = await liquibase.rollback(tag, (event) => {
                const outcome = outcomeOf(event);
                if (outcome) {
                    outcomes.push(outcome);
                    log(lineOf(outcome));
                }
            });
            problem = exitCode === 0 ? undefined : explainLiquibase("The rollback failed", messages);
        } catch (error) {
            problem = messageOf(error);
        }
    }
    const undone = without<HistoryRow>(applied, await history());
    deployment.undone = undone.map(nameOf);
    deployment.remaining = without(applied, undone).map(nameOf);
    return { outcomes, problem };
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

export function lineOf({ status, seconds, ...changeset }: ChangesetOutcome): string {
    return `  ${status} ${keyOf(changeset)} (${seconds.toFixed(2)} s)`;
}
