import { posix } from "node:path";
import type { CheckReport } from "../check/report";
import { isFinding } from "../check/verdict";
import { keyOf } from "../delivery/changesets";
import type { ReviewedChange } from "../check/changes";

/** What is wrong with a line of the pull request. */
export interface ReviewFinding {
    level: "error" | "warning";
    rule: string;
    /** Path in the repository. */
    file: string;
    line: number;
    message: string;
}

/** The proofs of the changes, and what is wrong with changing what others have applied. */
export function findingsOf(changes: readonly ReviewedChange[], report: CheckReport | undefined, directory: string) {
    const proofs = new Map(report?.changesets.map((proven) => [keyOf(proven), proven]) ?? []);
    return changes.flatMap(({ kind, changeset }): ReviewFinding[] => {
        const at = { file: posix.join(directory, changeset.path), line: changeset.line };
        const proof = kind === "removed" ? undefined : proofs.get(keyOf(changeset));
        return [
            ...(kind === "edited"
                ? [finding(at, "edited-changeset", "error", "It may be applied already: write a new changeset.")]
                : []),
            ...(kind === "removed"
                ? [finding(at, "removed-changeset", "warning", "Databases that have it keep it: nothing undoes it.")]
                : []),
            ...(proof !== undefined && isFinding(proof.verdict)
                ? [
                      finding(
                          at,
                          "rollback-proof",
                          "error",
                          [proof.message ?? proof.verdict, ...proof.details].join("\n"),
                      ),
                  ]
                : []),
            ...(proof?.notes ?? []).map((note) => finding(at, "rollback-proof", "warning", note)),
        ];
    });
}

function finding(
    at: { file: string; line: number },
    rule: string,
    level: ReviewFinding["level"],
    message: string,
): ReviewFinding {
    return { level, rule, ...at, message };
}

/** Whether the review fails: by an error, or from warnings on. */
export function fails(findings: readonly ReviewFinding[], from: "error" | "warning" | "never"): boolean {
    return from !== "never" && findings.some(({ level }) => level === "error" || from === "warning");
}
