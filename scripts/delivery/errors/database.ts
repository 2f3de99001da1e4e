import { caBundleVariable } from "../../../components/contract";
import { defineErrors } from "./define";

const noConnection = "No connection to {database} on {host}:{port} as {user}: {reason}.";

/** The connection to the database, its users, its catalog. The first twelve are why there is no connection. */
export const databaseErrors = defineErrors({
    CredentialRefused: {
        code: "AP1201",
        what: `${noConnection} The server rejects the credential.`,
        fix: "{advice}",
        exit: "refused",
    },
    AccessRefused: {
        code: "AP1202",
        what: `${noConnection} The server rejects this user, database or network.`,
        fix: "Check the user in the secret and the server's access rules.",
        exit: "refused",
    },
    DatabaseMissing: {
        code: "AP1203",
        what: `${noConnection} The server has no database with the name in DB_NAME.`,
        fix: "Create it, or correct the cluster's databaseName.",
        exit: "refused",
    },
    CertificateUntrusted: {
        code: "AP1204",
        what: `${noConnection} The server's certificate is not signed by an authority in the CA bundle.`,
        fix: `Check that it is the right server. The toolchain contains the bundle for Amazon RDS; for another server set ${caBundleVariable} to its authorities.`,
        exit: "refused",
    },
    CertificateForAnotherHost: {
        code: "AP1205",
        what: `${noConnection} The certificate is for another host name.`,
        fix: "Connect with the name in the certificate (the cluster's endpoint).",
        exit: "refused",
    },
    CertificateExpired: {
        code: "AP1206",
        what: `${noConnection} The server's certificate has expired.`,
        fix: "Rotate it.",
        exit: "refused",
    },
    TlsMissing: {
        code: "AP1207",
        what: `${noConnection} The server offers no TLS, and the delivery program never connects without it.`,
        fix: "Enable TLS on the server.",
        exit: "refused",
    },
    HostUnknown: {
        code: "AP1208",
        what: `${noConnection} The host name in DB_HOST does not resolve.`,
        fix: "Check that it is the cluster's endpoint, and that the build runs in its VPC.",
        exit: "refused",
    },
    NoWriter: {
        code: "AP1209",
        what: `${noConnection} The server that answered is a reader.`,
        fix: "After a failover, the former writer may be a reader for a while: start the build again. If the error persists, DB_HOST is not the cluster's writer endpoint.",
        exit: "refused",
    },
    NoAnswer: {
        code: "AP1210",
        what: `${noConnection} The server does not answer.`,
        fix: "Check that the cluster is running, that the port is right, and that its security group allows the build's.",
        exit: "refused",
    },
    ConnectionsExhausted: {
        code: "AP1211",
        what: `${noConnection} The server has no free connections.`,
        fix: "End idle sessions, or raise the server's capacity.",
        exit: "refused",
    },
    ConnectionFailed: {
        code: "AP1212",
        what: noConnection,
        fix: "Check the server's log, and start the build again.",
        exit: "refused",
    },
    QueryFailed: {
        code: "AP1213",
        what: "The server rejected a statement of the delivery program: {reason}.",
        fix: "Start the build again; if it fails again, check the server's log and the user's privileges.",
        exit: "failed",
    },
    CatalogUnreadable: {
        code: "AP1214",
        what: "The catalog's {part} could not be read: {reason}.",
        fix: "Start the build again once the cause has been resolved.",
        exit: "either",
    },
    UsersRefused: {
        code: "AP1215",
        what: "The database's users cannot be created; nothing was changed:",
        list: "problems",
        fix: "Correct each of these in the database or the stack's config, and retry the stage Bootstrap.",
        exit: "refused",
    },
    UsersFailed: {
        code: "AP1216",
        what: "The database's users could not be created; nothing was changed. {step}: {reason}.",
        fix: "Grant the administrator the privilege that the server requires, and retry the stage Bootstrap.",
        exit: "failed",
    },
    UsersUnsettled: {
        code: "AP1217",
        what: "The database's users cannot be repaired; after {rounds} rounds these changes are still needed:",
        list: "steps",
        fix: "Another session is changing the same roles: stop it, and retry the stage Bootstrap.",
        exit: "failed",
    },
    UsersMisconfigured: {
        code: "AP1218",
        what: "The database's users are misconfigured:",
        list: "problems",
        fix: "Correct these privileges as the administrator, and retry the stage Bootstrap.",
        exit: "failed",
    },
    BootstrapFailed: {
        code: "AP1220",
        what: "The bootstrap of this execution failed, so nothing was planned.",
        fix: "Read the log of the action Bootstrap, correct the cause, and retry the stage.",
        exit: "failed",
    },
    BootstrapUnfinished: {
        code: "AP1221",
        what: "The bootstrap of this execution has not ended within {seconds} s, so nothing was planned.{reason}",
        fix: "Read in the log of the action Bootstrap what it waits for, or why it failed; then retry the stage.",
        exit: "refused",
    },
    BootstrapWaitStopped: {
        code: "AP1222",
        what: "The build was stopped while it waited for the bootstrap; nothing was planned.",
        fix: "Retry the stage.",
        exit: "failed",
    },
    DatabaseDrifted: {
        code: "AP1223",
        what: "Someone changed {environment} by hand (see above).",
        fix: "Revert the change, or put it into a changeset; the next deployment records the catalog again.",
        exit: "failed",
    },
    ConnectionInterrupted: {
        code: "AP1224",
        what: "The connection to the database was interrupted: {reason}.",
        fix: "Start the pipeline again once the database answers: it continues from the current state of the database.",
        exit: "failed",
    },
    SessionsHidden: {
        code: "AP1225",
        what: "The server at {host}:{port} runs without performance_schema, so it cannot be determined whether the holder of the lock is alive.",
        fix: "Set performance_schema to 1 in the instances' parameter group (AuroraCluster does), and reboot them.",
        exit: "refused",
    },
});
