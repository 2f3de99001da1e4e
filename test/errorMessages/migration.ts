import type { sessionErrors, migrationErrors } from "../../scripts/delivery/errors";
import type { Messages } from "./row";

export const sessionMessages: Messages<typeof sessionErrors> = {
    LockHeld: {
        code: "AP1301",
        facts: {
            holder: "release-1a2b3c4-5d6e7f80 on build-1",
            seconds: 300,
            end: "SELECT pg_terminate_backend(4711)",
            sessions: ["4711: active for 12 s"],
        },
        exit: 2,
        message: [
            "AP1301: Another deployment holds the lock: release-1a2b3c4-5d6e7f80 on build-1. Waited 300 s; nothing was applied. Its sessions in the server:",
            "  - 4711: active for 12 s",
            "Let it finish, then start the pipeline again; or end it: SELECT pg_terminate_backend(4711). The next run releases the lock of a deployment that has ended.",
        ].join("\n"),
    },
    LockHeldByStranger: {
        code: "AP1302",
        facts: {
            holder: "somebody on laptop-7",
            seconds: 300,
            tool: "Liquibase",
            release: "UPDATE databasechangeloglock SET locked = false",
            sessions: ["4711: idle for 3 min"],
        },
        exit: 2,
        message: [
            "AP1302: Another deployment holds the lock: somebody on laptop-7. Waited 300 s; nothing was applied. Sessions in the server that may belong to it:",
            "  - 4711: idle for 3 min",
            "If none of them is a running Liquibase, release the lock by hand: UPDATE databasechangeloglock SET locked = false",
        ].join("\n"),
    },
    LockUnchangeable: {
        code: "AP1303",
        facts: { table: "public.databasechangeloglock" },
        exit: 1,
        message:
            "AP1303: The lock is free, but its row in public.databasechangeloglock cannot be changed because of triggers, rules or policies on the table. Drop them, or run the action Bootstrap, which drops them.",
    },
    LockLost: {
        code: "AP1304",
        facts: { holder: "release-2b3c4d5-6e7f8091 on build-2" },
        exit: 1,
        message:
            "AP1304: This deployment has lost its lock; it is now held by release-2b3c4d5-6e7f8091 on build-2. Wait until that deployment has ended, and start the pipeline again.",
    },
    StatementStillRuns: {
        code: "AP1305",
        facts: {},
        exit: 1,
        message:
            "AP1305: A statement of this deployment is still running in the server. Wait until it has ended, or end its session, and start the pipeline again.",
    },
    ServerGone: {
        code: "AP1306",
        facts: { seconds: 61, reason: "connect ECONNREFUSED" },
        exit: "either",
        message:
            "AP1306: The server did not become available again; it last answered 61 s ago: connect ECONNREFUSED. Start the pipeline again once the cluster is available.",
    },
};

export const migrationMessages: Messages<typeof migrationErrors> = {
    MigrationFailed: {
        code: "AP1401",
        facts: { step: "The update failed", cause: 'ERROR: relation "items" already exists' },
        exit: "either",
        message: [
            "AP1401: The update failed:",
            'ERROR: relation "items" already exists',
            "Correct the cause named in the message, and push.",
        ].join("\n"),
    },
    LocksNotGranted: {
        code: "AP1406",
        facts: {
            step: "The update failed",
            cause: "canceling statement due to lock timeout",
            lockViews: "pg_locks and pg_stat_activity",
        },
        exit: "either",
        message: [
            "AP1406: The update failed: other sessions held the table's locks during all attempts:",
            "canceling statement due to lock timeout",
            "Find them in pg_locks and pg_stat_activity. Deploy when they have ended, or raise lockRetryBudgetSeconds; a higher lockTimeoutMilliseconds makes other sessions wait behind this change.",
        ].join("\n"),
    },
    StatementTimedOut: {
        code: "AP1409",
        facts: { step: "The update failed", cause: "canceling statement due to statement timeout" },
        exit: "either",
        message: [
            "AP1409: The update failed: the statement ran longer than statementTimeoutMilliseconds:",
            "canceling statement due to statement timeout",
            "Do the work in smaller steps, or raise the timeout.",
        ].join("\n"),
    },
    PrivilegeMissing: {
        code: "AP1412",
        facts: { step: "The update failed", cause: "permission denied to create extension" },
        exit: "either",
        message: [
            "AP1412: The update failed: the user lacks the privilege:",
            "permission denied to create extension",
            "The migrator acts as the owner role of the migrations. Declare roles and extensions in the stack's config (extensions, groupRoles, applicationUsers), and take over objects of another role with takeOverFrom; anything else the administrator runs once.",
        ].join("\n"),
    },
    VerificationFailed: {
        code: "AP1414",
        facts: { checks: ["no product weighs less than nothing"] },
        exit: 1,
        message: [
            "AP1414: Verification failed:",
            "  - no product weighs less than nothing",
            "Correct the changesets, or the checks in verify/, and push.",
        ].join("\n"),
    },
    VerificationBroken: {
        code: "AP1415",
        facts: { reason: 'verify/stock.sql: relation "stock" does not exist' },
        exit: 1,
        message:
            'AP1415: The verification could not run: verify/stock.sql: relation "stock" does not exist. Start the pipeline again once the database answers.',
    },
    MigrationInterrupted: {
        code: "AP1416",
        facts: { reason: "SIGTERM" },
        exit: 1,
        message:
            "AP1416: The update could not continue: SIGTERM. Start the pipeline again: it continues after the changesets that are applied.",
    },
};
