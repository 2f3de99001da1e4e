import { type Baseline, baselineFile } from "../baseline";
import { count, keyOf } from "../changesets";
import {
    type Difference,
    differences,
    type Fingerprint,
    incomparable,
    renderDifferences,
    type ServerVersions,
} from "../engines/fingerprint";
import { planErrors } from "../errors";
import { changesOf, type HistoryRow } from "../history";
import type { HistoryTable } from "../tracking";
import type { PlannedChange } from "./model";

/** What a plan does with the baseline of its source. */
export interface BaselineUse {
    /** Changesets (`keyOf`) that are only marked as run. */
    adopted: string[];
    /** How the database differs from what these changesets make. */
    differences: Difference[];
    /** What a reviewer should know. */
    notes: string[];
}

/** Defined by Bootstrap and by the stack's config, not by changesets. */
export const ofEnvironment: ReadonlySet<string> = new Set([
    ...["owner", "grant", "default privileges", "setting", "role", "membership", "extension"],
]);

const unused: BaselineUse = { adopted: [], differences: [], notes: [] };

type Entries = Pick<Fingerprint, "entries">;

/** Which changesets of a baseline this database has already, and whether it really has what they make. */
export function useOfBaseline(baseline: Baseline, catalog: Fingerprint, versions: ServerVersions): BaselineUse {
    if (!sharesObjects(baseline.catalog, catalog)) {
        return {
            ...unused,
            notes: [`The database has none of the objects in ${baselineFile}, so its changesets run`],
        };
    }
    const another = incomparable(baseline.catalog, catalog, versions);
    return {
        adopted: baseline.changesets.map(keyOf),
        differences: baselineDifferences(baseline, catalog),
        notes: [
            ...(another === undefined ? [] : [`Differences from ${baselineFile} may be of the version: ${another}`]),
            ...lacks(baseline.catalog, catalog),
            ...notCompared(baseline),
        ],
    };
}

/**
 * What of a baseline a history lacks; undefined if the baseline does not decide anything: any of its changesets has run,
 * or all are marked. A deployment that was killed may have marked only some.
 */
export function unrecorded(
    baseline: Baseline,
    history: HistoryRow[],
    { outcomes }: Pick<HistoryTable, "outcomes">,
): Baseline | undefined {
    const recorded = new Map(changesOf(history).map((row) => [keyOf(row), row.outcome]));
    const known = baseline.changesets.filter((changeset) => recorded.has(keyOf(changeset)));
    const missing = baseline.changesets.filter((changeset) => !recorded.has(keyOf(changeset)));
    const ran = known.some((changeset) => recorded.get(keyOf(changeset)) !== outcomes.marked);
    return ran || missing.length === 0 ? undefined : { ...baseline, changesets: missing };
}

/** What a database has, gained or lost against the baseline, as far as changesets define it and nobody accepted it. */
export function baselineDifferences({ catalog, accepted }: Pick<Baseline, "catalog" | "accepted">, there: Entries) {
    const allowed = new Set(accepted);
    return differences(compared(catalog), compared(there)).filter(
        ({ kind, name, of = "" }) => !allowed.has(`${kind} ${name}`) && !allowed.has(of),
    );
}

function compared({ entries }: Entries): Entries {
    return { entries: entries.filter(({ kind }) => !ofEnvironment.has(kind)) };
}

/** A schema is there before anything is in it. */
function sharesObjects(baseline: Entries, there: Entries): boolean {
    const objects = ({ entries }: Entries) =>
        entries.filter(({ kind, of }) => of === undefined && kind !== "schema" && !ofEnvironment.has(kind));
    const known = new Set(objects(there).map(({ kind, name }) => `${kind} ${name}`));
    return objects(baseline).some(({ kind, name }) => known.has(`${kind} ${name}`));
}

/** What later changesets may rely on, although it is not theirs to define. */
function lacks(baseline: Fingerprint, there: Fingerprint): string[] {
    const names = new Set(there.entries.map(({ kind, name }) => `${kind} ${name}`));
    return baseline.entries
        .filter(({ kind }) => kind === "extension" || kind === "grant")
        .map(({ kind, name }) => `${kind} ${name}`)
        .filter((name) => !names.has(name))
        .map((name) => `The changesets in ${baselineFile} make the ${name}, which the database does not have`);
}

function notCompared({ changesets, rows: tables }: Baseline): string[] {
    const rows = tables.length === 0 ? "" : `, and rows, which they write into ${tables.join(", ")}`;
    return [
        `${count(changesets.length, "changeset")} in ${baselineFile} will only be marked as run. Not compared with the database: owners, privileges, settings, extensions${rows}`,
    ];
}

/** Of the differences; plan.json has all. */
const shownDifferences = 50;

/** Why nothing may be marked as run: the database does not have what these changesets make. */
export function baselineObjections(unlike: Difference[]): string[] {
    if (unlike.length === 0) {
        return [];
    }
    const lines = renderDifferences(unlike).reduce<string[]>(
        // What it was and what it is follow on lines of their own.
        (before, line) =>
            line.startsWith(" ") ? [...before.slice(0, -1), `${before.at(-1)}\n  ${line}`] : [...before, line],
        [],
    );
    const more = lines.length - shownDifferences;
    return [
        `the database differs from ${baselineFile} (+ is only there, - is missing, ~ is different): correct the changesets and run \`npm run baseline\` again, change the database, or add \`kind name\` to "accepted" in the file`,
        ...lines.slice(0, shownDifferences),
        ...(more > 0 ? [`… and ${more} more, in plan.json`] : []),
    ];
}

/** The baseline describes what its changesets made when it was written: they must be the same ones. */
export function refuseStale({ changesets }: Baseline, { adopted }: BaselineUse, pending: PlannedChange[]): void {
    if (adopted.length === 0) {
        return;
    }
    const planned = new Map(pending.map((change) => [keyOf(change), change]));
    const stale = changesets.flatMap((changeset) => {
        const change = planned.get(keyOf(changeset));
        if (change === undefined) return [`${keyOf(changeset)}: not among the pending changesets`];
        return change.checksum === changeset.checksum ? [] : [`${keyOf(changeset)}: edited since`];
    });
    if (stale.length > 0) {
        throw new planErrors.BaselineStale({ file: baselineFile, changesets: stale });
    }
}
