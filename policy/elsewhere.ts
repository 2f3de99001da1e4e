/** A control, or part of one, that a rule about resources cannot express. */
export interface Elsewhere {
    control: string;
    /** The requirement of the control. */
    what: string;
    /** Why it cannot be a rule. */
    reason: string;
    /** What enforces it instead. */
    heldBy: string;
}

export const elsewhere: Elsewhere[] = [
    {
        control: "CKV2_AWS_69",
        what: "Clients verify the server's certificate in full",
        reason: "It is part of the address that Liquibase connects to, not of a resource.",
        heldBy: "The delivery program and its integration tests",
    },
    {
        control: "CKV2_AWS_27",
        what: "PostgreSQL logs statements (log_statement, log_min_duration_statement)",
        reason: "Deliberately not met: PostgreSQL logs statements unmodified, and AWS's rotation function sends passwords in them.",
        heldBy: "pgaudit, which redacts passwords, and Database Insights, which shows slow statements",
    },
    {
        control: "data",
        what: "The identifier of the final snapshot is unique",
        reason: "It has to differ from all earlier snapshots of the account; a rule sees one stack at one time.",
        heldBy: "AuroraCluster, which appends random characters to the identifier",
    },
    {
        control: "RDS.22",
        what: "Events of DB security groups are reported",
        reason: "DB security groups belonged to EC2-Classic, which AWS has retired: a stack cannot have one.",
        heldBy: "Nothing to enforce",
    },
    {
        control: "S3.1",
        what: "The account blocks public access",
        reason: "It is a setting of the account, which several stacks share. There is a rule for each bucket's own block.",
        heldBy: "The administrators of the account",
    },
    {
        control: "SecretsManager.1",
        what: "Rotations succeed",
        reason: "It is an event, not a configuration. There are rules for rotation being configured and for its interval.",
        heldBy: "The alarm of Operations on errors of the rotation function",
    },
    {
        control: "KMS.3",
        what: "No key is scheduled for deletion by mistake",
        reason: "It is a state of the key, not an input. There is a rule for the waiting period.",
        heldBy: "Pulumi's protect on the environment's key",
    },
    {
        control: "CKV_AWS_250",
        what: "The minor version is recent",
        reason: "Only the major version is configured; RDS chooses the minor one. There is a rule that allows it to.",
        heldBy: "RDS's maintenance window",
    },
];
