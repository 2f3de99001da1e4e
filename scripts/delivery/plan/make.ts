import type { CodeUse } from "../tools/code";
import type { Baseline } from "../baseline";
import { type ChangesetName, count, keyOf, nameOf, without } from "../changesets";
import { Context } from "../context";
import type { Look, OtherHistory } from "../engines/database";
import type { Engine } from "../engines/engine";
import type { UndoneSql } from "../engines/undo";
import { changesOf, HistoryRow, rowsAfter } from "../history";
import { planErrors, undoErrors } from "../errors";
import { readBefore, readingPatience } from "../safety/catalog";
import type { ChangesetEvent } from "../tools/events";
import type { Settings } from "../settings";
import type { MigrationSession, MigrationTool, Preview } from "../tools/tool";
import type { TrackingTables } from "../tracking";
import { readPlan, refuseUnapprovedCode } from "./approval";
import { type BaselineUse, refuseStale, unrecorded, useOfBaseline } from "./baseline";
import { digestOf } from "./digest";
import { MadePlan, Plan, PlannedChange, StartingState } from "./model";
import { judgeRollback } from "./rollback";
import { readSourcesAhead } from "./sources";

/** Makes the plan; writes nothing to the database. Without `look` it opens its own connection. */
export async function makePlan(context: Context, look?: Look): Promise<MadePlan> {
    const { settings, engine, tool, migrations } = context;
    refuseUnapprovedCode(migrations.project.code?.(), settings.approvedPlan, tool);
    const changes = await (look === undefined
        ? engine.withDatabase(settings, tool.tracking, (database) => readChanges(context, (work) => work(database)))
        : readChanges(context, look));
    refuseReserved(changes.changes, tool);
    return planOf(context, changes);
}

/** A changeset under the file name of the pipeline's own rows would look like one of them: an undo would skip it. */
function refuseReserved(
    changes: PlannedChange[],
    { tracking, terms }: Pick<MigrationTool, "tracking" | "terms">,
): void {
    const { markFile } = tracking.history;
    const reserved = changes.filter(({ file }) => file === markFile);
    if (reserved.length > 0) {
        throw new planErrors.FileNameReserved({
            ...{ file: markFile, changesets: reserved.map(keyOf), nameInHistory: terms.nameInHistory },
        });
    }
}

/** What a plan's warnings are derived from. */
interface Makers {
    engine: Pick<Engine, "capabilities">;
    tool: Pick<MigrationTool, "name" | "terms">;
}

type Described = "environmentName" | "releaseId" | "sourceRevision";

/** The plan of these changes. */
export function planOf(
    context: { settings: Pick<Settings, "rollbackTo" | Described> } & Makers,
    {
        starting,
        changes,
        code,
        preconditions,
        unmet,
        passedOver = [],
        hooks = [],
        warnings,
        unlikeBaseline,
    }: Changes & { starting: StartingState },
): MadePlan {
    const { rollbackTo, environmentName, releaseId, sourceRevision } = context.settings;
    const kind = rollbackTo === undefined ? "deploy" : "rollback";
    const content = {
        kind,
        environment: environmentName,
        releaseId,
        sourceRevision,
        rollbackTo,
        catalog: starting.catalog.digest,
        preconditions,
        ...(unmet !== undefined && { unmet }),
        changes,
        ...(passedOver.length > 0 && { passedOver }),
        ...(hooks.length > 0 && { hooks }),
        ...(code.length > 0 && { code }),
        ...(unlikeBaseline && { unlikeBaseline }),
        warnings: warnings ?? warningsOf(changes, context),
    } satisfies Omit<Plan, "digest">;
    return { ...content, digest: digestOf(content), starting };
}

/**
 * Connecting first gives a refused connection its own clear message. The catalog is read, and what the linter needs,
 * while the migration tool works.
 */
async function readChanges(context: Context, look: Look): Promise<Changes & { starting: StartingState }> {
    const { history, schema, otherHistories } = await look(async (database) => ({
        history: await database.history(),
        schema: await database.schema(),
        otherHistories: await database.otherHistories(),
    }));
    refuseMisnamed(otherHistories, context.tool.tracking);
    const { approvedPlan, forecast, rollbackTo } = context.settings;
    const adoption = await adopt(context, look, history);
    const lintedBefore = approvedPlan !== undefined || forecast !== undefined;
    const [changes, catalog] = await Promise.all([
        readPending(context, history, undecidedIn(approvedPlan)),
        look((database) => database.fingerprint(readingPatience(context.settings))),
        ...(rollbackTo === undefined && !lintedBefore
            ? [context.engine.sql.prepare(), readSourcesAhead(context.migrations.project)]
            : []),
    ]);
    const before = rollbackTo === undefined ? undefined : await look((database) => readBefore(database, rollbackTo));
    const starting = { catalog, history, schema, ...(before && { before }) };
    if (rollbackTo !== undefined) {
        const planned = { tag: rollbackTo, changes: changes.changes, undone: changes.undone ?? [], starting };
        return { ...changes, starting, warnings: await judgeRollback(planned, context.engine) };
    }
    if (adoption !== undefined) refuseStale(adoption.baseline, adoption, changes.changes);
    await markRestored(changes.changes, context.engine);
    return {
        ...changes,
        starting: { ...starting, known: changes.known, otherHistories },
        ...(adoption && { warnings: [...adoption.notes, ...warningsOf(changes.changes, context)] }),
        ...(adoption && adoption.differences.length > 0 && { unlikeBaseline: adoption.differences }),
    };
}

/** Has the tool only mark what the database had before the pipeline; undefined where the source has no baseline. */
async function adopt(
    { migrations, settings, engine, tool, session }: Context,
    look: Look,
    history: HistoryRow[],
): Promise<(BaselineUse & { baseline: Baseline }) | undefined> {
    const baseline = migrations.baseline && unrecorded(migrations.baseline, history, tool.tracking.history);
    if (baseline === undefined || settings.rollbackTo !== undefined) {
        return undefined;
    }
    const catalog = await look((database) => database.fingerprint(readingPatience(settings)));
    const use = useOfBaseline(baseline, catalog, engine);
    session.adopt(use.adopted);
    return { ...use, baseline };
}

function refuseMisnamed(histories: OtherHistory[], { tool, history }: TrackingTables): void {
    const found = histories.find(({ inTheWay }) => inTheWay);
    if (found !== undefined) {
        throw new planErrors.HistoryMisnamed({ table: found.table, tool, history: history.name });
    }
}

/** Marks what an undo restores to its earlier form although it ran before. */
async function markRestored(changes: PlannedChange[], { undo }: Pick<Engine, "undo">): Promise<void> {
    for (const change of changes.filter(({ again }) => again)) {
        if (await undo.onlyDefines(change.sql)) change.restored = true;
    }
}

type Changes = Pick<Plan, "changes" | "preconditions" | "unmet" | "passedOver" | "hooks" | "unlikeBaseline"> & {
    code: CodeUse[];
    /** Every changeset of the source. */
    known?: ChangesetName[];
    /** In a rollback: what its changesets ran, and what undoes them. */
    undone?: UndoneSql[];
    /** What a reviewer should know, if that is more than what the changes say. */
    warnings?: string[];
};

type Previewer = Pick<MigrationSession, "previewUpdate" | "previewRollback">;

/** What the tool would do: the pending changesets, or what a rollback would undo. */
export function readPending(
    { settings, session }: { settings: Pick<Settings, "rollbackTo">; session: Previewer },
    history: HistoryRow[],
    undecided: string[] = [],
): Promise<Changes> {
    const { rollbackTo } = settings;
    return rollbackTo === undefined
        ? changesOfUpdate(session, history, undecided)
        : changesOfRollback(session, rollbackTo, history);
}

/** What the planner could not decide; the user of a deployment might, and would come to another plan. */
function undecidedIn(approvedPlan: string | undefined): string[] {
    const { changes } = approvedPlan === undefined ? { changes: [] } : readPlan(approvedPlan);
    return changes.filter(({ decision }) => decision?.outcome === "Unknown").map(keyOf);
}

async function changesOfUpdate(session: Previewer, history: HistoryRow[], undecided: string[]): Promise<Changes> {
    const { events, code, preconditions, known, ...preview } = await session.previewUpdate(undecided);
    const { objection: unmet, passedOver = [], hooks } = preview;
    return {
        changes: changesIn({ events }),
        code,
        preconditions,
        known,
        unmet,
        passedOver: without(passedOver, history),
        hooks,
    };
}

/** The changesets of a dry run of an update. */
export function changesIn({ events }: Pick<Preview, "events">): PlannedChange[] {
    const again = new Set(events.filter(({ event, again: ranBefore }) => event === "willRun" && ranBefore).map(keyOf));
    const ran = events.filter(({ event }) => event === "ran");
    return ran.map((event) => plannedChange(event, again.has(keyOf(event))));
}

async function changesOfRollback(session: Previewer, tag: string, history: HistoryRow[]): Promise<Changes> {
    const expected = changesOf(rowsAfter(tag, history));
    if (expected.length === 0) {
        throw new undoErrors.NothingToUndo({ tag });
    }
    const { events, code } = await session.previewRollback(tag);
    const undone = events.filter(({ event }) => event === "rolledBack");
    const lacking = without(expected, undone);
    if (lacking.length > 0) {
        throw new undoErrors.ChangesetsNotInSource({
            tag,
            count: count(lacking.length, "changeset"),
            changesets: lacking.map(keyOf),
        });
    }
    // Rollbacks do not check preconditions.
    const changes = undone.map((event) => ({
        ...plannedChange(event, false),
        preconditions: undefined,
        ...(event.marked && { marked: true as const }),
    }));
    return { changes, code, undone: undone.map(({ ran, sql = [], ...event }) => ({ ...nameOf(event), ran, sql })) };
}

function plannedChange(event: ChangesetEvent, again: boolean): PlannedChange {
    const { comment, preconditions, decision, mayFail, checksum, contexts, labels, tag, runInTransaction } = event;
    const { sql = [], readsDatabase, files, undo, undoReadsDatabase, undoFiles, undoError } = event;
    return {
        ...nameOf(event),
        comment,
        preconditions,
        ...(decision && { decision }),
        mayFail,
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

function warningsOf(changes: PlannedChange[], { tool, engine }: Makers): string[] {
    const { transactionalDdl } = engine.capabilities;
    return changes
        .filter(({ decision }) => decision?.outcome !== "Marked")
        .flatMap((change) => [
            ...(change.readsDatabase
                ? [
                      `${tool.name} reads the database to generate the SQL of ${keyOf(change)}: the SQL may differ when it runs`,
                  ]
                : []),
            ...(change.undoError ? [`${keyOf(change)} cannot be undone: ${change.undoError}`] : []),
            ...(change.again && !change.restored
                ? [`${keyOf(change)} runs again; undoing it runs its rollback, but does not restore the earlier form`]
                : []),
            ...(change.mayFail
                ? [
                      `${keyOf(change)} may fail without stopping the release (${tool.terms.stopOnFailure} is false): then it stays pending`,
                  ]
                : []),
            ...(change.runInTransaction
                ? []
                : [`${keyOf(change)} runs outside a transaction: if it fails, part of it may remain`]),
            ...(change.runInTransaction && !transactionalDdl
                ? [`Schema changes of ${keyOf(change)} are not transactional: if it fails, part of it may remain`]
                : []),
        ]);
}
