/** A control, or a part of one, that no rule over resources can express. */
export interface Elsewhere {
    control: string;
    /** What it asks for. */
    what: string;
    /** Why it is no rule. */
    reason: string;
    /** What holds it instead. */
    heldBy: string;
}

export const elsewhere: Elsewhere[] = [
    {
        control: "CKV2_AWS_69",
        what: "Clients verify the server's certificate in full",
        reason: "It is decided in the build, by the address that Liquibase connects with; no resource shows it.",
        heldBy: "The delivery program and its integration tests",
    },
    {
        control: "CKV2_AWS_27",
        what: "PostgreSQL logs statements (log_statement, log_min_duration_statement)",
        reason: "Not met on purpose: PostgreSQL writes statements as they are, and AWS's rotation function sends passwords in them.",
        heldBy: "pgaudit, which redacts passwords, and Database Insights for slow statements",
    },
    {
        control: "data",
        what: "The identifier of the final snapshot is unique",
        reason: "Unique among the snapshots that the account has ever kept; a rule sees one stack at one time.",
        heldBy: "AuroraCluster, which ends the identifier in random characters",
    },
    {
        control: "RDS.22",
        what: "Somebody is told of events of DB security groups",
        reason: "DB security groups belonged to EC2-Classic, which AWS has retired: a stack cannot have one.",
        heldBy: "Nothing to hold",
    },
    {
        control: "S3.1",
        what: "The account blocks public access",
        reason: "It is a setting of the account, which the stack shares with others. Each bucket's own block is a rule.",
        heldBy: "Whoever administers the account",
    },
    {
        control: "SecretsManager.1",
        what: "Rotations succeed",
        reason: "It is what happens, not what is configured. That there is a rotation, and how often, are rules.",
        heldBy: "The alarm of Operations on errors of the rotation function",
    },
    {
        control: "KMS.3",
        what: "No key is scheduled for deletion by mistake",
        reason: "It is a state of the key, not an input. The time in which it can be taken back is a rule.",
        heldBy: "Pulumi's protect on the environment's key",
    },
    {
        control: "CKV_AWS_250",
        what: "The minor version is recent",
        reason: "Only the major version is given; RDS chooses the minor one. That it may is a rule.",
        heldBy: "RDS's maintenance window",
    },
];
