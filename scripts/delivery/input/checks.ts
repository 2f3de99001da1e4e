import { inputErrors } from "../errors";
import type { VerificationCheck } from "../settings";

const header = /^[ \t]*--[ \t]*check:[ \t]*(.*)$/i;

/** Splits a file into its checks: each begins with a line `-- check: <name>`. */
export function parseChecks(file: string, text: string): VerificationCheck[] {
    const checks: VerificationCheck[] = [];
    const preamble: string[] = [];
    for (const line of text.split(/\r?\n/)) {
        const [, name] = header.exec(line) ?? [];
        if (name !== undefined) {
            checks.push({ name: name.trim(), file, sql: "" });
            continue;
        }
        const current = checks.at(-1);
        if (current) {
            current.sql += `${line}\n`;
        } else {
            preamble.push(line);
        }
    }
    const problems = [
        ...(hasSql(preamble.join("\n")) ? ["SQL before the first line `-- check: <name>`"] : []),
        ...(checks.length === 0 ? ["no line `-- check: <name>`; each check begins with one"] : []),
        ...checks.flatMap(({ name, sql }) => [
            ...(name === "" ? ["a check without a name"] : []),
            ...(hasSql(sql) ? [] : [`check "${name}" has no query`]),
        ]),
        ...duplicates(checks.map(({ name }) => name)).map((name) => `there are two checks "${name}"`),
    ];
    if (problems.length > 0) {
        throw new inputErrors.ChecksMalformed({ file, problems });
    }
    return checks.map((check) => ({ ...check, sql: check.sql.trim().replace(/;\s*$/, "") }));
}

function hasSql(text: string): boolean {
    return text.split("\n").some((line) => !/^\s*(--.*)?$/.test(line));
}

function duplicates(names: string[]): string[] {
    return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
