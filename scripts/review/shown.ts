import type { CheckedChangeset, CheckReport } from "../check/report";
import { isFinding, Verdicts } from "../check/verdict";
import { keyOf } from "../delivery/changesets";
import type { ReviewedChange } from "../check/changes";
import { textOf } from "./changes";
import type { ProofResult, ShownChange } from "./data";

/** The changes as the comment shows them, each with its proof. */
export function shownChanges(changes: readonly ReviewedChange[], report: CheckReport | undefined): ShownChange[] {
    const proofs = new Map(report?.changesets.map((proven) => [keyOf(proven), proven]) ?? []);
    const planned = new Map(report?.changes.map((change) => [keyOf(change), change.sql]) ?? []);
    return changes.map(({ kind, changeset }) => {
        const proof = proofs.get(keyOf(changeset));
        const { author, id, path } = changeset;
        const written = textOf(changeset);
        // What was removed no longer runs, whatever has its name.
        const generated = written === "" && kind !== "removed" ? sqlOf(planned.get(keyOf(changeset))) : "";
        return {
            ...{ kind, author, id, path },
            ...(generated === "" ? { sql: written } : { sql: generated, generated: true }),
            proof: resultOf(proof),
            evidence: proof !== undefined && isFinding(proof.verdict) ? proof.details : [],
        };
    });
}

/** Statements that the migration tool generated, one after the other. */
function sqlOf(statements: readonly string[] = []): string {
    return statements.map((statement) => `${statement.trim().replace(/;$/, "")};`).join("\n\n");
}

function resultOf(proof: CheckedChangeset | undefined): ProofResult {
    switch (proof?.verdict) {
        case undefined:
            return "untried";
        case Verdicts.proven:
            return "proven";
        case Verdicts.irreversible:
            return "needless";
        case Verdicts.unseen:
        case Verdicts.notRun:
        case Verdicts.notReached:
            return "unproven";
        case Verdicts.fails:
            return "broken";
        default:
            return "failed";
    }
}
