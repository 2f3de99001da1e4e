import { mkdirSync, realpathSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { sourceErrors } from "../errors";
import { copyFilesTo, hashOf, stripPermissions } from "./files";
import { type Commit, extractCommit, findRepository, headOf, worktreeFiles } from "./git";
import { type Migrations, openMigrations, replaceMigrations } from "./migrations";

/** What the pipeline's source action delivers. */
export interface Source {
    repository: string;
    head: Commit;
    /** The commit's ID; for uncommitted files, a name derived from their content. */
    revision: string;
    /** The files of the work tree instead of the commit, by their path in the repository. */
    worktree?: string[];
    /** A changelog that replaces the repository's own. */
    migrations?: Migrations;
}

export interface SourceOptions {
    repository: string;
    worktree?: boolean;
    migrations?: string;
    /** The tool that these migrations are for; by default it is found. */
    tool?: string;
}

/** Checks the source before anything starts. */
export async function openSource(options: SourceOptions): Promise<Source> {
    const migrations = options.migrations === undefined ? undefined : openMigrations(options.migrations, options.tool);
    const repository = await findRepository(options.repository);
    const head = await headOf(repository);
    const worktree = options.worktree ? await worktreeFiles(repository) : undefined;
    return { repository, head, worktree, migrations, revision: revisionOf(repository, head, worktree, migrations) };
}

/** Writes the source to an empty directory; `jars` are the changelog's, `directory` is its location. */
export async function deliver(
    source: Source,
    target: string,
    directory: string,
    jars: readonly string[] = [],
): Promise<void> {
    const { repository, head, worktree, migrations } = source;
    if (worktree) copyFilesTo(repository, worktree, target);
    else await extractCommit(repository, head.id, target);
    if (migrations) replaceMigrations(migrations, jars, placeFor(target, directory));
    stripPermissions(target);
}

function revisionOf(repository: string, head: Commit, worktree?: string[], migrations?: Migrations): string {
    if (migrations) return migrations.revision;
    if (worktree) return `${head.id}-worktree-${hashOf(repository, worktree).slice(0, 8)}`;
    return head.id;
}

/**
 * The changelog's location. Its contents are deleted, so it must not be reached by a link that leads out of the source.
 */
function placeFor(target: string, directory: string): string {
    const place = join(target, directory);
    mkdirSync(dirname(place), { recursive: true });
    const parent = realpathSync(dirname(place));
    if (!`${parent}${sep}`.startsWith(`${realpathSync(target)}${sep}`)) {
        throw new sourceErrors.MigrationsBehindLink({ directory });
    }
    return join(parent, basename(place));
}
