import { defineErrors } from "./define";

/** Locks and sessions: the server's and the migration tool's. */
export const sessionErrors = defineErrors({
    LockHeld: {
        code: "AP1301",
        what: "Another deployment holds the lock: {holder}. Waited {seconds} s; nothing was applied. Its sessions in the server:",
        list: "sessions",
        fix: "Let it finish, then start the pipeline again; or end it: {end}. The next run releases the lock of a deployment that has ended.",
        exit: "refused",
    },
    LockHeldByStranger: {
        code: "AP1302",
        what: "Another deployment holds the lock: {holder}. Waited {seconds} s; nothing was applied. Sessions in the server that may belong to it:",
        list: "sessions",
        fix: "If none of them is a running {tool}, release the lock by hand: {release}",
        exit: "refused",
    },
    LockUnchangeable: {
        code: "AP1303",
        what: "The lock is free, but its row in {table} cannot be changed because of triggers, rules or policies on the table.",
        fix: "Drop them, or run the action Bootstrap, which drops them.",
        exit: "failed",
    },
    LockLost: {
        code: "AP1304",
        what: "This deployment has lost its lock; it is now held by {holder}.",
        fix: "Wait until that deployment has ended, and start the pipeline again.",
        exit: "failed",
    },
    StatementStillRuns: {
        code: "AP1305",
        what: "A statement of this deployment is still running in the server.",
        fix: "Wait until it has ended, or end its session, and start the pipeline again.",
        exit: "failed",
    },
    ServerGone: {
        code: "AP1306",
        what: "The server did not become available again; it last answered {seconds} s ago: {reason}.",
        fix: "Start the pipeline again once the cluster is available.",
        exit: "either",
    },
});
