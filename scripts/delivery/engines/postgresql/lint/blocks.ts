import type { Complaint, LintedSql } from "../../linter";
import type { Inner, Statement } from "../sql/effect";
import { judgeSquawkFindings } from "./judgeSquawk";
import type { Subject } from "./placed";
import type { SquawkFinding } from "./squawk";
import type { SquawkRule } from "./squawkRules";
import type { Situation } from "./statements";
import { startsInOneText } from "./text";

/** Squawk's findings, by `keyOf` the changeset. */
export type RunSquawk = (changes: LintedSql[]) => Promise<ReadonlyMap<string, SquawkFinding[]>>;

/** Squawk's findings in the statements of blocks. */
export type FoundInBlocks = ReadonlyMap<Inner, SquawkFinding[]>;

/** Rules that the grammar already covers in blocks, and rules that apply only to a text of statements. */
const notInBlocks = new Set<SquawkRule>([
    "ban-drop-table",
    "ban-drop-column",
    "ban-drop-database",
    "ban-truncate-cascade",
    "ban-uncommitted-transaction",
    "syntax-error",
    "transaction-nesting",
]);

/** Squawk does not look into the blocks that run in a changeset, so their statements are passed to it separately. */
export async function squawkInBlocks(subjects: Subject[], squawk: RunSquawk | undefined): Promise<FoundInBlocks> {
    const blocks = subjects
        .map(({ changeset, statements }) => ({
            runInTransaction: changeset.runInTransaction,
            written: statements.flatMap(({ statement }) => statement.inner.filter(isWritten)),
        }))
        .filter(({ written }) => written.length > 0);
    const found = new Map<Inner, SquawkFinding[]>();
    if (squawk === undefined || blocks.length === 0) {
        return found;
    }
    const [file, author] = ["blocks", ""];
    const texts = blocks.map(({ written, runInTransaction }, id): LintedSql => ({
        ...{ id: String(id), author, file, runInTransaction },
        sql: written.map(({ text }) => text),
    }));
    const reported = await squawk(texts);
    blocks.forEach(({ written }, id) => {
        const starts = startsInOneText(texts[id]!.sql);
        for (const finding of reported.get(`${file}::${id}::${author}`) ?? []) {
            const index = starts.findLastIndex((start) => start <= finding.position);
            const inner = written[index];
            if (inner && !notInBlocks.has(finding.rule)) {
                const own = { ...finding, position: finding.position - starts[index]! };
                found.set(inner, [...(found.get(inner) ?? []), own]);
            }
        }
    });
    return found;
}

function isWritten(inner: Inner): inner is Inner & { text: string } {
    return inner.runs && inner.text !== undefined;
}

/** The findings that the plan does not disprove. */
export function judgeBlocks(situation: Situation, found: FoundInBlocks): Complaint[] {
    const { statement, line } = situation;
    return statement.inner.flatMap((inner) => {
        const { effect, inside, text = "" } = inner;
        const own: Statement = { text, start: 0, end: text.length, effect, inner: [] };
        const { complaints } = judgeSquawkFindings(found.get(inner) ?? [], { ...situation, statement: own, effect });
        return complaints.map(({ rule, what }) => ({ rule, what: `In ${inside}: ${what}`, line }));
    });
}
