import { type ChangesetName, count, keyOf, nameOf } from "../../../changesets";
import { messageOf } from "../../../errors";
import { uncountedTables } from "../../../tracking";
import { differences, type Fingerprint, renderDifferences } from "../../fingerprint";
import { describeOwner, releaseIn } from "../../lockOwner";
import type { DeploymentLock, Leftovers, PendingSql, ReleaseLeftovers, Step } from "../../session";
import { readFingerprint } from "../catalog/read";
import { forgetSteps, readStep, writeStep } from "../catalog/steps";
import { mysqlErrors } from "../ownErrors";
import { recordRun, removeRow } from "./historyRows";
import type { Keeper } from "./keeper";
import { type Begun, committing, progressOf, tracesOf } from "./progress";
import { takeBack } from "./takeBack";

interface Surroundings {
    lock: Pick<DeploymentLock, "dead">;
    releaseId: string;
    log: (line: string) => void;
}

/**
 * What dead or failed runs left behind. DDL commits implicitly, before its record: a run that died in between left a change
 * that is made and not recorded, or undone and still recorded. So the catalog is noted before each changeset with DDL, and
 * compared with what is there afterwards: a complete changeset is recorded, a part of one is taken back, and what cannot
 * be taken back is named.
 */
export class CatalogLeftovers implements Leftovers {
    private begun: Begun | undefined;

    constructor(
        private readonly keeper: Keeper,
        private readonly surroundings: Surroundings,
    ) {}

    async note(step: Step): Promise<void> {
        // Data changes are in one transaction with their record.
        if (committing(step.sql).length === 0) return;
        const { keeper, surroundings } = this;
        const begun = { ...step, change: nameOf(step.change), before: await this.now() };
        await keeper.use((connection) => writeStep(connection, surroundings.releaseId, begun));
        this.begun = begun;
    }

    async finishUndo(): Promise<ChangesetName | undefined> {
        const begun = this.begun ?? (await this.begunByDead());
        if (begun?.kind !== "undo") return undefined;
        const progress = progressOf(begun.sql, begun.before, await this.now());
        if (progress === "Nothing") return undefined;
        const { history } = this.keeper.tracking;
        if (progress === "Whole") {
            const removed = await this.keeper.use((connection) => removeRow(connection, history, begun.change));
            if (!removed) return undefined;
            this.surroundings.log(
                `  ${keyOf(begun.change)} was undone before the interruption; its record is removed.`,
            );
            return begun.change;
        }
        this.surroundings.log(
            `Warning: the undo of ${keyOf(begun.change)} was interrupted; the catalog has changed since it began:`,
        );
        await this.logDifferences(begun.before);
        return undefined;
    }

    async clear(pending: PendingSql[]): Promise<ChangesetName[]> {
        const { dead } = this.surroundings.lock;
        const release = dead && releaseIn(dead.lockedBy);
        if (dead === undefined) return [];
        if (release === undefined) {
            this.warn(describeOwner(dead, this.keeper.tracking.tool), pending);
            return [];
        }
        const begun = await this.begunByDead();
        if (begun?.kind !== "run") return [];
        const change = pending.find((one) => keyOf(one) === keyOf(begun.change));
        if (change === undefined || change.again) return [];
        return (await this.settle(begun, change, release)) === "Recorded" ? [nameOf(change)] : [];
    }

    watch(): Promise<ReleaseLeftovers> {
        return Promise.resolve({
            begin: () => Promise.resolve(),
            follow: () => undefined,
            end: () => Promise.resolve(),
            drop: (change) => this.drop(change),
        });
    }

    async clears(change: PendingSql): Promise<boolean> {
        const begun = this.beginningOf(change);
        if (begun === undefined) return true;
        await this.settle(begun, change, this.surroundings.releaseId);
        return true;
    }

    /** After a run that has settled everything itself. */
    async forget(): Promise<void> {
        if (this.begun === undefined && this.surroundings.lock.dead === undefined) return;
        // Only a row that nobody needs any more.
        await this.keeper.use(forgetSteps).catch(() => {});
    }

    /** What a failed attempt completed of its statements. */
    private async drop(change: PendingSql): Promise<string[]> {
        const begun = this.beginningOf(change);
        if (begun === undefined) return [];
        const now = await this.now();
        const progress = progressOf(change.sql, begun.before, now);
        if (progress === "Nothing") return [];
        const done = tracesOf(change.sql, differences(begun.before, now));
        const left = await this.tryToTakeBack(begun, change);
        if (left === undefined) {
            this.surroundings.log(`  Took back what ${keyOf(change)} had done before it failed.`);
            return [];
        }
        return [
            `${keyOf(change)} is half done (${left}). These of its statements are in the database:`,
            ...done.map((statement) => `  ${oneLine(statement)}`),
        ];
    }

    /** Records it, or takes it back; fails if neither is possible. */
    private async settle(begun: Begun, change: PendingSql, release: string): Promise<"Recorded" | "Clear"> {
        const { log } = this.surroundings;
        const { history, markUnmet } = this.keeper.tracking;
        const now = await this.now();
        const same = begun.sql.join("\0") === change.sql.join("\0");
        const progress = progressOf(change.sql, begun.before, now);
        if (progress === "Nothing") {
            log(`${keyOf(change)} had begun and changed nothing in the catalog; it runs from its beginning.`);
            return "Clear";
        }
        if (progress === "Whole" && same) {
            const note = `Completed by ${release}, which was interrupted before it was recorded`;
            await this.keeper.use((connection) =>
                recordRun(connection, history, { ...nameOf(change), checksum: change.checksum, note }),
            );
            log(`${keyOf(change)} was completed before ${release} was interrupted; it is now recorded as run.`);
            return "Recorded";
        }
        const done = tracesOf(begun.sql, differences(begun.before, now));
        const left = await this.tryToTakeBack(begun, change);
        if (left === undefined) {
            log(`Took back what ${release} had done of ${keyOf(change)}; it runs from its beginning.`);
            return "Clear";
        }
        throw new mysqlErrors.ChangesetHalfDone({
            changeset: keyOf(change),
            release,
            done: done.map(oneLine),
            markUnmet,
        }).append([`It could not be taken back: ${left}.`, ...(await this.differenceLines(begun.before))]);
    }

    /** Why that is not possible, or has not restored the catalog; undefined if it has. */
    private async tryToTakeBack(begun: Begun, change: PendingSql): Promise<string | undefined> {
        const schema = await this.keeper.look((database) => database.schema());
        return this.keeper
            .use((connection) => takeBack(connection, change, { ...begun, schema }, () => this.read(connection)))
            .catch((error: unknown) => messageOf(error));
    }

    private beginningOf(change: PendingSql): Begun | undefined {
        const { begun } = this;
        return begun?.kind === "run" && keyOf(begun.change) === keyOf(change) ? begun : undefined;
    }

    private begunByDead(): Promise<Begun | undefined> {
        const { dead } = this.surroundings.lock;
        const release = dead && releaseIn(dead.lockedBy);
        return release === undefined
            ? Promise.resolve(undefined)
            : this.keeper.use((connection) => readStep(connection, release));
    }

    private warn(who: string, [next]: PendingSql[]): void {
        if (next === undefined || committing(next.sql).length === 0) return;
        this.surroundings.log(
            `Warning: MySQL commits each schema change separately. ${who} may have completed a part of ${keyOf(next)}, or all of it, without recording it.`,
        );
    }

    private now(): Promise<Fingerprint> {
        return this.keeper.use((connection) => this.read(connection));
    }

    private read(connection: Parameters<typeof readFingerprint>[0]): Promise<Fingerprint> {
        return readFingerprint(connection, { trackingTables: uncountedTables(this.keeper.tracking) });
    }

    private async logDifferences(before: Fingerprint): Promise<void> {
        for (const line of await this.differenceLines(before)) this.surroundings.log(line);
    }

    private async differenceLines(before: Fingerprint): Promise<string[]> {
        const lines = renderDifferences(differences(before, await this.now()));
        return lines.length === 0
            ? []
            : [
                  `The catalog differs from the one before it in ${count(lines.length, "line")} (+ is there now, - is gone, ~ changed):`,
                  ...lines.map((line) => `  ${line}`),
              ];
    }
}

function oneLine(statement: string): string {
    const line = statement.trim().replaceAll(/\s+/g, " ");
    return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
