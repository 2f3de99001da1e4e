import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { options as buildOptions } from "../../components/options";
import type { SourceChangeset } from "../delivery/tools/sources";
import { toolNamed } from "../delivery/tools/registry";
import { readMigrations } from "../delivery/input/migrations";
import { messageOf } from "../local/errors";
import { scaffoldErrors } from "./errors";

/** What a new migration is made from. */
export interface NewMigration {
    /** What it does, in words: `add orders table`. */
    description: string;
    /** The migrations directory. */
    migrations: string;
    /** Default: `user.name` of Git, else the name of the user of this machine. */
    author?: string;
    /** Folder of the migrations directory that it goes into. Default: that of the newest numbered changelog. */
    folder?: string;
    /** For names that begin with a time. */
    now?: Date;
}

/** Longest name of a file; `id` in the database takes 255 characters. */
const longestSlug = 100;
const defaultFolder = "changesets";
const defaultDigits = 3;
/** `20261129` and longer is a time, not a number. */
const shortestTime = 8;

/**
 * Writes the next changelog file, in formatted SQL, and returns its path. The file is one that the changelog includes, as
 * the last of its folder: where that does not hold, nothing is written.
 */
export function newMigration(options: NewMigration): string {
    const { migrations, description } = options;
    const slug = slugOf(description).slice(0, longestSlug).replace(/-$/, "");
    if (slug === "") {
        throw new scaffoldErrors.DescriptionEmpty({ description: JSON.stringify(description) });
    }
    const { project } = readMigrations(migrations, toolNamed(buildOptions.tool.default));
    const read = () => project.sources().changesets;
    const before = read();
    const folder = path.posix.normalize(toPosix(options.folder ?? folderOf(before) ?? defaultFolder));
    if (path.isAbsolute(folder) || folder.split("/")[0] === "..") {
        throw new scaffoldErrors.FolderOutside({ folder, migrations, example: defaultFolder });
    }
    const name = `${nextPrefix(namesIn(path.join(migrations, folder)), options.now ?? new Date())}-${slug}`;
    const file = path.join(migrations, folder, `${name}.sql`);
    const directory = write(
        file,
        template(slugOf(options.author ?? defaultAuthor()) || "author", name, description.trim()),
    );
    const misplacement = misplaced(path.posix.join(folder, `${name}.sql`), before, read());
    if (misplacement !== undefined) {
        fs.rmSync(directory ?? file, { recursive: true });
        throw new scaffoldErrors.MigrationMisplaced({ file, ...misplacement });
    }
    return file;
}

/** Lower-case words of ASCII between hyphens. */
function slugOf(text: string): string {
    return text
        .normalize("NFKD")
        .replace(/\p{M}/gu, "")
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-|-$/g, "");
}

/** The folder of the last changelog file whose name begins with a number. */
function folderOf(changesets: SourceChangeset[]): string | undefined {
    const numbered = changesets.filter(({ path: file }) => /^\d+/.test(path.posix.basename(file)));
    const last = numbered.at(-1);
    return last && path.posix.dirname(last.path);
}

function namesIn(folder: string): string[] {
    return fs.existsSync(folder) ? fs.readdirSync(folder) : [];
}

/** The next number in as many digits, or, where names begin with a time, the time as they write it. */
export function nextPrefix(names: string[], now: Date): string {
    const prefixes = names.flatMap((name) => /^\d+/.exec(name)?.[0] ?? []);
    const longest = Math.max(0, ...prefixes.map(({ length }) => length));
    if (longest >= shortestTime) {
        const time = now.toISOString().replace(/\D/g, "").slice(0, longest);
        const newest = prefixes.sort().at(-1) ?? "";
        return time > newest ? time : String(BigInt(newest) + 1n).padStart(longest, "0");
    }
    const next = Math.max(0, ...prefixes.map(Number)) + 1;
    return String(next).padStart(longest || defaultDigits, "0");
}

function defaultAuthor(): string {
    try {
        return execFileSync("git", ["config", "user.name"], { encoding: "utf8" });
    } catch {
        return os.userInfo().username;
    }
}

/** What is to be replaced is no SQL: left as it is, the file fails `npm run check` instead of doing nothing. */
function template(author: string, id: string, description: string): string {
    return [
        "--liquibase formatted sql",
        "",
        `--changeset ${author}:${id}`,
        `--comment: ${description.replaceAll(/\s+/g, " ")}`,
        "<write the SQL here>;",
        "--rollback <write the SQL that undoes it here>;",
        "",
    ].join("\n");
}

/** Returns the first directory that had to be made for it. */
function write(file: string, content: string): string | undefined {
    try {
        const made = fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, content, { flag: "wx" });
        return made;
    } catch (error) {
        throw new scaffoldErrors.MigrationNotWritten({ file, reason: messageOf(error) });
    }
}

/** Why a new file would not run after the others of its folder; undefined if it would. */
function misplaced(
    file: string,
    before: SourceChangeset[],
    after: SourceChangeset[],
): { problem: string; fix: string } | undefined {
    const folder = path.posix.dirname(file);
    const last = after.filter(({ path: other }) => path.posix.dirname(other) === folder).at(-1);
    if (!after.some(({ path: other }) => other === file)) {
        const folders = [...new Set(before.map(({ path: other }) => path.posix.dirname(other)))];
        const known = folders.length > 0 ? ` (${folders.join(", ")})` : "";
        return {
            problem: `the changelog does not include ${folder}`,
            fix: `Name a folder that it includes with --folder${known}, or include this one with includeAll.`,
        };
    }
    return last?.path === file
        ? undefined
        : {
              problem: `it would run before ${last?.path}`,
              fix: "Rename that file so that it begins with a number, or name another folder with --folder.",
          };
}

function toPosix(folder: string): string {
    return folder.split(path.sep).join("/");
}
