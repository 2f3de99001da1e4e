import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extractCommitted, headCommit } from "../source/git";
import { type ChangelogVersion, noChangelog, readVersion } from "./changelog";

/** A changelog as in the last commit. */
export interface CommittedChangelog extends ChangelogVersion {
    /** Undefined if there is no repository, in which case nothing is committed. */
    commit?: string;
    directory?: string;
}

/** Reads the last commit's version of a directory, and again after each new commit. */
export class Committed {
    private known: CommittedChangelog | undefined;

    async of(directory: string): Promise<CommittedChangelog> {
        const commit = await headCommit(directory);
        if (this.known && this.known.commit === commit) return this.known;
        this.close();
        if (commit === undefined) return (this.known = noChangelog);
        const copy = mkdtempSync(join(tmpdir(), "aurora-pipeline-committed-"));
        await extractCommitted(directory, commit, copy);
        return (this.known = { ...readVersion(copy), commit, directory: copy });
    }

    close(): void {
        if (this.known?.directory) rmSync(this.known.directory, { recursive: true, force: true });
        this.known = undefined;
    }
}
