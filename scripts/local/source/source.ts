import { mkdirSync, realpathSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { UserError } from "../errors";
import { copyFilesTo, hashOf, stripPermissions } from "./files";
import { type Commit, extractCommit, findRepository, headOf, worktreeFiles } from "./git";
import { type Migrations, openMigrations, replaceMigrations } from "./migrations";

/** What the pipeline's source action delivers. */
export interface Source {
    repository: string;
    head: Commit;
    /** The commit's id; for what is not committed, a name made of its content. */
    revision: string;
    /** The files as they lie there, instead of the commit: by their path in the repository. */
    worktree?: string[];
    /** A changelog that takes the place of the repository's own. */
    migrations?: Migrations;
}

export interface SourceOptions {
    repository: string;
    worktree?: boolean;
    migrations?: string;
}

/** Looks at the source before anything starts. */
export async function openSource(options: SourceOptions): Promise<Source> {
    const migrations = options.migrations === undefined ? undefined : openMigrations(options.migrations);
    const repository = await findRepository(options.repository);
    const head = await headOf(repository);
    const worktree = options.worktree ? await worktreeFiles(repository) : undefined;
    return { repository, head, worktree, migrations, revision: revisionOf(repository, head, worktree, migrations) };
}

/** Writes the source to an empty directory; `jars` are those of the changelog, `directory` is where it belongs. */
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

/** Where the changelog belongs. What is there goes, so it must not lie behind a link that leads out of the source. */
function placeFor(target: string, directory: string): string {
    const place = join(target, directory);
    mkdirSync(dirname(place), { recursive: true });
    const parent = realpathSync(dirname(place));
    if (!`${parent}${sep}`.startsWith(`${realpathSync(target)}${sep}`)) {
        throw new UserError(
            `The migrations directory "${directory}" lies behind a link that leads out of the repository.`,
        );
    }
    return join(parent, basename(place));
}
