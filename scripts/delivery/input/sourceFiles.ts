import * as fs from "node:fs";
import * as path from "node:path";
import { InputError } from "../errors";

/** More than any changelog needs; what has more is a mistake or an attack. */
const mostFiles = 50_000;
/** Liquibase holds a changelog in memory several times. */
const mostMegabytes = 64;
const megabyte = 1_000_000;
/** Files that are read as a whole: by Liquibase, by the linter or by this program. */
const readWhole = /\.(sql|xml|ya?ml|json|properties)$/i;
const shownProblems = 20;

/**
 * Looks at every file of a migrations directory before anything opens one, and follows no link: a FIFO would never end,
 * a link can lead to any file of the machine. Throws one error that names all that is wrong.
 */
export function refuseSpecialFiles(directory: string): void {
    const root = fs.realpathSync(directory);
    const problems: string[] = [];
    let files = 0;
    const waiting = [""];
    for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
        for (const entry of entriesOf(path.join(root, folder))) {
            const name = path.join(folder, entry.name);
            if (entry.isDirectory()) {
                // Git's own, where a whole checkout is the migrations directory: no commit can put a file there.
                waiting.push(...(entry.name === ".git" ? [] : [name]));
            } else {
                problems.push(...problemsOf(root, name, entry));
                files += 1;
            }
        }
        if (files > mostFiles) {
            problems.push(
                `more than ${mostFiles} files; allowed: ${mostFiles}. Keep what is no migration out of this directory`,
            );
            break;
        }
    }
    if (problems.length > 0) {
        const hidden = problems.length - shownProblems;
        throw new InputError(
            [
                `${directory}: these files cannot be migrations:`,
                ...problems.slice(0, shownProblems).map((problem) => `  - ${problem}`),
                ...(hidden > 0 ? [`  - and ${hidden} more`] : []),
            ].join("\n"),
        );
    }
}

/** What cannot be read is said by whoever needs it. */
function entriesOf(directory: string): fs.Dirent[] {
    try {
        return fs.readdirSync(directory, { withFileTypes: true });
    } catch {
        return [];
    }
}

function problemsOf(root: string, name: string, entry: fs.Dirent): string[] {
    if (entry.isSymbolicLink()) {
        return linkProblems(root, name);
    }
    if (!entry.isFile()) {
        return [`${name} is ${kindOf(entry)}; only regular files and directories are allowed. Remove it`];
    }
    return sizeProblems(root, name);
}

function sizeProblems(root: string, name: string): string[] {
    const { size } = fs.lstatSync(path.join(root, name));
    return readWhole.test(name) && size > mostMegabytes * megabyte
        ? [
              `${name} has ${Math.ceil(size / megabyte)} MB; allowed: ${mostMegabytes}. Split it, or load data with loadData from a file of another kind`,
          ]
        : [];
}

/** A link to a file in the same directory is as good as the file. */
function linkProblems(root: string, name: string): string[] {
    const link = path.join(root, name);
    const to = `${name} is a symbolic link to ${fs.readlinkSync(link)}`;
    const target = targetOf(link);
    if (target === undefined) {
        return [`${to}, which is not there. Put the file itself here`];
    }
    if (!target.startsWith(root + path.sep)) {
        return [`${to}, which leads out of the migrations directory. Put the file itself here`];
    }
    // Of the target: it lies in this directory, so it is looked at as itself, too.
    const found = fs.lstatSync(target);
    return found.isFile() ? [] : [`${to}, which is ${kindOf(found)}; a link may lead to a regular file only`];
}

function targetOf(link: string): string | undefined {
    try {
        return fs.realpathSync(link);
    } catch {
        return undefined;
    }
}

type Kind = Pick<fs.Stats, "isDirectory" | "isFIFO" | "isSocket" | "isBlockDevice" | "isCharacterDevice">;

function kindOf(entry: Kind): string {
    if (entry.isFIFO()) {
        return "a FIFO";
    }
    if (entry.isSocket()) {
        return "a socket";
    }
    if (entry.isBlockDevice() || entry.isCharacterDevice()) {
        return "a device";
    }
    return entry.isDirectory() ? "a directory" : "no regular file";
}
