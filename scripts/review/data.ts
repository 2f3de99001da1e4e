import { messageOf } from "../local/errors";
import { type ChangeKind, changeKinds } from "../check/changes";
import { reviewErrors } from "./errors";
import type { ReviewFinding } from "./findings";
import { type ResourceChange, resourceChanges } from "./preview";

/** Whether undoing a change was proven. `needless`: by the reason that its author gives. `broken`: it fails itself. */
export type ProofResult = (typeof proofResults)[number];
export const proofResults = ["proven", "needless", "unproven", "failed", "broken", "untried"] as const;

/** A change as the comment shows it. */
export interface ShownChange {
    kind: ChangeKind;
    author: string;
    id: string;
    path: string;
    /** Empty if nobody wrote or generated it. */
    sql: string;
    /** The migration tool generated it, for an empty database. */
    generated?: boolean;
    proof: ProofResult;
    /** What a failed proof found. */
    evidence: string[];
}

/** What the comment is made from, as plain data: review.json carries it to the job that may comment. */
export interface ReviewData {
    changes: ShownChange[];
    findings: ReviewFinding[];
    /** By environment. */
    previews: { environment: string; changes: ResourceChange[] }[];
    /** What changed since the last review; absent in the first one. */
    since?: string[];
}

const form = "a review";

/**
 * Reads review.json. The pull request's own code may have written it, so nothing is taken over but what the types say:
 * texts, which the comment shows as code, and words of ours.
 */
export function readReview(file: string, text: string): ReviewData {
    const refuse = (reason: string): never => {
        throw new reviewErrors.ReviewInputUnreadable({ file, form, reason });
    };
    const record = (given: unknown): Record<string, unknown> =>
        typeof given === "object" && given !== null ? (given as Record<string, unknown>) : refuse("it has no object");
    const list = <T>(given: unknown, item: (given: unknown) => T): T[] =>
        Array.isArray(given) ? given.map(item) : refuse("a list is missing");
    const string = (given: unknown): string => (typeof given === "string" ? given : refuse("a text is missing"));
    const word = <T extends string>(given: unknown, allowed: readonly T[]): T =>
        allowed.find((one) => one === given) ?? refuse(`none of ${allowed.join(", ")}`);
    const change = (given: unknown): ShownChange => {
        const { kind, author, id, path, sql, generated, proof, evidence } = record(given);
        return {
            kind: word(kind, changeKinds),
            ...{ author: string(author), id: string(id), path: string(path), sql: string(sql) },
            ...(generated === true && { generated }),
            proof: word(proof, proofResults),
            evidence: list(evidence, string),
        };
    };
    const finding = (given: unknown): ReviewFinding => {
        const { level, rule, file: at, line, message } = record(given);
        return {
            level: word(level, ["error", "warning"]),
            ...{ rule: string(rule), file: string(at), message: string(message) },
            line: Number.isSafeInteger(line) ? (line as number) : refuse("a line is no number"),
        };
    };
    const resource = (given: unknown): ResourceChange => {
        const { does, type, name, because } = record(given);
        return {
            does: word(does, resourceChanges),
            ...{ type: string(type), name: string(name), because: list(because, string) },
        };
    };
    const preview = (given: unknown) => {
        const { environment, changes } = record(given);
        return { environment: string(environment), changes: list(changes, resource) };
    };
    const { changes, findings, previews, since } = record(parsed(text, refuse));
    return {
        changes: list(changes, change),
        findings: list(findings, finding),
        previews: list(previews, preview),
        ...(since !== undefined && { since: list(since, string) }),
    };
}

function parsed(text: string, refuse: (reason: string) => never): unknown {
    try {
        return JSON.parse(text);
    } catch (error) {
        return refuse(messageOf(error));
    }
}
