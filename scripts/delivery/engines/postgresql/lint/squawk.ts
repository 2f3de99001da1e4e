import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { keyOf } from "../../../changesets";
import { InternalError } from "../../../errors";
import { postgresErrors } from "../ownErrors";
import type { LintedSql, Levels } from "../../linter";
import { type SquawkRule, squawkRuleNames } from "./squawkRules";
import { asOneText } from "./text";

/** A finding of squawk, with its position in the changeset's text. */
export interface SquawkFinding {
    rule: SquawkRule;
    /** Character offset in the text of `asOneText`. */
    position: number;
    message: string;
}

export interface SquawkOptions {
    /** Path of the binary. */
    binary: string;
    levels: Levels;
    /** Major version of the server, `17`. Squawk's default is the newest that it knows. */
    postgresVersion?: string;
}

/** One entry of squawk's JSON: lines and columns count from 0, columns in bytes. */
interface Reported {
    file: string;
    line: number;
    column: number;
    message: string;
    rule_name: string;
}

/** Files per command line: one process is enough for most plans. */
const filesPerProcess = 1000;

/** Not every unpacking tool restores file modes. Where that fails, so does the linter, and says why. */
export function makeExecutable(binary: string): void {
    try {
        fs.accessSync(binary, fs.constants.X_OK);
    } catch {
        try {
            fs.chmodSync(binary, 0o755);
        } catch {
            // It is missing, or another user's.
        }
    }
}

/** Runs squawk over each changeset's SQL as it will run; the result is by `keyOf` the changeset. */
export async function runSquawk(
    changesets: LintedSql[],
    options: SquawkOptions,
): Promise<Map<string, SquawkFinding[]>> {
    const judged = changesets.filter(({ sql }) => sql.length > 0);
    const findings = new Map<string, SquawkFinding[]>();
    const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "lint-"));
    try {
        for (const inTransaction of [true, false]) {
            const alike = judged.filter(({ runInTransaction }) => runInTransaction === inTransaction);
            for (let from = 0; from < alike.length; from += filesPerProcess) {
                const chunk = alike.slice(from, from + filesPerProcess);
                for (const [key, found] of await judgeApart(chunk, inTransaction, scratch, options)) {
                    findings.set(key, found);
                }
            }
        }
    } finally {
        fs.rmSync(scratch, { recursive: true, force: true });
    }
    return findings;
}

/** One changeset's SQL can crash the process for all: bisects until the offending changeset is found. */
async function judgeApart(
    changesets: LintedSql[],
    inTransaction: boolean,
    scratch: string,
    options: SquawkOptions,
): Promise<Map<string, SquawkFinding[]>> {
    try {
        return await judge(changesets, inTransaction, scratch, options);
    } catch (error) {
        if (!(error instanceof SquawkFailure)) {
            throw error;
        }
        const [changeset, ...others] = changesets;
        if (changeset && others.length === 0) {
            return new Map([[keyOf(changeset), [unreadable(changeset, error)]]]);
        }
        const middle = Math.ceil(changesets.length / 2);
        const first = await judgeApart(changesets.slice(0, middle), inTransaction, scratch, options);
        return new Map([...first, ...(await judgeApart(changesets.slice(middle), inTransaction, scratch, options))]);
    }
}

/**
 * SQL that squawk cannot process is a finding, like a syntax error; any other failure of Squawk cannot be fixed in the
 * SQL and is thrown.
 */
function unreadable(changeset: LintedSql, failure: SquawkFailure): SquawkFinding {
    if (!failure.tooDeep) {
        throw new postgresErrors.SquawkFailed({ changeset: keyOf(changeset), how: failure.how, output: failure.said });
    }
    return {
        rule: "syntax-error",
        message: "squawk cannot parse all of it: it is nested too deeply (parentheses, operators, subqueries).",
        position: 0,
    };
}

async function judge(
    changesets: LintedSql[],
    inTransaction: boolean,
    scratch: string,
    options: SquawkOptions,
): Promise<Map<string, SquawkFinding[]>> {
    const texts = new Map(changesets.map((changeset, index) => [`${index}.sql`, described(changeset)]));
    // In parallel: each file is small, and the disk is the bottleneck.
    const written = [...texts].map(([file, { text }]) =>
        fs.promises.writeFile(path.join(scratch, file), withoutIgnores(text)),
    );
    await Promise.all(written);
    // An empty configuration: otherwise squawk would search every parent directory for one.
    fs.writeFileSync(path.join(scratch, "squawk.toml"), "");
    const reported = await run(argumentsFor(inTransaction, options, [...texts.keys()]), scratch, options.binary);
    const findings = new Map<string, SquawkFinding[]>(changesets.map((changeset) => [keyOf(changeset), []]));
    for (const { file, line, column, message, rule_name: rule } of reported) {
        const judged = texts.get(path.basename(file));
        if (judged && isKnown(rule)) {
            findings.get(keyOf(judged.changeset))?.push({ rule, message, position: judged.positionOf(line, column) });
        }
    }
    return findings;
}

function described(changeset: LintedSql) {
    const text = asOneText(changeset.sql);
    let positions: ReturnType<typeof positionsIn> | undefined;
    const positionOf = (line: number, column: number) => (positions ??= positionsIn(text))(line, column);
    return { changeset, text, positionOf };
}

function argumentsFor(inTransaction: boolean, { levels, postgresVersion }: SquawkOptions, files: string[]): string[] {
    // `syntax-error` cannot be named as a rule of squawk.
    const named = squawkRuleNames.filter((rule) => rule !== "syntax-error");
    const listed = (rules: string[]) => rules.join(",");
    const on = listed(named.filter((rule) => levels[rule] !== "off"));
    const excluded = listed(named.filter((rule) => levels[rule] === "off"));
    return [
        "--config=squawk.toml",
        "--reporter=json",
        inTransaction ? "--assume-in-transaction" : "--no-assume-in-transaction",
        ...(postgresVersion === undefined ? [] : [`--pg-version=${postgresVersion}`]),
        ...(on === "" ? [] : [`--include=${on}`]),
        ...(excluded === "" ? [] : [`--exclude=${excluded}`]),
        ...files,
    ];
}

function run(args: string[], directory: string, binary: string): Promise<Reported[]> {
    return new Promise((resolve, reject) => {
        const child = spawn(binary, args, { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
        const output: Buffer[] = [];
        const errors: Buffer[] = [];
        child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
        child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
        child.on("error", (error: NodeJS.ErrnoException) =>
            reject(new postgresErrors.SquawkMissing({ file: binary, reason: error.message })),
        );
        child.on("close", (code, signal) => {
            const text = Buffer.concat(output).toString("utf8");
            // Exit code 1 means that there are findings.
            const reported = code === 0 || code === 1 ? parse(text) : undefined;
            if (reported) {
                resolve(reported);
            } else {
                const said = Buffer.concat(errors).toString("utf8").trim();
                reject(new SquawkFailure(signal ?? `exit code ${code}`, said || text));
            }
        });
    });
}

/** Squawk started, and ended without a report. */
class SquawkFailure extends InternalError {
    /** It recurses into the SQL; Rust aborts a process on stack overflow. */
    readonly tooDeep: boolean;

    constructor(
        readonly how: string,
        readonly said: string,
    ) {
        super(said);
        this.tooDeep = /overflowed its stack/.test(said);
    }
}

/** The findings; undefined if this is not a report. */
function parse(text: string): Reported[] | undefined {
    try {
        const report: unknown = JSON.parse(text);
        return Array.isArray(report) ? (report as Reported[]) : undefined;
    } catch {
        return undefined;
    }
}

/** Removes `squawk-ignore` comments, which carry no reason; replaced by as many characters, so positions stay. */
function withoutIgnores(text: string): string {
    return text.replaceAll(/squawk-ignore/gi, "squawk ignore");
}

function isKnown(rule: string): rule is SquawkRule {
    return (squawkRuleNames as string[]).includes(rule);
}

/** Converts squawk's lines and columns to offsets; its columns count bytes. */
function positionsIn(text: string): (line: number, byteColumn: number) => number {
    const starts = [0];
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
        starts.push(at + 1);
    }
    return (line, byteColumn) => {
        const start = starts[line] ?? text.length;
        // A character takes at least one byte.
        const bytes = Buffer.from(
            text.slice(start, Math.min(start + byteColumn, (starts[line + 1] ?? Infinity) - 1)),
            "utf8",
        );
        return start + bytes.subarray(0, byteColumn).toString("utf8").length;
    };
}
