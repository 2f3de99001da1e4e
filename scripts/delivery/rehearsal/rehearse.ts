import { keyOf, nameOf, without } from "../changesets";
import {
    differences,
    type Fingerprint,
    readContent,
    readFingerprint,
    renderDifferences,
    type TableContent,
} from "../catalog";
import type { Context } from "../context";
import { connect, Database } from "../database/database";
import { changesOf, rowsAfter } from "../database/history";
import { verify } from "../database/verify";
import { explainLiquibase } from "../explain";
import { exclusiveLocks, overBudget } from "../locks/budget";
import type { Plan } from "../plan/model";
import { outcomeOf } from "../report/deployment";
import { measure } from "./measure";
import type { Rehearsal, RehearsedChangeset } from "./model";

/** What a rehearsal works with: the copy's settings and a Liquibase that is connected to the copy. */
export type RehearsalContext = Pick<Context, "settings" | "migrations" | "liquibase" | "log">;

/** A catalog and the rows of small tables, as they were at one moment. */
interface State {
    fingerprint: Fingerprint;
    content: TableContent[];
}

/** Applies the plan to the copy, verifies it, undoes it, compares, and applies it again; writes what it finds out. */
export async function rehearse(context: RehearsalContext, plan: Plan, rehearsal: Rehearsal): Promise<void> {
    const { settings, liquibase, log } = context;
    const before = await stateOf(context);
    await liquibase.mark(settings.releaseId);
    const applied = (await update(context, rehearsal)) && (await check(context, rehearsal));
    if (!applied) {
        return;
    }
    const after = await stateOf(context);
    const irreversible = plan.changes.filter(({ undoError }) => undoError !== undefined);
    if (irreversible.length > 0) {
        rehearsal.rollback.result = "Impossible";
        rehearsal.warnings.push(`Nothing undoes this release: ${irreversible.map(keyOf).join(", ")}.`);
        return;
    }
    log("Undoing the release …");
    if (!(await undo(context, rehearsal))) {
        rehearsal.rollback.result = "Failed";
        return;
    }
    judgeRollback(rehearsal, plan, before, await stateOf(context));
    await applyAgain(context, rehearsal, after);
}

async function stateOf({ settings }: RehearsalContext): Promise<State> {
    const client = await connect(settings, settings.releaseId);
    try {
        return { fingerprint: await readFingerprint(client), content: await readContent(client) };
    } finally {
        await client.end();
    }
}

/** Applies the changesets and measures each; false if one failed. */
async function update({ settings, liquibase, log }: RehearsalContext, rehearsal: Rehearsal): Promise<boolean> {
    const { result, figures } = await measure(
        settings,
        liquibase,
        (onEvent) => liquibase.rehearseUpdate(onEvent),
        (event) => {
            const outcome = outcomeOf(event);
            if (outcome) {
                rehearsal.changesets.push({ ...outcome, overBudget: [] });
                log(`  ${outcome.status} ${keyOf(outcome)} (${outcome.seconds.toFixed(2)} s)`);
            }
        },
    );
    for (const changeset of rehearsal.changesets) {
        changeset.figures = figures.get(keyOf(changeset));
        changeset.overBudget = changeset.figures ? overBudget(changeset.figures, rehearsal.lockBudgetMilliseconds) : [];
        rehearsal.problems.push(...changeset.overBudget.map((message) => `${keyOf(changeset)}: ${message}`));
    }
    if (result.exitCode !== 0) {
        rehearsal.problems.push(explainLiquibase("The update failed on the copy", result.messages));
    }
    return result.exitCode === 0;
}

async function check({ settings, migrations, log }: RehearsalContext, rehearsal: Rehearsal): Promise<boolean> {
    rehearsal.checks = await verify(settings, migrations.checks);
    const failed = rehearsal.checks.filter(({ failure }) => failure !== undefined);
    log(`Verification: ${rehearsal.checks.length - failed.length} of ${rehearsal.checks.length} checks hold.`);
    rehearsal.problems.push(
        ...failed.map(({ name, file, failure }) => `The check ${name} (${file}) fails on the copy: ${failure}`),
    );
    return failed.length === 0;
}

/** Undoes the release and measures that; false if something of it is left. */
async function undo({ settings, liquibase }: RehearsalContext, rehearsal: Rehearsal): Promise<boolean> {
    const { releaseId } = settings;
    const history = () => Database.with(settings, (database) => database.history());
    const release = changesOf(rowsAfter(releaseId, await history()));
    const seconds = new Map<string, number>();
    const { result, figures } = await measure(
        settings,
        liquibase,
        (onEvent) => liquibase.rehearseRollback(releaseId, onEvent),
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
        rehearsal.problems.push(explainLiquibase("The rollback failed on the copy", result.messages));
    } else if (remaining > 0) {
        rehearsal.problems.push(`The rollback left ${remaining} of ${release.length} changesets in the copy.`);
    }
    return result.exitCode === 0 && remaining === 0;
}

/** Compares what the rollback left with what was there before. */
function judgeRollback(rehearsal: Rehearsal, plan: Plan, before: State, undone: State): void {
    const { rollback } = rehearsal;
    rollback.differences = differences(before.fingerprint, undone.fingerprint);
    rollback.otherRows = otherRows(before.content, undone.content);
    const again = plan.changes.filter((change) => change.again);
    if (rollback.differences.length === 0) {
        rollback.result = "Proven";
    } else if (again.length > 0) {
        rollback.result = "NotProven";
        rehearsal.warnings.push(
            `A rollback does not bring back the earlier form of ${again.map(keyOf).join(", ")}; it leaves:`,
            ...renderDifferences(rollback.differences),
        );
    } else {
        rollback.result = "Failed";
        rehearsal.problems.push(
            ["The rollback does not undo what the release did. It leaves:"]
                .concat(renderDifferences(rollback.differences))
                .join("\n"),
        );
    }
    if (rollback.otherRows.length > 0) {
        rehearsal.warnings.push(`After a rollback these tables hold other rows: ${rollback.otherRows.join(", ")}.`);
    }
}

/** What a rollback leaves must take the release again: it is how a corrected release follows a failed one. */
async function applyAgain(context: RehearsalContext, rehearsal: Rehearsal, after: State): Promise<void> {
    const { exitCode, messages } = await context.liquibase.update(() => {});
    if (exitCode !== 0) {
        rehearsal.problems.push(explainLiquibase("The update failed on the copy after its rollback", messages));
        return;
    }
    const found = differences(after.fingerprint, (await stateOf(context)).fingerprint);
    if (found.length > 0) {
        rehearsal.warnings.push(
            "Applied again after its rollback, the release comes to another result:",
            ...renderDifferences(found),
        );
    }
}

/** Tables that were read whole before and after, and differ. */
function otherRows(before: TableContent[], after: TableContent[]): string[] {
    const [old, now] = [before, after].map((content) => new Map(content.map((table) => [table.table, table])));
    const tables = new Set([...before, ...after].map(({ table }) => table));
    return [...tables].filter((table) => {
        const [one, other] = [old!.get(table), now!.get(table)];
        const large = [one, other].some((content) => content !== undefined && content.digest === undefined);
        return !large && one?.digest !== other?.digest;
    });
}

/** Longest that one changeset kept everybody from a table that was there before, in milliseconds. */
export function longestLock(changesets: RehearsedChangeset[]): number {
    const locks = changesets.flatMap(({ figures }) => (figures ? exclusiveLocks(figures) : []));
    return Math.max(0, ...locks.map(({ milliseconds }) => Math.round(milliseconds)));
}
