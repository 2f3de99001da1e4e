import { execFile } from "node:child_process";
import { lstatSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "../errors";

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
        throw new UserError(
            `${directory} is not in a Git repository, and the pipeline's source is one: ${lastLine(error)}. ` +
                'Run "git init", and commit.',
        );
    }
}

export async function headOf(repository: string): Promise<Commit> {
    try {
        const text = await git(repository, "log", "-1", "--format=%H%x00%aI%x00%cI%x00%B", "HEAD");
        const [id = "", authorDate = "", committerDate = "", message = ""] = text.split("\0");
        return { id, authorDate, committerDate, message: message.trimEnd() };
    } catch (error) {
        throw new UserError(`The repository ${repository} has no commit to deliver: ${lastLine(error)}.`);
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

/** The files as they lie there: what is tracked, and what could be because it is not ignored. */
export async function worktreeFiles(repository: string): Promise<string[]> {
    const list = await git(repository, "ls-files", "-z", "--cached", "--others", "--exclude-standard");
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
