import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Artifacts } from "../../components/contract";
import type { ArtifactStore } from "./pipeline/artifacts";
import { filesIn } from "./source/files";
import type { Source } from "./source/source";

/** What a database was last deployed from. */
interface Note {
    revision: string;
    head: Source["head"];
    /** Directory of the changelog. */
    migrations: string;
}

/** The changelog that a database has run, as it was then: how to undo a changeset is written beside it. */
export interface Deployed {
    /** Its migrations directory. */
    directory: string;
    /** For a delivery that undoes. */
    source: Source;
}

const noteFile = "source.json";
const files = "files";

/** Keeps the changelog of the source that an execution delivered. */
export function keepDeployed(
    home: string,
    artifacts: ArtifactStore,
    migrationsDirectory: string,
    { revision, head }: Source,
): void {
    const delivered = join(artifacts.directory(Artifacts.source), migrationsDirectory);
    if (!existsSync(delivered)) return;
    const aside = `${home}.${process.pid}`;
    rmSync(aside, { recursive: true, force: true });
    mkdirSync(aside, { recursive: true });
    cpSync(delivered, join(aside, files, migrationsDirectory), { recursive: true, verbatimSymlinks: true });
    const note: Note = { revision, head, migrations: migrationsDirectory };
    writeFileSync(join(aside, noteFile), JSON.stringify(note));
    rmSync(home, { recursive: true, force: true });
    renameSync(aside, home);
}

/** Undefined where no local run has noted any. */
export function readDeployed(home: string): Deployed | undefined {
    const file = join(home, noteFile);
    if (!existsSync(file)) return undefined;
    const { revision, head, migrations } = JSON.parse(readFileSync(file, "utf8")) as Note;
    const repository = join(home, files);
    return {
        directory: join(repository, migrations),
        source: { repository, head, revision, worktree: filesIn(repository) },
    };
}
