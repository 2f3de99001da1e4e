import * as fs from "node:fs";
import * as path from "node:path";
import { messageOf } from "../../errors";
import { BoundsError, mostIncludes } from "./bounds";
import { entriesBelow } from "../../input/walk";
import { IncludeAllOptions, SourceChangeset, SourceEntry } from "./changeset";
import { isFormattedSql, readFormattedSql } from "./formattedSql";
import { readStructured } from "./structured";
import { readXml } from "./xml";
import { readYaml } from "./yaml";

/** A changelog with all that it includes. */
export interface SourceChangelog {
    /** In the order in which a new database would run them. */
    changesets: SourceChangeset[];
    /** Files that could not be read: missing, in a jar, or in a form that only Liquibase knows. */
    unread: { file: string; reason: string }[];
    /** Files that nobody should read on, and why: without end, or a bomb. */
    refused: { file: string; reason: string }[];
}

interface Walk extends SourceChangelog {
    directory: string;
    parameters: Record<string, string>;
    /** Files that are being read, to end a circle. */
    open: Set<string>;
    /** How often a file was read, and what was in each: one that many others include is read once. */
    files: number;
    entries: Map<string, SourceEntry[]>;
    /** Without SQL: only for what includes what. */
    structureOnly: boolean;
}

/**
 * Reads a changelog and what it includes. It never throws: Liquibase has the last word on what is valid, and what
 * cannot be read here is said in `unread`.
 */
export function readChangelog(
    directory: string,
    changelogFile: string,
    parameters: Record<string, string> = {},
    { structureOnly = false } = {},
): SourceChangelog {
    const found: SourceChangelog = { changesets: [], unread: [], refused: [] };
    const walk: Walk = {
        directory,
        parameters,
        ...found,
        open: new Set(),
        files: 0,
        entries: new Map(),
        structureOnly,
    };
    readFile(normalPath(changelogFile), undefined, walk);
    return { ...found, changesets: inRunOrder(found.changesets) };
}

/** How Liquibase writes a path, so that one file has one name. */
function normalPath(file: string): string {
    return path.posix.normalize(
        file
            .replace(/^classpath:/, "")
            .replaceAll("\\", "/")
            .replace(/^\/+/, ""),
    );
}

function readFile(file: string, logicalFilePath: string | undefined, walk: Walk): void {
    if (walk.open.has(file)) {
        const circle = [...walk.open].slice([...walk.open].indexOf(file));
        walk.refused.push({ file, reason: `it includes itself: ${[...circle, file].join(" → ")}` });
        return;
    }
    walk.files += 1;
    if (walk.files > mostIncludes) {
        if (walk.files === mostIncludes + 1) {
            walk.refused.push({ file, reason: `it is beyond the ${mostIncludes} files that a changelog may include` });
        }
        return;
    }
    walk.open.add(file);
    const entries = walk.entries.get(file) ?? entriesOf(file, walk);
    walk.entries.set(file, entries);
    for (const entry of entries) {
        if (entry.kind === "changeset") {
            const inherited = logicalFilePath !== undefined && entry.changeset.file === file;
            const known = inherited ? logicalFilePath : entry.changeset.file;
            walk.changesets.push({ ...entry.changeset, file: normalPath(known) });
        } else if (entry.kind === "include") {
            readFile(target(file, entry.file, entry.relative, walk), entry.logicalFilePath ?? logicalFilePath, walk);
        } else {
            includeAll(file, entry, logicalFilePath, walk);
        }
    }
    walk.open.delete(file);
}

function entriesOf(file: string, walk: Walk): SourceEntry[] {
    const extension = path.extname(file).toLowerCase();
    if (isOutside(file)) {
        walk.unread.push({ file, reason: "it is outside the migrations directory" });
        return [];
    }
    if (walk.structureOnly && extension === ".sql") {
        return [];
    }
    try {
        const source = fs.readFileSync(path.join(walk.directory, file), "utf8").replace(/^\ufeff/, "");
        if (extension === ".sql") {
            return formattedSqlEntries(file, source, walk);
        }
        const readSql = (name: string, relative: boolean) => readText(target(file, name, relative, walk), walk);
        if (extension === ".xml") {
            return readStructured(file, readXml(source), readSql);
        }
        if ([".yaml", ".yml", ".json"].includes(extension)) {
            return readStructured(file, readYaml(source), readSql);
        }
        walk.unread.push({
            file,
            reason: `the linter does not know the format ${extension || "of a file without extension"}`,
        });
    } catch (error) {
        if (error instanceof BoundsError) {
            walk.refused.push({ file, reason: error.message });
        }
        const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
        walk.unread.push({ file, reason: missing ? "it is not in the migrations directory" : messageOf(error) });
    }
    return [];
}

/** Of a normal path. */
function isOutside(file: string): boolean {
    return file === ".." || file.startsWith("../");
}

function formattedSqlEntries(file: string, source: string, walk: Walk): SourceEntry[] {
    if (isFormattedSql(source)) {
        return readFormattedSql(file, source).map((changeset) => ({ kind: "changeset", changeset }));
    }
    if (source.trim() !== "") {
        walk.unread.push({ file, reason: "it does not begin with `--liquibase formatted sql`" });
    }
    return [];
}

function readText(file: string, walk: Walk): string | undefined {
    if (isOutside(file) || walk.structureOnly) {
        return undefined;
    }
    const full = path.join(walk.directory, file);
    return fs.existsSync(full) ? fs.readFileSync(full, "utf8") : undefined;
}

function target(from: string, given: string, relative: boolean, { parameters }: Walk): string {
    const file = given.replace(/\$\{([^}]+)\}/g, (whole, name: string) => parameters[name.trim()] ?? whole);
    return normalPath(relative ? path.posix.join(path.posix.dirname(from), file) : file);
}

type IncludeAll = Extract<SourceEntry, { kind: "includeAll" }>;

function includeAll(from: string, entry: IncludeAll, logicalFilePath: string | undefined, walk: Walk): void {
    const { options } = entry;
    const folder = target(from, entry.path, entry.relative, walk);
    if (options.javaClass !== undefined) {
        walk.unread.push({ file: folder, reason: `${options.javaClass} chooses or sorts its files` });
        return;
    }
    for (const file of filesBelow(folder, options, walk)) {
        // As Liquibase does: a file of another kind beside the changelogs is none.
        if (/\.(sql|xml|ya?ml|json)$/i.test(file)) {
            readFile(file, options.logicalFilePath ?? logicalFilePath, walk);
        }
    }
}

function filesBelow(folder: string, { minDepth, maxDepth, endsWith }: IncludeAllOptions, walk: Walk): string[] {
    const root = path.join(walk.directory, folder);
    if (isOutside(folder)) {
        walk.unread.push({ file: folder, reason: "it is outside the migrations directory" });
        return [];
    }
    if (!fs.existsSync(root)) {
        walk.unread.push({ file: folder, reason: "it is not in the migrations directory" });
        return [];
    }
    return (
        entriesBelow(root)
            .filter((entry) => entry.isFile())
            .map((entry) => normalPath(path.relative(walk.directory, path.join(entry.parentPath, entry.name))))
            .filter((file) => {
                const depth = path.posix.relative(folder, file).split("/").length;
                return depth >= minDepth && depth <= maxDepth && file.endsWith(endsWith.trim());
            })
            // By code units, as Java compares strings: never by a language's alphabet.
            .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    );
}

function inRunOrder(changesets: SourceChangeset[]): SourceChangeset[] {
    const when = (order: string | undefined) => changesets.filter(({ runOrder }) => runOrder?.toLowerCase() === order);
    const [first, last] = [when("first"), when("last")];
    return first.length + last.length === 0
        ? changesets
        : [...first, ...changesets.filter((one) => !first.includes(one) && !last.includes(one)), ...last];
}
