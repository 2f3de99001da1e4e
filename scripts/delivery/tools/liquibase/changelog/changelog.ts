import * as fs from "node:fs";
import * as path from "node:path";
import { messageOf } from "../../../errors";
import { BoundsError, mostIncludes } from "./bounds";
import { entriesBelow } from "../../../files";
import type { ChangelogSources, IncludeAllOptions, SourceEntry, WrittenChangeset } from "./changeset";
import { isFormattedSql, readFormattedSql } from "./formattedSql";
import type { Node } from "./node";
import { noChangeset, orderIssues } from "./sourceIssues";
import { type Files, readStructured } from "./structured";
import { declaredParameters, structuredIssues } from "./structuredIssues";
import { readXml } from "./xml";
import { readYaml } from "./yaml";

interface Walk extends Required<ChangelogSources> {
    directory: string;
    values: Record<string, string>;
    /** Files that are being read, to detect cycles. */
    open: Set<string>;
    /** The number of reads, and the contents of each file: a file that many others include is parsed once. */
    files: number;
    entries: Map<string, SourceEntry[]>;
    root: string;
    /** Skips the SQL: only the include structure is needed. */
    structureOnly: boolean;
}

/**
 * Reads a changelog and what it includes. Never throws: Liquibase decides what is valid, and what cannot be read here
 * is listed in `unread`.
 */
export function readChangelog(
    directory: string,
    changelogFile: string,
    parameters: Record<string, string> = {},
    { structureOnly = false } = {},
): ChangelogSources {
    const found: Required<ChangelogSources> = {
        changesets: [],
        unread: [],
        refused: [],
        issues: [],
        parameters: [],
    };
    found.parameters.push(...Object.keys(parameters));
    const walk: Walk = {
        directory,
        values: parameters,
        root: normalPath(changelogFile),
        ...found,
        open: new Set(),
        files: 0,
        entries: new Map(),
        structureOnly,
    };
    readFile(normalPath(changelogFile), undefined, walk);
    return { ...found, changesets: inRunOrder(found.changesets) };
}

/** A path as Liquibase normalizes it, so that each file has one name. */
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
            walk.refused.push({ file, reason: `it exceeds the ${mostIncludes} files that a changelog may include` });
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
            const included = target(file, entry.file, entry.relative, walk);
            if (entry.mayBeMissing && isNowhere(included, walk)) continue;
            readFile(included, entry.logicalFilePath ?? logicalFilePath, walk);
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
        const locate = (name: string, relative: boolean) => target(file, name, relative, walk);
        const files: Files = { locate, read: (name, relative) => readText(locate(name, relative), walk) };
        if (extension === ".xml") {
            return structuredEntries(file, readXml(source), files, walk);
        }
        if ([".yaml", ".yml", ".json"].includes(extension)) {
            return structuredEntries(file, readYaml(source), files, walk);
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

/** Expects a normalized path. */
function isOutside(file: string): boolean {
    return file === ".." || file.startsWith("../");
}

function formattedSqlEntries(file: string, source: string, walk: Walk): SourceEntry[] {
    if (isFormattedSql(source)) {
        const { changesets, issues, parameters } = readFormattedSql(file, source);
        walk.issues.push(
            ...issues
                .filter(({ rule }) => rule !== "no-changeset" || file !== walk.root)
                .map((one) => ({ ...one, file })),
        );
        walk.parameters.push(...parameters);
        return changesets.map((changeset) => ({ kind: "changeset", changeset }));
    }
    if (source.trim() !== "") {
        walk.unread.push({ file, reason: "it does not begin with `--liquibase formatted sql`" });
    } else if (file !== walk.root) {
        walk.issues.push({ ...noChangeset(), file });
    }
    return [];
}

function structuredEntries(file: string, root: Node, files: Files, walk: Walk): SourceEntry[] {
    const entries = readStructured(file, root, files);
    if (!walk.structureOnly) {
        walk.issues.push(...structuredIssues(root, file === walk.root).map((one) => ({ ...one, file })));
        walk.parameters.push(...declaredParameters(root));
    }
    return entries;
}

function readText(file: string, walk: Walk): string | undefined {
    if (isOutside(file) || walk.structureOnly) {
        return undefined;
    }
    const full = path.join(walk.directory, file);
    return fs.existsSync(full) ? fs.readFileSync(full, "utf8") : undefined;
}

function target(from: string, given: string, relative: boolean, { values }: Walk): string {
    const file = given.replace(/\$\{([^}]+)\}/g, (whole, name: string) => values[name.trim()] ?? whole);
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
    const files = filesBelow(folder, options, walk);
    if (!walk.structureOnly) {
        walk.issues.push(...orderIssues(files, entry.line).map((one) => ({ ...one, file: from })));
    }
    for (const file of files) {
        // Like Liquibase, ignores other kinds of files beside the changelogs.
        if (/\.(sql|xml|ya?ml|json)$/i.test(file)) {
            readFile(file, options.logicalFilePath ?? logicalFilePath, walk);
        }
    }
}

/** Whether neither the directory has it, nor a jar may have it. */
function isNowhere(file: string, { directory }: Walk): boolean {
    return !fs.existsSync(path.join(directory, file)) && !fs.existsSync(path.join(directory, "lib"));
}

function filesBelow(
    folder: string,
    { minDepth, maxDepth, endsWith, mayBeMissing }: IncludeAllOptions,
    walk: Walk,
): string[] {
    const root = path.join(walk.directory, folder);
    if (isOutside(folder)) {
        walk.unread.push({ file: folder, reason: "it is outside the migrations directory" });
        return [];
    }
    if (mayBeMissing && isNowhere(folder, walk)) {
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
            // By code units, as Java compares strings, never by locale.
            .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    );
}

function inRunOrder(changesets: WrittenChangeset[]): WrittenChangeset[] {
    const when = (order: string | undefined) => changesets.filter(({ runOrder }) => runOrder?.toLowerCase() === order);
    const [first, last] = [when("first"), when("last")];
    return first.length + last.length === 0
        ? changesets
        : [...first, ...changesets.filter((one) => !first.includes(one) && !last.includes(one)), ...last];
}
