import { execFile } from "node:child_process";
import { lstatSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { sourceErrors } from "../errors";
import { editorFiles } from "./editorFiles";

const runFile = promisify(execFile);

export interface Commit {
    id: string;
    message: string;
    authorDate: string;
    committerDate: string;
}

/** The repository around a directory. */
export async function findRepository(directory: string): Promise<string> {
    try {
        return await git(directory, "rev-parse", "--show-toplevel");
    } catch (error) {
        throw new sourceErrors.NotInRepository({ directory, reason: lastLine(error) });
    }
}

export async function headOf(repository: string): Promise<Commit> {
    try {
        const text = await git(repository, "log", "-1", "--format=%H%x00%aI%x00%cI%x00%B", "HEAD");
        const [id = "", authorDate = "", committerDate = "", message = ""] = text.split("\0");
        return { id, authorDate, committerDate, message: message.trimEnd() };
    } catch (error) {
        throw new sourceErrors.NoCommit({ repository, reason: lastLine(error) });
    }
}

/** Writes a commit to an empty directory. */
export async function extractCommit(repository: string, commit: string, target: string): Promise<void> {
    const archive = `${target}.tar`;
    try {
        await git(repository, "archive", "--format=tar", `--output=${archive}`, commit);
        await runFile("tar", ["-x", "-f", archive, "-C", target]);
    } finally {
        rmSync(archive, { force: true });
    }
}

/** The last commit of the repository around a directory; undefined when there is none. */
export async function headCommit(directory: string): Promise<string | undefined> {
    try {
        return await git(directory, "rev-parse", "--verify", "--quiet", "HEAD");
    } catch {
        return undefined;
    }
}

/** The branch that the current one is pushed to; undefined if it has none, or none that was fetched. */
export async function upstreamOf(directory: string): Promise<string | undefined> {
    try {
        return await git(directory, "rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{upstream}");
    } catch {
        return undefined;
    }
}

/** The default branch of the remote, if its clone noted it: `origin/main`. */
export async function defaultBranch(directory: string): Promise<string | undefined> {
    try {
        return await git(directory, "rev-parse", "--abbrev-ref", "origin/HEAD");
    } catch {
        return undefined;
    }
}

export async function isFetched(directory: string, branch: string): Promise<boolean> {
    try {
        await git(directory, "rev-parse", "--verify", "--quiet", "--end-of-options", `${branch}^{commit}`);
        return true;
    } catch {
        return false;
    }
}

/** The last commit that the current branch and another one have in common; undefined if none was fetched. */
export async function commonCommit(directory: string, branch: string): Promise<string | undefined> {
    try {
        return await git(directory, "merge-base", "HEAD", branch);
    } catch {
        return undefined;
    }
}

/** The commit that a branch, a tag or an abbreviation stands for. */
export async function commitNamed(directory: string, name: string): Promise<string> {
    await findRepository(directory);
    try {
        return await git(directory, "rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`);
    } catch {
        throw new sourceErrors.CommitUnknown({ name, directory });
    }
}

/** Writes a commit's version of a directory to an empty one; a directory that the commit lacks stays empty. */
export async function extractCommitted(directory: string, commit: string, target: string): Promise<void> {
    const prefix = await git(directory, "rev-parse", "--show-prefix");
    const tree = `${commit}:${prefix.replace(/\/$/, "")}`;
    const isThere = await git(directory, "cat-file", "-e", tree).then(
        () => true,
        () => false,
    );
    // From the top: in a folder, `git archive` looks for the folder's path in the tree that it is given.
    if (isThere) await extractCommit(await git(directory, "rev-parse", "--show-toplevel"), tree, target);
}

/** Files in a directory of the repository that the last commit has not, or in another form; not those of an editor. */
export async function uncommittedFiles(repository: string, directory: string): Promise<string[]> {
    const excluded = editorFiles.map((pattern) => `:(exclude,glob)**/${pattern}`);
    const list = await git(
        repository,
        "status",
        "--porcelain",
        "-z",
        "-uall",
        "--no-renames",
        "--",
        directory,
        ...excluded,
    );
    return list
        .split("\0")
        .filter((entry) => entry !== "")
        .map((entry) => entry.slice(3));
}

/** The files as they lie there: what is tracked, and what could be because it is not ignored, nor an editor's own. */
export async function worktreeFiles(repository: string): Promise<string[]> {
    const excluded = editorFiles.map((pattern) => `--exclude=${pattern}`);
    const list = await git(repository, "ls-files", "-z", "--cached", "--others", "--exclude-standard", ...excluded);
    return [...new Set(list.split("\0"))].filter((file) => {
        // Deleted but not committed; or a submodule.
        const entry = file && lstatSync(join(repository, file), { throwIfNoEntry: false });
        return entry && !entry.isDirectory();
    });
}

async function git(directory: string, ...args: string[]): Promise<string> {
    const { stdout } = await runFile("git", ["-C", directory, ...args], { maxBuffer: 64 * 1024 * 1024 });
    // No other white space: it may be a name's.
    return stdout.replace(/\n$/, "");
}

function lastLine(error: unknown): string {
    const { stderr, message } = error as { stderr?: string; message: string };
    return (stderr?.trim() || message).split("\n").at(-1)!.replace(/\.$/, "");
}
