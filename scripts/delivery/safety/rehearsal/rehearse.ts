import { Outputs } from "../../../../components/contract";
import { keyOf, nameOf, someOf, without } from "../../changesets";
import { differences, type Fingerprint, renderDifferences, type TableContent } from "../../engines/fingerprint";
import type { LockSession } from "../../engines/session";
import type { HistoryRecord } from "../../tracking";
import type { Context } from "../../context";
import { changesOf, rowsAfter } from "../../history";
import { readHistory } from "../history";
import { verify } from "../verify";
import type { LockModes } from "../../engines/locks/figures";
import { exclusiveLocks, overBudget } from "../../engines/locks/budget";
import { outcomeOf } from "../../tools/outcomes";
import { OutcomeLog } from "../outcomeLog";
import { measure } from "./measure";
import type { Rehearsal, RehearsedChangeset, RehearsedPlan } from "./model";

/** What a rehearsal needs: the copy's settings and a session of the migration tool on the copy. */
export type RehearsalContext = Pick<Context, "settings" | "migrations" | "engine" | "tool" | "session" | "log">;

/** A catalog and the rows of small tables at one moment. */
interface State {
    fingerprint: Fingerprint;
    content: TableContent[];
}

/** Applies the plan to the copy, verifies it, undoes it, compares, and applies it again; records the results. */
export async function rehearse(context: RehearsalContext, plan: RehearsedPlan, rehearsal: Rehearsal): Promise<void> {
    const { settings, session, log } = context;
    const before = await stateOf(context);
    const restorable = plan.changes.filter(({ restored }) => restored);
    const history = restorable.length === 0 ? [] : await onSession(context, (there) => there.historyOf(restorable));
    await session.mark(settings.releaseId);
    const applied = (await update(context, plan, rehearsal)) && (await check(context, rehearsal));
    if (!applied) {
        return;
    }
    const after = await stateOf(context);
    const irreversible = plan.changes.filter(
        ({ undoError, decision }) => undoError !== undefined && decision?.outcome !== "Marked",
    );
    if (irreversible.length > 0) {
        rehearsal.rollback.result = "Impossible";
        rehearsal.warnings.push(`This release cannot be undone: ${someOf(irreversible.map(keyOf))}.`);
        return;
    }
    log("Undoing the release …");
    if (!(await undo(context, rehearsal))) {
        rehearsal.rollback.result = "Failed";
        return;
    }
    if (restorable.length > 0) {
        await restore(context, before.fingerprint, history);
    }
    judgeRollback(rehearsal, plan, before, await stateOf(context));
    await applyAgain(context, rehearsal, after);
}

function stateOf({ settings, engine, tool }: RehearsalContext): Promise<State> {
    return engine.withDatabase(settings, tool.tracking, async (database) => ({
        fingerprint: await database.fingerprint(),
        content: await database.content(),
    }));
}

/** Applies the changesets and measures each; false if one failed. */
async function update(context: RehearsalContext, plan: RehearsedPlan, rehearsal: Rehearsal): Promise<boolean> {
    const { engine, tool, session, log } = context;
    const outcomeLog = new OutcomeLog(plan.changes.length, log, Outputs.rehearsalJson);
    const { result, figures } = await measure(
        context,
        (onEvent) => session.rehearseUpdate(onEvent),
        (event) => {
            const outcome = outcomeOf(event);
            if (outcome) {
                rehearsal.changesets.push({ ...outcome, overBudget: [] });
                outcomeLog.say(outcome);
            }
        },
    );
    outcomeLog.end();
    for (const changeset of rehearsal.changesets) {
        changeset.figures = figures.get(keyOf(changeset));
        changeset.overBudget = changeset.figures
            ? overBudget(changeset.figures, rehearsal.lockBudgetMilliseconds, engine.capabilities.lockModes)
            : [];
        rehearsal.problems.push(...changeset.overBudget.map((message) => `${keyOf(changeset)}: ${message}`));
    }
    if (result.exitCode !== 0) {
        rehearsal.problems.push(tool.explainFailure("The update failed on the copy", result).message);
    }
    return result.exitCode === 0;
}

async function check(context: RehearsalContext, rehearsal: Rehearsal): Promise<boolean> {
    const { migrations, log } = context;
    rehearsal.checks = await verify(context, migrations.checks);
    const failed = rehearsal.checks.filter(({ failure }) => failure !== undefined);
    log(`Verification: ${rehearsal.checks.length - failed.length} of ${rehearsal.checks.length} checks passed.`);
    rehearsal.problems.push(
        ...failed.map(({ name, file, failure }) => `The check ${name} (${file}) fails on the copy: ${failure}`),
    );
    return failed.length === 0;
}

/** Undoes the release and measures it; false if something is left. */
async function undo(context: RehearsalContext, rehearsal: Rehearsal): Promise<boolean> {
    const { settings, tool, session } = context;
    const { releaseId } = settings;
    const history = () => readHistory(context);
    const release = changesOf(rowsAfter(releaseId, await history()));
    const seconds = new Map<string, number>();
    const { result, figures } = await measure(
        context,
        (onEvent) => session.rehearseRollback(releaseId, onEvent),
        (event) => {
            if (event.event === "rolledBack") {
                seconds.set(keyOf(event), (event.milliseconds ?? 0) / 1000);
            }
        },
    );
    const remaining = release.length - without(release, await history()).length;
    for (const changeset of rehearsal.changesets.filter((candidate) => seconds.has(keyOf(candidate)))) {
        const key = keyOf(changeset);
        changeset.undo = { ...nameOf(changeset), seconds: seconds.get(key) ?? 0, figures: figures.get(key) };
    }
    if (result.exitCode !== 0) {
        rehearsal.problems.push(tool.explainFailure("The rollback failed on the copy", result).message);
    } else if (remaining > 0) {
        rehearsal.problems.push(`The rollback left ${remaining} of ${release.length} changesets in the copy.`);
    }
    return result.exitCode === 0 && remaining === 0;
}

/** What rollbacks do not bring back: an undo restores the earlier forms of views and functions, and their history. */
function restore(context: RehearsalContext, before: Fingerprint, history: HistoryRecord[]): Promise<void> {
    return onSession(context, async (session) => {
        const { restored, lacking } = await session.restore(before);
        restored.forEach((object) => context.log(`  Restored the earlier form of ${object}.`));
        if (lacking.length === 0) await session.restoreHistory(history);
    });
}

/** Works in a session of its own, like that of a deployment; nobody else is on the copy, so it takes no lock. */
async function onSession<T>(
    { settings, engine, tool, session, log }: RehearsalContext,
    work: (session: LockSession) => Promise<T>,
): Promise<T> {
    const there = await engine.openSession(settings, tool.tracking, {
        owner: settings.releaseId,
        patience: { waitMillis: 0, graceMillis: 0 },
        log,
        onGone: () => void session.close(),
    });
    try {
        return await work(there);
    } finally {
        await there.close();
    }
}

/** Compares the state after the rollback with the state before the release. */
function judgeRollback(rehearsal: Rehearsal, plan: RehearsedPlan, before: State, undone: State): void {
    const { rollback } = rehearsal;
    rollback.differences = differences(before.fingerprint, undone.fingerprint);
    rollback.otherRows = otherRows(before.content, undone.content);
    const again = plan.changes.filter((change) => change.again && !change.restored);
    if (rollback.differences.length === 0) {
        rollback.result = "Proven";
    } else if (again.length > 0) {
        rollback.result = "NotProven";
        rehearsal.warnings.push(
            `A rollback does not restore the earlier form of ${again.map(keyOf).join(", ")}; differences:`,
            ...renderDifferences(rollback.differences),
        );
    } else {
        rollback.result = "Failed";
        rehearsal.problems.push(
            ["The rollback does not undo the release completely. Differences:"]
                .concat(renderDifferences(rollback.differences))
                .join("\n"),
        );
    }
    if (rollback.otherRows.length > 0) {
        rehearsal.warnings.push(`After a rollback the rows of these tables differ: ${rollback.otherRows.join(", ")}.`);
    }
}

/** The release must be applicable again after its rollback: a corrected release follows a failed one in this way. */
async function applyAgain(context: RehearsalContext, rehearsal: Rehearsal, after: State): Promise<void> {
    const { tool, session } = context;
    const result = await session.update(() => {});
    if (result.exitCode !== 0) {
        rehearsal.problems.push(
            tool.explainFailure("The update failed on the copy after its rollback", result).message,
        );
        return;
    }
    const found = differences(after.fingerprint, (await stateOf(context)).fingerprint);
    if (found.length > 0) {
        rehearsal.warnings.push(
            "Reapplied after its rollback, the release has a different result:",
            ...renderDifferences(found),
        );
    }
}

/** Tables that were read completely before and after, and differ. */
function otherRows(before: TableContent[], after: TableContent[]): string[] {
    const [old, now] = [before, after].map((content) => new Map(content.map((table) => [table.table, table])));
    const tables = new Set([...before, ...after].map(({ table }) => table));
    return [...tables].filter((table) => {
        const [one, other] = [old!.get(table), now!.get(table)];
        const large = [one, other].some((content) => content !== undefined && content.digest === undefined);
        return !large && one?.digest !== other?.digest;
    });
}

/** The longest time in milliseconds that one changeset blocked all access to an existing table. */
export function longestLock(changesets: RehearsedChangeset[], modes: LockModes): number {
    const locks = changesets.flatMap(({ figures }) => (figures ? exclusiveLocks(figures, modes) : []));
    return Math.max(0, ...locks.map(({ milliseconds }) => Math.round(milliseconds)));
}
