import { closest, distance } from "fastest-levenshtein";
import type { Complaint, Subject } from "./complaint";

const placeholder = /\$\{([^{}]*)\}/g;

/** Parameters that nothing has replaced: the SQL that runs still has them, or what else the tool does with the changeset. */
export function judgeParameters({ changeset, source }: Subject, declared: readonly string[]): Complaint[] {
    const { id, author, sql, undo = [], contexts = "", labels = "", tag = "", preconditions } = changeset;
    const runs = [...sql, id, author, contexts, labels, tag, ...(preconditions ? [JSON.stringify(preconditions)] : [])];
    const names = new Set([...runs, ...undo].flatMap(namesIn));
    const running = new Set(runs.flatMap(namesIn));
    return [...names].map((name) => {
        const line = source?.placeholders?.find(({ text }) => text === name)?.line;
        const { rule, what } = complaintAbout(name, declared);
        return { rule, line, what: running.has(name) ? what : `Its rollback: ${what}` };
    });
}

function namesIn(text: string): string[] {
    return text.includes("${") ? [...text.matchAll(placeholder)].map(([, name = ""]) => name.trim()) : [];
}

function complaintAbout(name: string, declared: readonly string[]): Pick<Complaint, "rule" | "what"> {
    const lower = declared.map((one) => one.toLowerCase());
    if (lower.includes(name.toLowerCase())) {
        const what = `The parameter of \`\${${name}}\` is declared for other contexts, labels or databases only.`;
        return { rule: "undefined-parameter", what };
    }
    const nearest = lower.length === 0 ? undefined : declared[lower.indexOf(closest(name.toLowerCase(), lower))];
    return nearest !== undefined && distance(name.toLowerCase(), nearest.toLowerCase()) <= (name.length < 6 ? 1 : 2)
        ? {
              rule: "misspelled-parameter",
              what: `No parameter defines \`\${${name}}\`. Did you mean \`\${${nearest}}\`?`,
          }
        : { rule: "undefined-parameter", what: `No parameter defines \`\${${name}}\`.` };
}
