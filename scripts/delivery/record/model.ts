/** Who let a release into the database. */
export interface Approval {
    /** ARN of whoever approved, as AWS has it; {@link unknownApprover} when nobody could tell. */
    approver: string;
    approvedAt?: string;
    /** What was written with the approval. */
    comment?: string;
    /** Why the approver is unknown. */
    reason?: string;
}

export const unknownApprover = "unknown";

/** In one line. */
export function approvalLine({ approver, approvedAt, comment, reason }: Approval): string {
    if (approver === unknownApprover) {
        return `Approver unknown: ${reason}.`;
    }
    return `Approved by ${approver}${approvedAt ? ` at ${approvedAt}` : ""}${comment ? `: ${comment}` : ""}.`;
}
