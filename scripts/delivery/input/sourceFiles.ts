import * as fs from "node:fs";
import * as path from "node:path";
import { InputError, messageOf } from "../errors";
import { visible } from "../report/text";

/** More than any changelog needs; what has more is a mistake or an attack. */
const mostFiles = 50_000;
/** Liquibase holds a changelog in memory several times. */
const mostMegabytes = 64;
const megabyte = 1_000_000;
/** Files that are read as a whole: by Liquibase, by the linter or by this program. */
const readWhole = /\.(sql|xml|ya?ml|json|properties)$/i;
const shownProblems = 20;
/** Of a path: one of 4,096 bytes is more than a reader needs. */
const shownCharacters = 200;
/** Control characters, and what stands for bytes that are not UTF-8: Liquibase's history and its resource names are text. */
const unusable = /[\p{Cc}\ufffd]/u;

/**
 * A migrations directory may be a link, or lie behind one, within the source: what a commit holds is reviewed. A link that leads out
 * of it reads files of the machine. One that does not exist is reported by whoever needs it.
 */
export function refuseLinkOutside(source: string, directory: string): void {
    const target = targetOf(directory);
    const root = fs.realpathSync(source);
    if (target !== undefined && target !== root && !target.startsWith(root + path.sep)) {
        throw new InputError(
            `The migrations directory ${directory} is a symbolic link, or behind one, that leads out of the source, to ${target}. Put the directory itself into the source, or link to one that is in it.`,
        );
    }
}

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
        const entries = entriesOf(root, folder);
        problems.push(...entries.problems, ...collisions(folder, entries.found));
        for (const entry of entries.found) {
            const name = path.join(folder, entry.name);
            const naming = nameProblems(name, entry.name);
            problems.push(...naming);
            if (naming.length > 0) {
                // Not to be opened by that name, perhaps.
                files += 1;
            } else if (entry.isDirectory()) {
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
            : "Make it readable for the user of the build";
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

/** Where a file system ignores case, a checkout has only one of them; and Liquibase takes their changesets for the same. */
function collisions(folder: string, entries: fs.Dirent[]): string[] {
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
                      `${one} and ${two} differ only in case. Rename one; where its changesets ran already, keep its old name as their logicalFilePath`,
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
        // It opens whatever is there by now: a FIFO in place of the file is not waited for.
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
