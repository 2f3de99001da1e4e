import { defineErrors } from "./define";

/** Calls to AWS. */
export const awsErrors = defineErrors({
    TokenNotMade: {
        code: "AP1701",
        what: "No IAM token for connecting as {user} could be created: {reason}.",
        fix: "The build needs the credentials of a role and AWS_REGION; CodeBuild provides both.",
        exit: "refused",
    },
    SnapshotFailed: {
        code: "AP1702",
        what: "The snapshot {snapshot} of the cluster {cluster} could not be taken, and nothing was deployed: {reason}.",
        fix: "Check the build's role and the account's snapshot quota, and retry the stage.",
        exit: "refused",
    },
    ClonesNotDeleted: {
        code: "AP1703",
        what: "Clones that could not be deleted:",
        list: "clones",
        fix: "The reaper retries at its next run. Until then they cost money: delete them by hand if the failure persists.",
        exit: "failed",
    },
    CloneSourceMissing: {
        code: "AP1704",
        what: "There is no cluster {cluster} to clone in this account and region.",
        fix: "Correct the cluster's identifier in the build's settings, or rehearse in the account that has it.",
        exit: "refused",
    },
    CloneNotDeleted: {
        code: "AP1705",
        what: "The clone {clone} could not be deleted ({reason}).",
        fix: "Until then it costs money: wait for the reaper, which deletes it {minutes} minutes after its creation, or delete it by hand.",
        exit: "failed",
    },
    CloneIncomplete: {
        code: "AP1706",
        what: "RDS returned no {missing} for the clone {clone}.",
        fix: "Retry the stage, which creates another clone.",
        exit: "failed",
    },
});
