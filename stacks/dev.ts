import type { Profile } from "./profile";

/** Cheap and quick to remove: an idle cluster costs only its storage, and nothing remains after `pulumi destroy`. */
export const dev: Profile = {
    availabilityZones: 2,
    egress: "SingleNat",
    flowLogs: "Reject",

    instances: 1,
    minCapacity: 0,
    maxCapacity: 2,
    secondsUntilAutoPause: 600,
    backupRetentionDays: 7,
    applyChanges: "Immediately",
    deletionProtection: false,
    backtrackHours: 0,
    finalSnapshot: false,
    databaseInsights: "Standard",
    auditLogging: false,
    accessLog: false,

    customerKey: false,
    keyDeletionWindowInDays: 7,
    recoveryWindowInDays: 0,
    logRetentionDays: 30,

    notifySuccess: false,
    alarms: false,
    databaseEvents: false,
    dashboard: false,

    approval: false,
    rehearsal: false,
    lintFloor: {},
    atLeast: { approval: false, instances: 1 },
};
