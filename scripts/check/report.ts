import { count, keyOf } from "../delivery/changesets";
import { type Case, junit } from "../delivery/report/junit";
import { formatTable } from "../local/report";
import type { ProvenChangeset } from "./proof";
import type { Change } from "./state";
import { isFinding, type Verdict, Verdicts } from "./verdict";
import type { WholeProof } from "./whole";

/** What a check found out: plain data, for report.json and everything that is made of it. */
export interface CheckReport {
    passed: boolean;
    migrations: string;
    changelogFile: string;
    /** Version of the throwaway server. */
    server: string;
    startedAt: string;
    seconds: number;
    /** In the order in which they run. */
    changesets: CheckedChangeset[];
    /** All of them at once. */
    whole: WholeProof;
}

export interface CheckedChangeset extends ProvenChangeset {
    /** Where it is written, as far as that is known: `changesets/001.sql:3`. */
    place: string;
}

/** Lines of detail that a terminal shows of one finding; report.json has all. */
const shownDetails = 20;

const titles: Record<Verdict, string> = {
    Proven: "rollback proven",
    Unseen: "changes nothing in an empty database: not proven",
    Irreversible: "says why nothing undoes it",
    NotRun: "did not run here: not proven",
    NoRollback: "has no rollback",
    RollbackFails: "rollback fails",
    RollbackDoesNothing: "rollback does nothing",
    RollbackIncomplete: "rollback is incomplete",
    Fails: "fails",
    FailsAgain: "cannot be applied again",
    DiffersAgain: "gives something else when applied again",
    NotReached: "not reached",
};

const explicit = "if nothing can undo it, say why: `--rollback not required: <reason>`";
const fixes: Partial<Record<Verdict, string>> = {
    NoRollback: `Write what undoes it (\`--rollback\` in SQL, \`rollback\` in XML, YAML and JSON); ${explicit}.`,
    RollbackFails: "Correct the rollback: it runs on the database as the changeset itself leaves it.",
    RollbackDoesNothing: `Write what undoes the changeset; ${explicit}.`,
    RollbackIncomplete: "Complete the rollback: what is marked + has to go, - has to come back, ~ has to be as it was.",
    Fails: "Correct the changeset: it ran on an empty database, after those before it. Without it the others cannot be tried.",
    FailsAgain: "Let the rollback remove what is in the way, or the changeset cope with it.",
    DiffersAgain: "Let the rollback bring back what the changeset starts from.",
};

function findingsOf({ changesets }: Pick<CheckReport, "changesets">): CheckedChangeset[] {
    return changesets.filter(({ verdict }) => isFinding(verdict));
}

/** What a person reads in a terminal. */
export function renderReport(report: CheckReport): string[] {
    const { changesets, changelogFile, server, seconds, whole } = report;
    const findings = findingsOf(report);
    return [
        "",
        `${count(changesets.length, "changeset")} of ${changelogFile} on PostgreSQL ${server} in ${seconds.toFixed(1)} s`,
        "",
        ...findings.flatMap(renderFinding),
        ...renderNotes(changesets),
        ...renderSummary(changesets),
        "",
        ...renderWhole(whole),
        verdictLine(report, findings),
    ];
}

function renderFinding({ message, details, verdict, place, ...changeset }: CheckedChangeset): string[] {
    const fix = fixes[verdict];
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
    return lines.length === 0 ? [] : [...lines, ""];
}

/** How many of which kind ended how: what changes data is told apart from what changes the schema. */
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

function verdictLine({ passed, whole }: CheckReport, findings: CheckedChangeset[]): string {
    const number = findings.length + (whole.result === "Failed" ? 1 : 0);
    return passed ? "Check passed." : `Check failed: ${count(number, "finding")}.`;
}

/** For the report tab of a build, or of a pull request. */
export function reportJunit({ changesets, whole, changelogFile }: CheckReport): string {
    const wholeCase: Case = {
        name: "all changesets, undone at once and applied again",
        file: changelogFile,
        seconds: whole.seconds,
        ...(whole.result === "Failed" ? { failure: [whole.message, ...whole.details].join("\n") } : {}),
        ...(whole.result === "Skipped" ? { skipped: whole.message } : {}),
    };
    return junit([
        { name: "rollbacks", cases: changesets.map(junitCase) },
        { name: "whole changelog", cases: [wholeCase] },
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

/** Where a changeset is written, in the words of whoever has to find it. */
export function placesOf(source: { path: string; line: number; id: string; author: string; file: string }[]) {
    const places = new Map(source.map((changeset) => [keyOf(changeset), `${changeset.path}:${changeset.line}`]));
    return (changeset: ProvenChangeset) => places.get(keyOf(changeset)) ?? changeset.file;
}
