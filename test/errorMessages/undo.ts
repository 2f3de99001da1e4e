import type { undoErrors, rehearsalErrors, awsErrors } from "../../scripts/delivery/errors";
import type { Messages } from "./row";

export const undoMessages: Messages<typeof undoErrors> = {
    RollbackTagMissing: {
        code: "AP1501",
        facts: {},
        exit: 2,
        message:
            "AP1501: ROLLBACK_TO is not set, and this action needs it. Start the pipeline with the variable ROLLBACK_TO: the tag of a release.",
    },
    NothingToUndo: {
        code: "AP1502",
        facts: { tag: "release-1a2b3c4-5d6e7f80" },
        exit: 2,
        message:
            "AP1502: Nothing to undo: no changeset has run since release-1a2b3c4-5d6e7f80. Choose the tag of the release to undo.",
    },
    ChangesetsNotInSource: {
        code: "AP1503",
        facts: { tag: "release-1a2b3c4-5d6e7f80", count: "1 changeset", changesets: ["008.sql::weight::ana"] },
        exit: 2,
        message: [
            "AP1503: The rollback to release-1a2b3c4-5d6e7f80 must undo 1 changeset that this source does not contain (or excludes by contexts or labels):",
            "  - 008.sql::weight::ana",
            "Start it from a source that contains them, usually the newest commit: the rollback of a changeset is part of the changeset.",
        ].join("\n"),
    },
    TagUnknown: {
        code: "AP1504",
        facts: { tag: "release-1", known: ["release-1a2b3c4-5d6e7f80 (2026-11-30, 2 changesets)"] },
        exit: 2,
        message: [
            "AP1504: Unknown tag release-1. The newest releases that changed this database:",
            "  - release-1a2b3c4-5d6e7f80 (2026-11-30, 2 changesets)",
            "Start the pipeline with ROLLBACK_TO set to one of these.",
        ].join("\n"),
    },
    NoTag: {
        code: "AP1505",
        facts: { tag: "release-1" },
        exit: 2,
        message:
            "AP1505: Unknown tag release-1: this database has no tags, because this pipeline has not deployed to it. There is nothing to roll back to: write a changeset that reverts the change.",
    },
    UndoIncomplete: {
        code: "AP1506",
        facts: {},
        exit: 1,
        message:
            "AP1506: The rollback did not restore the earlier state. Correct the rollbacks of the changesets below, push, and roll back again.",
    },
    UndoInterrupted: {
        code: "AP1507",
        facts: { reason: "Connection terminated unexpectedly" },
        exit: 1,
        message:
            "AP1507: The rollback could not continue: Connection terminated unexpectedly. Start it again: it continues after the changesets that are undone.",
    },
    EarlierObjectsDropped: {
        code: "AP1508",
        facts: { release: "release-1a2b3c4-5d6e7f80", objects: ["table public.items (008.sql::weight::ana)"] },
        exit: "either",
        message: [
            "AP1508: Undoing release-1a2b3c4-5d6e7f80 would drop what was there before it, so nothing was undone:",
            "  - table public.items (008.sql::weight::ana)",
            "Correct the rollbacks of these changesets so that they drop only what the release created (a rollback may be edited after its changeset ran), push, and undo the release with ROLLBACK_TO=release-1a2b3c4-5d6e7f80.",
        ].join("\n"),
    },
    CatalogDiffers: {
        code: "AP1509",
        facts: { tag: "release-1a2b3c4-5d6e7f80" },
        exit: 1,
        message:
            "AP1509: Every changeset since release-1a2b3c4-5d6e7f80 is undone in the history, but the catalog is not as it was before release-1a2b3c4-5d6e7f80. Restore what is missing with a new changeset, from a snapshot or from a point in time; correct the rollbacks of the changesets before they are applied again.",
    },
    ChangesetNotUndoable: {
        code: "AP1510",
        facts: { changeset: "008.sql::weight::ana", reason: "it has no rollback" },
        exit: "either",
        message:
            "AP1510: The changeset 008.sql::weight::ana cannot be undone: it has no rollback; nothing was undone. Add a rollback to it (that may be added after it ran), push, and roll back again; or write a new changeset that reverts the change.",
    },
};

export const rehearsalMessages: Messages<typeof rehearsalErrors> = {
    RehearsalFailed: {
        code: "AP1601",
        facts: { problems: "008.sql::weight::ana held ACCESS EXCLUSIVE on public.items for 4.2 s" },
        exit: 1,
        message: [
            "AP1601: The rehearsal failed; the database itself was not changed:",
            "008.sql::weight::ana held ACCESS EXCLUSIVE on public.items for 4.2 s",
            "Correct the changesets, and push again.",
        ].join("\n"),
    },
    RehearsalPlanMissing: {
        code: "AP1602",
        facts: {},
        exit: 2,
        message:
            "AP1602: A rehearsal on a clone needs the plan that waits for approval: the artifact Plan is not an input of this build. Give the action Rehearse the artifact of its stage's action Plan as an input.",
    },
    CopyUnsupported: {
        code: "AP1605",
        facts: { engine: "MySQL", copy: "DatabaseTemplate", allowed: "none" },
        exit: 2,
        message:
            "AP1605: A MySQL database cannot be rehearsed on a copy of the kind DatabaseTemplate. Choose another kind of copy; allowed: none.",
    },
};

export const awsMessages: Messages<typeof awsErrors> = {
    TokenNotMade: {
        code: "AP1701",
        facts: { user: "app_migrator", reason: "Could not load credentials from any providers" },
        exit: 2,
        message:
            "AP1701: No IAM token for connecting as app_migrator could be created: Could not load credentials from any providers. The build needs the credentials of a role and AWS_REGION; CodeBuild provides both.",
    },
    SnapshotFailed: {
        code: "AP1702",
        facts: { snapshot: "app-release-1a2b3c4", cluster: "app", reason: "SnapshotQuotaExceeded" },
        exit: 2,
        message:
            "AP1702: The snapshot app-release-1a2b3c4 of the cluster app could not be taken, and nothing was deployed: SnapshotQuotaExceeded. Check the build's role and the account's snapshot quota, and retry the stage.",
    },
    ClonesNotDeleted: {
        code: "AP1703",
        facts: { clones: ["app-rehearsal-1a2b (InvalidDBClusterStateFault)"] },
        exit: 1,
        message: [
            "AP1703: Clones that could not be deleted:",
            "  - app-rehearsal-1a2b (InvalidDBClusterStateFault)",
            "The reaper retries at its next run. Until then they cost money: delete them by hand if the failure persists.",
        ].join("\n"),
    },
    CloneSourceMissing: {
        code: "AP1704",
        facts: { cluster: "app" },
        exit: 2,
        message:
            "AP1704: There is no cluster app to clone in this account and region. Correct the cluster's identifier in the build's settings, or rehearse in the account that has it.",
    },
    CloneNotDeleted: {
        code: "AP1705",
        facts: { clone: "app-rehearsal-1a2b", reason: "Throttling", minutes: 60 },
        exit: 1,
        message:
            "AP1705: The clone app-rehearsal-1a2b could not be deleted (Throttling). Until then it costs money: wait for the reaper, which deletes it 60 minutes after its creation, or delete it by hand.",
    },
    CloneIncomplete: {
        code: "AP1706",
        facts: { missing: "endpoint", clone: "app-rehearsal-1a2b" },
        exit: 1,
        message:
            "AP1706: RDS returned no endpoint for the clone app-rehearsal-1a2b. Retry the stage, which creates another clone.",
    },
};
