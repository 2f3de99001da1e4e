import { extname } from "node:path";
import { count, keyOf, shortened } from "../delivery/changesets";
import type { LintChangeset } from "../delivery/lint/finding";
import type { Case } from "../delivery/outputs";
import { isWaived, lintCases, lintCounts, lintLines, lintSummary, type LintReport } from "../delivery/lint";
import { junit } from "../delivery/report/junit";
import type { CheckOutcome } from "../delivery/safety/verify";
import { formatTable } from "../local/report";
import type { ProvenChangeset } from "./proof";
import type { Change } from "./state";
import { isFinding, type Verdict, Verdicts } from "./verdict";
import type { WholeProof } from "./whole";

/** The result of a check: plain data, for report.json and everything made from it. */
export interface CheckReport {
    passed: boolean;
    migrations: string;
    changelogFile: string;
    /** The engine of the throwaway server, for people, and the server's version. */
    engine: string;
    server: string;
    startedAt: string;
    seconds: number;
    /** In execution order. */
    changesets: CheckedChangeset[];
    /** What would run on an empty database, as the linter reads it, in the same order. */
    changes: LintChangeset[];
    /** All of them at once. */
    whole: WholeProof;
    /** The checks in `verify/`, after all changesets; empty if there are none or not all changesets were applied. */
    verification: CheckOutcome[];
    /** In words: which changesets were linted. */
    linted: string;
    /** What the plan of a release with these changesets would report. */
    lint: LintReport;
}

export interface CheckedChangeset extends ProvenChangeset {
    /** Its source position, if known: `changesets/001.sql:3`. */
    place: string;
}

/** The number of detail lines that a terminal shows for one finding; report.json has all. */
const shownDetails = 20;

/** The number of changesets with the same verdict that a terminal shows. */
const shownFindings = 10;

const titles: Record<Verdict, string> = {
    Proven: "rollback proven",
    Unseen: "changes nothing in an empty database: not proven",
    Irreversible: "declares why it needs no rollback",
    NotRun: "did not run here: not proven",
    NoRollback: "has no rollback",
    RollbackFails: "rollback fails",
    RollbackDoesNothing: "rollback has no effect",
    RollbackIncomplete: "rollback is incomplete",
    Fails: "fails",
    FailsAgain: "cannot be reapplied",
    DiffersAgain: "differs when reapplied",
    NotReached: "not reached",
};

/** How a file says that nothing needs to be undone, and why. */
const reasonIn: Readonly<Record<string, string>> = {
    xml: "`<rollback/>` and `<!-- rollback not required: <reason> -->`",
    yaml: "`rollback: [{empty: {}}]` and `# rollback not required: <reason>`",
    yml: "`rollback: [{empty: {}}]` and `# rollback not required: <reason>`",
    json: '`"rollback": [{"empty": {}}]` and `"comment": "rollback not required: <reason>"`',
};
const explicit = "if it cannot be undone, give the reason: {reason}";
const fixes: Partial<Record<Verdict, string>> = {
    NoRollback: `Write a rollback; ${explicit}.`,
    RollbackFails: "Correct the rollback: it runs on the database in the state that the changeset leaves.",
    RollbackDoesNothing: `Write a rollback that undoes the changeset; ${explicit}.`,
    RollbackIncomplete:
        "Complete the rollback: remove the objects marked +, restore those marked -, and revert those marked ~.",
    Fails: "Correct the changeset: it ran on an empty database, after the changesets before it. The later ones cannot be checked without it.",
    FailsAgain: "Let the rollback remove the objects in the way, or let the changeset handle them.",
    DiffersAgain: "Let the rollback restore the state that the changeset starts from.",
};

function findingsOf({ changesets }: Pick<CheckReport, "changesets">): CheckedChangeset[] {
    return changesets.filter(({ verdict }) => isFinding(verdict));
}

/** The report for a terminal. */
export function renderReport(report: CheckReport): string[] {
    const { changesets, changelogFile, engine, server, seconds, whole } = report;
    const findings = findingsOf(report);
    return [
        "",
        `${count(changesets.length, "changeset")} of ${changelogFile} on ${engine} ${server} in ${seconds.toFixed(1)} s`,
        "",
        ...renderFindings(findings),
        ...renderNotes(changesets),
        ...renderSummary(changesets),
        "",
        ...renderWhole(whole),
        ...renderVerification(report.verification),
        ...renderLint(report),
        verdictLine(report, findings),
    ];
}

/** In the order of execution; of those that are wrong in the same way, the first ones. */
function renderFindings(findings: CheckedChangeset[]): string[] {
    const number = new Map<Verdict, number>();
    const shown = findings.filter(({ verdict }) => {
        const before = number.get(verdict) ?? 0;
        number.set(verdict, before + 1);
        return before < shownFindings;
    });
    const hidden = [...number].filter(([, found]) => found > shownFindings);
    return [
        ...shown.flatMap(renderFinding),
        ...hidden.map(
            ([verdict, found]) => `✗ … and ${found - shownFindings} more (${titles[verdict]}), in report.json`,
        ),
        ...(hidden.length > 0 ? [""] : []),
    ];
}

function renderFinding({ message, details, verdict, place, ...changeset }: CheckedChangeset): string[] {
    const reason =
        reasonIn[extname(place.replace(/:\d+$/, "")).slice(1).toLowerCase()] ?? "`--rollback not required: <reason>`";
    const fix = fixes[verdict]?.replace("{reason}", reason);
    const hidden = details.length - shownDetails;
    return [
        `✗ ${nameOf(changeset)} (${place})`,
        `  ${message ?? titles[verdict]}`,
        ...details.slice(0, shownDetails).map((line) => `    ${line}`),
        ...(hidden > 0 ? [`    … and ${count(hidden, "line")} more in report.json`] : []),
        ...(fix === undefined ? [] : [`  → ${fix}`]),
        "",
    ];
}

function renderNotes(changesets: CheckedChangeset[]): string[] {
    const lines = changesets.flatMap(({ notes, place, ...changeset }) =>
        notes.map((note) => `! ${nameOf(changeset)} (${place}): ${note}`),
    );
    return lines.length === 0 ? [] : [...shortened(lines, "report.json"), ""];
}

/** The number of outcomes by kind; data changes are counted separately from schema changes. */
function renderSummary(changesets: CheckedChangeset[]): string[] {
    const kinds: Change[] = ["schema", "data", "schema and data", "nothing"];
    const rows = Object.values(Verdicts).flatMap((verdict) => {
        const those = changesets.filter((changeset) => changeset.verdict === verdict);
        if (those.length === 0) {
            return [];
        }
        const counts = kinds.map((kind) => those.filter(({ changed }) => changed === kind).length);
        return [
            [titles[verdict], String(those.length), ...counts.map((number) => (number === 0 ? "" : String(number)))],
        ];
    });
    return formatTable(["result", "changesets", ...kinds], rows);
}

function renderWhole({ result, message, details }: WholeProof): string[] {
    const sign = result === "Failed" ? "✗ " : "";
    return [`${sign}${message}`, ...details.slice(0, shownDetails).map((line) => `    ${line}`)];
}

function renderVerification(outcomes: CheckOutcome[]): string[] {
    const failed = outcomes.filter(({ failure }) => failure !== undefined);
    const held = outcomes.length - failed.length;
    return outcomes.length === 0
        ? []
        : [
              ...shortened(
                  failed.map(({ name, file, failure = "" }) => `✗ ${name} (${file}): ${failure}`),
                  "report.json",
              ),
              `Of ${count(outcomes.length, "check")} in verify/, ${held} ${held === 1 ? "holds" : "hold"} after all changesets.`,
          ];
}

/** Waived findings are only counted: a person has decided about them. */
function renderLint({ linted, lint }: CheckReport): string[] {
    const open = { ...lint, findings: lint.findings.filter((finding) => !isWaived(finding)) };
    return [
        `Linted ${linted}.`,
        ...(lint.changesets === 0 && open.findings.length === 0
            ? []
            : [`${lintSummary(lint)} (levels of ${lint.environment})`, ...lintLines(open, "report.json").slice(1)]),
    ];
}

function verdictLine({ passed, whole, verification, lint }: CheckReport, findings: CheckedChangeset[]): string {
    const failed = verification.filter(({ failure }) => failure !== undefined).length;
    const number = findings.length + failed + lintCounts(lint).errors + (whole.result === "Failed" ? 1 : 0);
    return passed ? "Check passed." : `Check failed: ${count(number, "finding")}.`;
}

/** For the report tab of a build or a pull request. */
export function reportJunit({ changesets, whole, verification, changelogFile, lint }: CheckReport): string {
    const wholeCase: Case = {
        name: "all changesets, undone and reapplied at once",
        file: changelogFile,
        seconds: whole.seconds,
        ...(whole.result === "Failed" ? { failure: [whole.message, ...whole.details].join("\n") } : {}),
        ...(whole.result === "Skipped" ? { skipped: whole.message } : {}),
    };
    return junit([
        { name: "rollbacks", cases: changesets.map(junitCase) },
        { name: "whole changelog", cases: [wholeCase] },
        { name: "lint", cases: lintCases(lint) },
        ...(verification.length > 0 ? [{ name: "verify", cases: verification }] : []),
    ]);
}

function junitCase(changeset: CheckedChangeset): Case {
    const { verdict, message, details, file, applyMilliseconds, undoMilliseconds } = changeset;
    const common = { name: nameOf(changeset), file, seconds: (applyMilliseconds + undoMilliseconds) / 1000 };
    if (isFinding(verdict)) {
        return { ...common, failure: [message ?? titles[verdict], ...details].join("\n") };
    }
    return verdict === Verdicts.proven ? common : { ...common, skipped: message ?? titles[verdict] };
}

function nameOf({ author, id }: { author: string; id: string }): string {
    return `${author}:${id}`;
}

/** The source position of each changeset. */
export function placesOf(source: { path: string; line: number; id: string; author: string; file: string }[]) {
    const places = new Map(source.map((changeset) => [keyOf(changeset), `${changeset.path}:${changeset.line}`]));
    return (changeset: ProvenChangeset) => places.get(keyOf(changeset)) ?? changeset.file;
}
