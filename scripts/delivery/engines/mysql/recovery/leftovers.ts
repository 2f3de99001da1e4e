import { count, keyOf } from "../../../changesets";
import { uncountedTables } from "../../../tracking";
import { differences, renderDifferences } from "../../fingerprint";
import { describeOwner, releaseIn } from "../../lockOwner";
import type { DeploymentLock, Leftovers, PendingSql, ReleaseLeftovers } from "../../session";
import { readFingerprint } from "../catalog/read";
import { catalogBefore } from "../catalog/recorded";
import { readStatement } from "../sql/statements";
import type { Keeper } from "./keeper";

/**
 * What dead or failed runs left behind. DDL commits implicitly, before its record: a run that died in between left a change
 * that is made and not recorded. Nothing is taken back here, because nothing shows that the release made it and how: what
 * differs is named, and the server refuses to make it twice.
 */
export class CatalogLeftovers implements Leftovers {
    constructor(
        private readonly keeper: Keeper,
        private readonly lock: Pick<DeploymentLock, "dead">,
        private readonly log: (line: string) => void,
    ) {}

    async clear(pending: PendingSql[]): Promise<void> {
        const { keeper, log } = this;
        const { dead } = this.lock;
        const [next] = pending;
        if (dead === undefined || next === undefined || !commits(next)) return;
        const who = releaseIn(dead.lockedBy) ?? describeOwner(dead, keeper.tracking.tool);
        log(
            `Warning: MySQL commits each schema change separately. ${who} may have completed a part of ${keyOf(next)}, or all of it, without recording it.`,
        );
        const trackingTables = uncountedTables(keeper.tracking);
        const [before, now] = await keeper.use(async (connection) => [
            await catalogBefore(connection, who).catch(() => undefined),
            await readFingerprint(connection, { trackingTables }),
        ]);
        if (before === undefined) return;
        const lines = renderDifferences(differences(before.catalog, now));
        log(
            lines.length === 0
                ? `It has not: the catalog is unchanged since ${who} read it.`
                : `The catalog differs from the one that ${who} found in ${count(lines.length, "line")}; what recorded changesets made is among them:`,
        );
        lines.forEach((line) => log(`  ${line}`));
    }

    watch(): Promise<ReleaseLeftovers> {
        return Promise.resolve({
            begin: () => Promise.resolve(),
            follow: () => undefined,
            end: () => Promise.resolve(),
            drop: () => Promise.resolve(),
        });
    }

    /** Data changes are in one transaction with their record; of DDL nothing shows whether it was completed. */
    clears(statements: string[]): Promise<boolean> {
        return Promise.resolve(!commits({ sql: statements }));
    }
}

function commits({ sql }: Pick<PendingSql, "sql">): boolean {
    return sql.some((text) => readStatement(text)?.commits);
}
