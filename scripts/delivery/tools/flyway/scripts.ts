import * as fs from "node:fs";
import * as path from "node:path";
import { entriesBelow, readable } from "../../files";
import type { SourceChangeset, SourceRollback, Sources } from "../sources";
import type { FlywaySettings } from "./settings";

/** The parts of a script's name that settings can change. */
interface Naming {
    versioned: string;
    repeatable: string;
    baseline: string;
    undo: string;
    separator: string;
    suffixes: string[];
}

/** A file with a name by which Flyway, or this program, takes it for a script. */
export interface Script {
    kind: "versioned" | "repeatable" | "baseline" | "undo";
    /** The version; of a repeatable script, and of what undoes one, the description. */
    id: string;
    /** As Flyway's history names it: relative to its location. */
    file: string;
    /** Relative to the migrations directory. */
    path: string;
}

/** A file of a location. */
interface Found {
    name: string;
    /** Relative to the migrations directory. */
    shown: string;
    full: string;
    script?: Pick<Script, "kind" | "id">;
}

/** Of the column of `flyway_schema_history`. */
const longestVersion = 50;

/** In names of changes: Flyway knows no authors. */
const author = "flyway";

const extensions = /\.(sh|bash|bat|cmd|ps1|py|exe|class|jar|java)$/i;
const callback =
    /^(before|after)(Clean|Migrate|Each|Repeatables|Versioned|Undo|Validate|Baseline|Repair|Info|CreateSchema|Connect)|^createSchema/;
/** Those that Flyway runs while it migrates, apart from the ones that a failure or a connection triggers. */
const runCallbacks =
    /^(beforeMigrate|beforeEachMigrate|beforeEachMigrateStatement|afterEachMigrateStatement|afterEachMigrate|beforeRepeatables|afterVersioned|afterMigrateApplied|afterMigrate)(__.*)?$/;
const changing = /\$\{flyway:(timestamp|user)\}/i;

export function namingOf({ values }: Pick<FlywaySettings, "values">): Naming {
    return {
        versioned: values.sqlMigrationPrefix ?? "V",
        repeatable: values.repeatableSqlMigrationPrefix ?? "R",
        baseline: values.baselineMigrationPrefix ?? "B",
        undo: values.undoSqlMigrationPrefix ?? "U",
        separator: values.sqlMigrationSeparator ?? "__",
        suffixes: (values.sqlMigrationSuffixes ?? ".sql").split(","),
    };
}

/** The scripts of a directory, and the files that cannot be delivered, each with the reason. */
export function readScripts(
    directory: string,
    locations: string[],
    naming: Naming,
): { scripts: Script[]; problems: string[] } {
    const [scripts, problems]: [Script[], string[]] = [[], []];
    for (const location of locations) {
        const root = path.join(directory, location);
        if (!fs.existsSync(root)) {
            problems.push(`${location}: the location is not there`);
            continue;
        }
        for (const entry of entriesBelow(root)) {
            const full = path.join(entry.parentPath, entry.name);
            const [file, shown] = [root, directory].map((from) => path.relative(from, full));
            const script = scriptOf(entry.name, naming);
            problems.push(...problemsOf({ name: entry.name, shown: shown!, full, script }, naming));
            if (script !== undefined) scripts.push({ ...script, file: file!, path: shown! });
        }
    }
    return { scripts, problems: [...problems, ...duplicates(scripts)] };
}

function problemsOf({ name, shown, full, script }: Found, naming: Naming): string[] {
    if (extensions.test(name) && mayBeRun(name, naming)) {
        return [`${shown}: a script that is not SQL runs code from the repository, which no approval shows; write SQL`];
    }
    const suffix = suffixOf(name, naming);
    const event = suffix !== undefined && callback.test(name) ? name.slice(0, -suffix.length) : undefined;
    if (event !== undefined && !runCallbacks.test(event)) {
        return [`${shown}: the pipeline runs the callbacks of a migration only, which this is not`];
    }
    if (script === undefined && event === undefined) {
        return [];
    }
    const found = changing.exec(readable(full, () => fs.readFileSync(full, "utf8")));
    return [
        ...(found === null
            ? []
            : [
                  `${shown}: ${found[0]} has another value in each build, so what is approved could not run; write ${found[1]!.toLowerCase() === "user" ? "current_user" : "the server's own function"}`,
              ]),
        ...(script !== undefined && versionOf(script).length > longestVersion
            ? [
                  `${shown}: its version has ${versionOf(script).length} characters; Flyway's history has room for ${longestVersion}`,
              ]
            : []),
    ];
}

/** Flyway runs programs too, under any name that begins like a script's or a callback's, whatever the settings say. */
function mayBeRun(name: string, { versioned, repeatable, baseline, undo }: Naming): boolean {
    const prefixes = ["V", "R", "B", "U", versioned, repeatable, baseline, undo];
    return prefixes.some((prefix) => name.startsWith(prefix)) || /^(before|after|create)/i.test(name);
}

function versionOf({ kind, id }: Pick<Script, "kind" | "id">): string {
    return kind === "versioned" || kind === "baseline" ? id : "";
}

function suffixOf(name: string, { suffixes }: Naming): string | undefined {
    return suffixes.find((one) => name.toLowerCase().endsWith(one.toLowerCase()));
}

function duplicates(scripts: Script[]): string[] {
    const seen = new Map<string, Script>();
    return scripts.flatMap((script) => {
        const key = `${script.kind} ${script.id}`;
        const other = seen.get(key);
        seen.set(key, script);
        return other === undefined ? [] : [`${script.path}: it has the same ${nameOf(script)} as ${other.path}`];
    });
}

function nameOf({ kind }: Script): string {
    return kind === "repeatable" ? "description" : "version";
}

function scriptOf(name: string, naming: Naming): Pick<Script, "kind" | "id"> | undefined {
    const suffix = suffixOf(name, naming);
    if (suffix === undefined) return undefined;
    const [stem, { separator }] = [name.slice(0, -suffix.length), naming];
    for (const kind of ["versioned", "repeatable", "baseline", "undo"] as const) {
        if (!stem.startsWith(naming[kind])) continue;
        const [version = "", ...rest] = stem.slice(naming[kind].length).split(separator);
        const description = rest.join(separator).replaceAll("_", " ");
        const hasVersion = /^\d+([._]\d+)*$/.test(version);
        if (kind === "repeatable" && version === "" && rest.length > 0) return { kind, id: description };
        if (kind === "undo" && version === "" && rest.length > 0) return { kind, id: `repeatable ${description}` };
        if (kind !== "repeatable" && hasVersion) return { kind, id: version.replaceAll("_", ".") };
    }
    return undefined;
}

/** In the order in which a new database would run them. */
export function sourcesOf(directory: string, scripts: Script[]): Sources {
    const undo = new Map(scripts.filter(({ kind }) => kind === "undo").map((script) => [script.id, script]));
    const read = (script: Script) =>
        readable(script.path, () => fs.readFileSync(path.join(directory, script.path), "utf8"));
    const changesets = scripts
        .filter(({ kind }) => kind !== "undo")
        .sort((one, other) =>
            isRepeatable(one) === isRepeatable(other) ? compare(one, other) : isRepeatable(one) ? 1 : -1,
        )
        .map((script): SourceChangeset => {
            const text = read(script);
            const undoing = undo.get(isRepeatable(script) ? `repeatable ${script.id}` : script.id);
            const undoText = undoing === undefined ? undefined : read(undoing);
            return {
                ...{ id: script.id, author, file: script.file, path: script.path, line: 1 },
                ...{ repeatable: isRepeatable(script), mayBeEdited: isRepeatable(script), runInTransaction: true },
                rollback: undoText === undefined ? { kind: "absent" } : rollbackOf(undoText),
                sql: [{ text, line: 1 }],
                change: text.trim(),
                written: JSON.stringify([text.trim(), undoText?.trim()]),
                onlySql: true,
                remarks: remarksIn(text),
            };
        });
    return { changesets, unread: [], refused: [] };
}

function isRepeatable({ kind }: Script): boolean {
    return kind === "repeatable";
}

/** Versions by their numbers, descriptions as texts. */
function compare(one: Script, other: Script): number {
    if (isRepeatable(one)) return one.id < other.id ? -1 : 1;
    const [left, right] = [one, other].map(({ id }) => id.split(".").map(BigInt));
    for (let index = 0; index < Math.max(left!.length, right!.length); index++) {
        const [a, b] = [left![index] ?? 0n, right![index] ?? 0n];
        if (a !== b) return a < b ? -1 : 1;
    }
    return 0;
}

const notRequired = /^\s*not required:\s*(\S.*)$/im;

function rollbackOf(text: string): SourceRollback {
    const remarks = remarksIn(text);
    const statements = text.split("\n").filter((line) => line.trim() !== "" && !line.trim().startsWith("--"));
    if (statements.length > 0) return { kind: "written" };
    const reason = remarks.map((remark) => notRequired.exec(remark.text)?.[1]).find((found) => found !== undefined);
    return { kind: "empty", reason };
}

/** Comments on lines of their own. */
function remarksIn(text: string): SourceChangeset["remarks"] {
    return text.split("\n").flatMap((content, index) => {
        const remark = /^\s*--\s?(.*)$/.exec(content);
        return remark ? [{ text: remark[1]!.trimEnd(), line: index + 1 }] : [];
    });
}
