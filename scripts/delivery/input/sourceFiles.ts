import * as fs from "node:fs";
import * as path from "node:path";
import { inputErrors, messageOf } from "../errors";
import type { ToolTerms } from "../terms";
import { visible } from "../report/text";

/** More than any migrations need; a larger number is a mistake or an attack. */
const mostFiles = 50_000;
/** A migration tool may hold several copies of its source in memory. */
const mostMegabytes = 64;
const megabyte = 1_000_000;
/** Files that are read whole: by the migration tool, by the linter or by this program. */
const readWhole = /\.(sql|xml|ya?ml|json|properties)$/i;
const shownProblems = 20;
/** Of a path, which may have 4,096 bytes: more than a reader needs. */
const shownCharacters = 200;
/**
 * Control characters, and the replacement for bytes that are not UTF-8: the history of a tool and its names of files
 * are text.
 */
const unusable = /[\p{Cc}\ufffd]/u;

/**
 * A migrations directory may be a link, or be reached through one, as long as it stays within the source, since commits
 * are reviewed. A link out of the source would read files of the machine. A missing directory is reported by the code
 * that needs it.
 */
export function refuseLinkOutside(source: string, directory: string): void {
    const target = targetOf(directory);
    const root = fs.realpathSync(source);
    if (target !== undefined && target !== root && !target.startsWith(root + path.sep)) {
        throw new inputErrors.MigrationsOutsideSource({ directory, target });
    }
}

/**
 * Checks every file of a migrations directory before any of them is opened, without following links: reading a FIFO
 * would never end, and a link can lead to any file of the machine. Throws one error that lists everything wrong.
 */
export function refuseSpecialFiles(directory: string, terms: Pick<ToolTerms, "nameInHistory">): void {
    const root = fs.realpathSync(directory);
    const problems: string[] = [];
    let files = 0;
    const waiting = [""];
    for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
        const entries = entriesOf(root, folder);
        if (isGits(folder)) {
            // A whole checkout is the migrations directory. No commit can put a file there, but an archive can.
            for (const entry of entries.found) {
                const name = path.join(folder, entry.name);
                if (entry.isDirectory()) waiting.push(name);
                // Git itself keeps sockets there, which cannot be opened as files.
                else if (!entry.isFile() && !entry.isSocket()) problems.push(...problemsOf(root, name, entry));
            }
            continue;
        }
        problems.push(...entries.problems, ...collisions(folder, entries.found, terms));
        for (const entry of entries.found) {
            const name = path.join(folder, entry.name);
            const naming = nameProblems(name, entry.name);
            problems.push(...naming);
            if (naming.length > 0) {
                // It may not be possible to open it under that name.
                files += 1;
            } else if (entry.isDirectory()) {
                waiting.push(name);
            } else {
                problems.push(...problemsOf(root, name, entry));
                files += 1;
            }
        }
        if (files > mostFiles) {
            problems.push(
                `more than ${mostFiles} files; allowed: ${mostFiles}. Keep other files out of this directory`,
            );
            break;
        }
    }
    if (problems.length > 0) {
        const hidden = problems.length - shownProblems;
        throw new inputErrors.FilesRefused({
            directory,
            problems: [...problems.slice(0, shownProblems), ...(hidden > 0 ? [`and ${hidden} more`] : [])],
        });
    }
}

/** Whether it is Git's own directory or inside it. */
function isGits(folder: string): boolean {
    return folder.split(path.sep).includes(".git");
}

function entriesOf(root: string, folder: string): { found: fs.Dirent[]; problems: string[] } {
    try {
        return { found: fs.readdirSync(path.join(root, folder), { withFileTypes: true }), problems: [] };
    } catch (error) {
        return { found: [], problems: [unreadable(folder || "the directory itself", error)] };
    }
}

function unreadable(name: string, error: unknown): string {
    const { code = messageOf(error) } = error as NodeJS.ErrnoException;
    const fix =
        code === "ENAMETOOLONG"
            ? "Its path is longer than the system allows: shorten it"
            : "Make it readable for the build's user";
    return `${shown(name)} cannot be read (${code}). ${fix}`;
}

function nameProblems(name: string, own: string): string[] {
    const [character] = unusable.exec(own) ?? [];
    if (character === undefined) {
        return [];
    }
    const what =
        character === "\ufffd"
            ? "bytes that are not UTF-8"
            : `the control character U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
    return [`${shown(name)} has ${what} in its name. Rename it`];
}

/**
 * On a case-insensitive file system a checkout has only one of them; and a tool may treat their changesets as the
 * same.
 */
function collisions(
    folder: string,
    entries: fs.Dirent[],
    { nameInHistory }: Pick<ToolTerms, "nameInHistory">,
): string[] {
    const known = new Map<string, string>();
    return entries
        .map(({ name }) => name)
        .filter((name) => readWhole.test(name))
        .sort()
        .flatMap((name) => {
            const key = name.normalize("NFC").toLowerCase();
            const other = known.get(key);
            known.set(key, other ?? name);
            const [one, two] = [other ?? "", name].map((each) => shown(path.join(folder, each)));
            return other === undefined
                ? []
                : [
                      `${one} and ${two} differ only in case. Rename one; if its changesets have already run, keep its old name as their ${nameInHistory}`,
                  ];
        });
}

function shown(name: string): string {
    const text = visible(name);
    return text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)}…`;
}

function problemsOf(root: string, name: string, entry: fs.Dirent): string[] {
    if (entry.isSymbolicLink()) {
        return linkProblems(root, name);
    }
    if (!entry.isFile()) {
        return [`${name} is ${kindOf(entry)}; only regular files and directories are allowed. Remove it`];
    }
    try {
        // The file may have been replaced meanwhile: O_NONBLOCK does not wait for a FIFO.
        fs.closeSync(fs.openSync(path.join(root, name), fs.constants.O_RDONLY | fs.constants.O_NONBLOCK));
        return sizeProblems(root, name);
    } catch (error) {
        return [unreadable(name, error)];
    }
}

function sizeProblems(root: string, name: string): string[] {
    const { size } = fs.lstatSync(path.join(root, name));
    return readWhole.test(name) && size > mostMegabytes * megabyte
        ? [
              `${name} has ${Math.ceil(size / megabyte)} MB; allowed: ${mostMegabytes}. Split it, or load the data with loadData from a file of another type`,
          ]
        : [];
}

/** A link to a file in the same directory is as good as the file. */
function linkProblems(root: string, name: string): string[] {
    const link = path.join(root, name);
    const to = `${name} is a symbolic link to ${fs.readlinkSync(link)}`;
    const target = targetOf(link);
    if (target === undefined) {
        return [`${to}, which does not exist. Put the file itself here`];
    }
    if (!target.startsWith(root + path.sep)) {
        return [`${to}, which is outside the migrations directory. Put the file itself here`];
    }
    // The target is in this directory, so it is checked itself, too.
    const found = fs.lstatSync(target);
    return found.isFile() ? [] : [`${to}, which is ${kindOf(found)}; a link may only point to a regular file`];
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
    return entry.isDirectory() ? "a directory" : "not a regular file";
}
