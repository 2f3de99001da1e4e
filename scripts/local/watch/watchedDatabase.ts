import { type ChangesetName, count, keyOf } from "../../delivery/changesets";
import { deliverSource, type Delivery } from "../deliver";
import { readDeployed } from "../deployed";
import { readHistory } from "../database/localEngines";
import { type LocalEnvironment, resolveExtraJars } from "../localEnvironment";
import type { RunOptions } from "../options";
import { openSource, type Source } from "../source/source";
import { noChangelog, readVersion } from "./changelog";
import type { Committed, CommittedChangelog } from "./committed";
import { editedIn } from "./outcome";
import { isBehind, isPending, removed, undoOf, type Versions } from "./revision";

const howToReset = "To start with an empty database: press Ctrl-C, `npm stop -- --reset`, and start again.";

/** The database of a watch: migrates it from its history to the state of the work tree. */
export class WatchedDatabase {
    /** The source that the database has run. */
    private delivered: string | undefined;
    /** The last commit that was delivered by itself. */
    private behind: string | undefined;

    constructor(
        private readonly environment: LocalEnvironment,
        private readonly committed: Committed,
        /** The migrations directory in the work tree. */
        private readonly directory: string,
        readonly repository: string,
    ) {}

    /** Whether the last delivery was of this source and succeeded. */
    has({ revision }: Source): boolean {
        return this.delivered === revision;
    }

    /**
     * Undoes changesets that were applied while pending and have been edited or deleted since, and delivers the source.
     * Both use the recorded pipeline: an undo is its rollback.
     */
    async deliver(options: RunOptions, source: Source, startedAt = new Date()): Promise<Delivery> {
        this.delivered = undefined;
        const jars = await resolveExtraJars(options, source, this.environment.toolchain);
        const environment = { ...this.environment, jars };
        await this.undoRemoved(options);
        await this.deliverCommit(options, environment, source);
        options.signal.throwIfAborted();
        let delivery = await deliverSource(options, environment, source, startedAt);
        const edited = editedIn(delivery);
        if (edited.length > 0 && (await this.undo(options, edited, "edited"))) {
            delivery = await deliverSource(options, environment, source, startedAt);
        }
        if (delivery.execution.record.status === "Succeeded") this.delivered = source.revision;
        return delivery;
    }

    private async undoRemoved(options: RunOptions): Promise<void> {
        const versions = await this.versions();
        const gone = removed(versions, readVersion(this.directory));
        if (gone.length > 0) await this.undo(options, gone, "removed", versions);
    }

    /**
     * A release is undone as a whole. So if the database lacks changesets of the last commit, they become a separate
     * release, before the one with pending changesets.
     */
    private async deliverCommit(options: RunOptions, environment: LocalEnvironment, source: Source): Promise<void> {
        const versions = await this.versions();
        const { commit } = versions.committed;
        if (commit === undefined || commit === this.behind) return;
        if (!isBehind(versions) || !isPending(versions, readVersion(this.directory))) return;
        this.behind = commit;
        options.progress.say(
            `Delivering the last commit first (${commit.slice(0, 7)}), because the database does not have all of it.`,
        );
        const { execution } = await deliverSource(options, environment, await this.committedSource(source, versions));
        if (execution.record.status === "Failed") {
            options.progress.say("The last commit alone fails; continuing with the work tree.");
        }
    }

    private async committedSource(source: Source, { committed }: WatchVersions): Promise<Source> {
        const { migrations, repository } = source;
        if (migrations === undefined) return openSource({ repository });
        const { commit, directory } = committed;
        return { ...source, migrations: { ...migrations, directory: directory!, revision: commit! } };
    }

    /** False if nothing was undone, after printing the reason. */
    private async undo(
        options: RunOptions,
        changesets: ChangesetName[],
        what: "edited" | "removed",
        versions?: WatchVersions,
    ): Promise<boolean> {
        const say = (line: string) => options.progress.say(line);
        const undo = undoOf(versions ?? (await this.versions()), changesets);
        const names = changesets.map(keyOf).join(", ");
        if (undo.kind === "refusal") {
            say(
                `${names}: ${what} after it was applied, and cannot be undone: ${undo.why}. ` +
                    (undo.committed ? "Revert the edit, and write a new changeset. " : "") +
                    howToReset,
            );
            return false;
        }
        say(`${names}: ${what} after it was applied. Undoing ${count(undo.changesets.length, "changeset")} …`);
        const { source } = readDeployed(this.home)!;
        const { execution } = await deliverSource({ ...options, rollbackTo: undo.tag }, this.environment, source);
        if (execution.record.status === "Succeeded") return true;
        if (!options.signal.aborted) {
            say(`${names} could not be undone: a rollback failed. ${howToReset}`);
        }
        return false;
    }

    private async versions(): Promise<WatchVersions> {
        const { server, definition } = this.environment;
        const deployed = readDeployed(this.home);
        return {
            history: await readHistory(server, definition.database),
            deployed: deployed ? readVersion(deployed.directory) : noChangelog,
            committed: await this.committed.of(this.directory),
        };
    }

    /** The directory of the changelog that the database last ran. */
    private get home(): string {
        return this.environment.deployedHome;
    }
}

interface WatchVersions extends Versions {
    committed: CommittedChangelog;
}
