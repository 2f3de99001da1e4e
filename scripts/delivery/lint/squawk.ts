import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { keyOf } from "../changesets";
import { DeliveryError, InputError } from "../errors";
import type { LintChangeset, Levels, SquawkFinding } from "./finding";
import { SquawkRule, squawkRules } from "./rules/squawk";
import { asOneText } from "./text";

export interface SquawkOptions {
    /** Path of the binary. */
    binary: string;
    levels: Levels;
    /** Major version of the server, `17`; squawk's default is the newest that it knows. */
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

/** Files on one command line; one process for all in most plans. */
const filesPerProcess = 1000;

/** Runs squawk over each changeset's SQL, as it will run; by `keyOf` the changeset. */
export async function runSquawk(
    changesets: LintChangeset[],
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

/** One SQL ends the process for all: then the halves are judged apart, down to the changeset that does it. */
async function judgeApart(
    changesets: LintChangeset[],
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

/** What cannot be judged is a finding like what cannot be parsed; how squawk fails otherwise nobody can mend by SQL. */
function unreadable(changeset: LintChangeset, failure: SquawkFailure): SquawkFinding {
    if (!failure.tooDeep) {
        throw new DeliveryError(
            `The SQL linter squawk failed on ${keyOf(changeset)} (${failure.how}): ${failure.said}`,
        );
    }
    return {
        rule: "syntax-error",
        message: "squawk cannot read it to its end: it is nested too deeply (parentheses, operators, subqueries).",
        position: 0,
    };
}

async function judge(
    changesets: LintChangeset[],
    inTransaction: boolean,
    scratch: string,
    options: SquawkOptions,
): Promise<Map<string, SquawkFinding[]>> {
    const texts = new Map(changesets.map((changeset, index) => [`${index}.sql`, described(changeset)]));
    // Side by side: each is small, and waits for the disk.
    const written = [...texts].map(([file, { text }]) =>
        fs.promises.writeFile(path.join(scratch, file), withoutIgnores(text)),
    );
    await Promise.all(written);
    // An empty configuration: squawk would look for one in every directory above.
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

function described(changeset: LintChangeset) {
    const text = asOneText(changeset.sql);
    let positions: ReturnType<typeof positionsIn> | undefined;
    const positionOf = (line: number, column: number) => (positions ??= positionsIn(text))(line, column);
    return { changeset, text, positionOf };
}

function argumentsFor(inTransaction: boolean, { levels, postgresVersion }: SquawkOptions, files: string[]): string[] {
    const names = Object.keys(squawkRules) as SquawkRule[];
    // `syntax-error` is no rule of squawk's that can be named.
    const named = names.filter((rule) => rule !== "syntax-error");
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
            reject(
                new InputError(
                    error.code === "ENOENT"
                        ? `The SQL linter squawk is missing: ${binary}. It belongs to the toolchain; build that again: npm run toolchain`
                        : `The SQL linter squawk does not start (${binary}): ${error.message}`,
                ),
            ),
        );
        child.on("close", (code, signal) => {
            const text = Buffer.concat(output).toString("utf8");
            // 1 says that it found something.
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

/** squawk started, and ended without a report. */
class SquawkFailure extends Error {
    /** It descends with the SQL; Rust ends a process whose stack is full. */
    readonly tooDeep: boolean;

    constructor(
        readonly how: string,
        readonly said: string,
    ) {
        super(said);
        this.tooDeep = /overflowed its stack/.test(said);
    }
}

/** The findings; undefined when this is no report. */
function parse(text: string): Reported[] | undefined {
    try {
        const report: unknown = JSON.parse(text);
        return Array.isArray(report) ? (report as Reported[]) : undefined;
    } catch {
        return undefined;
    }
}

/** `squawk-ignore` comments carry no reason; as many characters, so that positions stay. */
function withoutIgnores(text: string): string {
    return text.replaceAll(/squawk-ignore/gi, "squawk ignore");
}

function isKnown(rule: string): rule is SquawkRule {
    return Object.hasOwn(squawkRules, rule);
}

/** Where squawk's lines and columns are in a text; the columns count bytes. */
function positionsIn(text: string): (line: number, byteColumn: number) => number {
    const starts = [0];
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
        starts.push(at + 1);
    }
    return (line, byteColumn) => {
        const start = starts[line] ?? text.length;
        // A character has at least one byte.
        const bytes = Buffer.from(
            text.slice(start, Math.min(start + byteColumn, (starts[line + 1] ?? Infinity) - 1)),
            "utf8",
        );
        return start + bytes.subarray(0, byteColumn).toString("utf8").length;
    };
}
