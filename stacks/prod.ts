import type { Profile } from "./profile";

/** Survives the loss of a zone and an accidental deletion, and passes an audit. */
export const prod: Profile = {
    availabilityZones: 2,
    egress: "NatPerAz",
    flowLogs: "All",

    instances: 2,
    minCapacity: 0.5,
    maxCapacity: 8,
    backupRetentionDays: 30,
    // Restarts happen in the expected window, not whenever someone deploys the stack.
    applyChanges: "InMaintenanceWindow",
    deletionProtection: true,
    backtrackHours: 24,
    finalSnapshot: true,
    databaseInsights: "Advanced",
    auditLogging: true,
    accessLog: true,

    customerKey: true,
    keyDeletionWindowInDays: 30,
    recoveryWindowInDays: 30,
    rotationDays: 30,
    logRetentionDays: 365,

    notifySuccess: true,
    alarms: true,
    databaseEvents: true,
    dashboard: true,
    vaultRetentionDays: 35,

    driftSchedule: "rate(1 day)",
    approval: true,
    rehearsal: false,
    lintFloor: {
        destructive: "warning",
        failing: "warning",
        guards: "warning",
        locking: "warning",
        "misread-strings": "error",
        "shadows-builtin": "error",
        "tracking-tables": "error",
    },
    atLeast: { approval: true, instances: 2 },
};
