import { count, keyOf } from "../changesets";
import type { Engine } from "../engines/engine";
import { differences, incomparable, type RecordedCatalog } from "../engines/fingerprint";
import type { UndoneSql } from "../engines/undo";
import { refuseEarlierDrops } from "../safety/earlierDrops";
import type { PlannedChange, StartingState } from "./model";

export interface PlannedRollback {
    tag: string;
    changes: PlannedChange[];
    /** What the changesets ran, and what undoes them. */
    undone: UndoneSql[];
    starting: Omit<StartingState, "history">;
}

/** What a reviewer of a rollback should know. Refuses one that would drop what was there before the release. */
export async function judgeRollback(
    { tag, changes, undone, starting }: PlannedRollback,
    engine: Engine,
): Promise<string[]> {
    const { before, catalog, schema } = starting;
    if (before !== undefined) {
        const inspected = { undone, before: { entries: before.catalog.entries, schema } };
        await refuseEarlierDrops(tag, engine, inspected, { exit: "refused" });
    }
    const warnings: string[] = [];
    for (const change of changes) {
        warnings.push(...(await warningsOf(change, engine)));
    }
    return [...warnings, ...comparisonWarnings(tag, before, catalog, engine)];
}

async function warningsOf(change: PlannedChange, { undo }: Engine): Promise<string[]> {
    if (change.marked) {
        return [`${keyOf(change)} was only marked as ran: the mark is removed, and its rollback does not run`];
    }
    if (change.sql.length === 0) {
        return [`${keyOf(change)} has an empty rollback: its effects stay in the database`];
    }
    const losses = await undo.lossesIn(change.sql);
    return losses.map((loss) => `The rollback of ${keyOf(change)} ${loss}`);
}

/** The kinds of objects whose definitions a rollback restores. */
const restored = new Set(["view", "function", "procedure"]);

function comparisonWarnings(
    tag: string,
    before: RecordedCatalog | undefined,
    now: StartingState["catalog"],
    engine: Engine,
): string[] {
    if (before === undefined || incomparable(before.catalog, now, engine) !== undefined) {
        return [
            `The catalog before ${tag} is not recorded: whether the rollback restores it cannot be checked, and earlier forms of views and functions do not come back`,
        ];
    }
    const forms = differences(before.catalog, now).filter(
        ({ kind, change }) => restored.has(kind) && change !== "added",
    );
    return forms.length === 0
        ? []
        : [
              `The earlier form of ${count(forms.length, "object")} is restored from the catalog recorded before ${tag}, as far as the rollbacks do not: ${forms.map(({ kind, name }) => `${kind} ${name}`).join(", ")}`,
          ];
}
