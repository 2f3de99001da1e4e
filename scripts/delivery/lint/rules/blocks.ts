import type { LintChangeset, LintContext, SquawkFinding } from "../finding";
import type { Inner, Statement } from "../sql/deed";
import { startsInOneText } from "../text";
import type { Complaint, Subject } from "./complaint";
import { judgeSquawkFindings } from "./judgeSquawk";
import type { SquawkRule } from "./squawk";
import type { Situation } from "./statements";

/** What squawk finds in the statements of blocks. */
export type FoundInBlocks = ReadonlyMap<Inner, SquawkFinding[]>;

/** What the grammar says of blocks already, and what holds for a text of statements only. */
const notInBlocks = new Set<SquawkRule>([
    "ban-drop-table",
    "ban-drop-column",
    "ban-drop-database",
    "ban-truncate-cascade",
    "ban-uncommitted-transaction",
    "syntax-error",
    "transaction-nesting",
]);

/** squawk does not look into the blocks that run in a changeset: it is given what is written there. */
export async function squawkInBlocks(subjects: Subject[], squawk: LintContext["runSquawk"]): Promise<FoundInBlocks> {
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
    const texts = blocks.map(({ written, runInTransaction }, id): LintChangeset => ({
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

/** What of it the plan does not disprove. */
export function judgeBlocks(situation: Situation, found: FoundInBlocks): Complaint[] {
    const { statement, line } = situation;
    return statement.inner.flatMap((inner) => {
        const { deed, inside, text = "" } = inner;
        const own: Statement = { text, start: 0, end: text.length, deed, inner: [] };
        const { complaints } = judgeSquawkFindings(found.get(inner) ?? [], { ...situation, statement: own, deed });
        return complaints.map(({ rule, what }) => ({ rule, what: `In ${inside}: ${what}`, line }));
    });
}
