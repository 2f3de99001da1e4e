import { keyOf } from "../changesets";
import type { Engine } from "../engines/engine";
import type { StateBefore, UndoneSql } from "../engines/undo";
import { type ErrorDetails, undoErrors } from "../errors";

/** Refuses an undo that would drop what its release did not create: rows that no rollback restores. */
export async function refuseEarlierDrops(
    release: string,
    { undo }: Pick<Engine, "undo">,
    { undone, before }: { undone: UndoneSql[]; before: StateBefore },
    details: ErrorDetails = {},
): Promise<void> {
    const drops = await undo.earlierDrops(undone, before);
    if (drops.length > 0) {
        const objects = drops.map(
            ({ object, statement, ...changeset }) => `${object} (${keyOf(changeset)}: ${statement})`,
        );
        throw new undoErrors.EarlierObjectsDropped({ release, objects }, details);
    }
}
