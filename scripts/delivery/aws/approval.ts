/** Who approved a release. */
export interface Approval {
    /** ARN of the approver, as AWS reports it; {@link unknownApprover} if it could not be determined. */
    approver: string;
    approvedAt?: string;
    /** The comment on the approval. */
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
