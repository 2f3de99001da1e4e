import type { databaseErrors } from "../../scripts/delivery/errors";
import type { Messages } from "./row";

export const databaseMessages: Messages<typeof databaseErrors> = {
    CredentialRefused: {
        code: "AP1201",
        facts: {
            database: "app",
            host: "db.example.com",
            port: 5432,
            user: "app_migrator",
            reason: "password authentication failed",
            advice: "Check the secret of app_migrator.",
        },
        exit: 2,
        message:
            "AP1201: No connection to app on db.example.com:5432 as app_migrator: password authentication failed. The server rejects the credential. Check the secret of app_migrator.",
    },
    AccessRefused: {
        code: "AP1202",
        facts: {
            database: "app",
            host: "db.example.com",
            port: 5432,
            user: "app_migrator",
            reason: "no pg_hba.conf entry",
        },
        exit: 2,
        message:
            "AP1202: No connection to app on db.example.com:5432 as app_migrator: no pg_hba.conf entry. The server rejects this user, database or network. Check the user in the secret and the server's access rules.",
    },
    DatabaseMissing: {
        code: "AP1203",
        facts: {
            database: "app",
            host: "db.example.com",
            port: 5432,
            user: "app_migrator",
            reason: 'database "app" does not exist',
        },
        exit: 2,
        message:
            'AP1203: No connection to app on db.example.com:5432 as app_migrator: database "app" does not exist. The server has no database with the name in DB_NAME. Create it, or correct the cluster\'s databaseName.',
    },
    CertificateUntrusted: {
        code: "AP1204",
        facts: {
            database: "app",
            host: "db.example.com",
            port: 5432,
            user: "app_migrator",
            reason: "self-signed certificate in certificate chain",
        },
        exit: 2,
        message:
            "AP1204: No connection to app on db.example.com:5432 as app_migrator: self-signed certificate in certificate chain. The server's certificate is not signed by an authority in the CA bundle. Check that it is the right server. The toolchain contains the bundle for Amazon RDS; for another server set PGSSLROOTCERT to its authorities.",
    },
    CertificateForAnotherHost: {
        code: "AP1205",
        facts: {
            database: "app",
            host: "db.example.com",
            port: 5432,
            user: "app_migrator",
            reason: "Hostname/IP does not match certificate's altnames",
        },
        exit: 2,
        message:
            "AP1205: No connection to app on db.example.com:5432 as app_migrator: Hostname/IP does not match certificate's altnames. The certificate is for another host name. Connect with the name in the certificate (the cluster's endpoint).",
    },
    CertificateExpired: {
        code: "AP1206",
        facts: {
            database: "app",
            host: "db.example.com",
            port: 5432,
            user: "app_migrator",
            reason: "certificate has expired",
        },
        exit: 2,
        message:
            "AP1206: No connection to app on db.example.com:5432 as app_migrator: certificate has expired. The server's certificate has expired. Rotate it.",
    },
    TlsMissing: {
        code: "AP1207",
        facts: {
            database: "app",
            host: "db.example.com",
            port: 5432,
            user: "app_migrator",
            reason: "The server does not support SSL connections",
        },
        exit: 2,
        message:
            "AP1207: No connection to app on db.example.com:5432 as app_migrator: The server does not support SSL connections. The server offers no TLS, and the delivery program never connects without it. Enable TLS on the server.",
    },
    HostUnknown: {
        code: "AP1208",
        facts: {
            database: "app",
            host: "db.example.com",
            port: 5432,
            user: "app_migrator",
            reason: "getaddrinfo ENOTFOUND db.example.com",
        },
        exit: 2,
        message:
            "AP1208: No connection to app on db.example.com:5432 as app_migrator: getaddrinfo ENOTFOUND db.example.com. The host name in DB_HOST does not resolve. Check that it is the cluster's endpoint, and that the build runs in its VPC.",
    },
    NoWriter: {
        code: "AP1209",
        facts: {
            database: "app",
            host: "db.example.com",
            port: 5432,
            user: "app_migrator",
            reason: "cannot execute UPDATE in a read-only transaction",
        },
        exit: 2,
        message:
            "AP1209: No connection to app on db.example.com:5432 as app_migrator: cannot execute UPDATE in a read-only transaction. The server that answered is a reader. After a failover, the former writer may be a reader for a while: start the build again. If the error persists, DB_HOST is not the cluster's writer endpoint.",
    },
    NoAnswer: {
        code: "AP1210",
        facts: {
            database: "app",
            host: "db.example.com",
            port: 5432,
            user: "app_migrator",
            reason: "connect ETIMEDOUT 10.0.0.5:5432",
        },
        exit: 2,
        message:
            "AP1210: No connection to app on db.example.com:5432 as app_migrator: connect ETIMEDOUT 10.0.0.5:5432. The server does not answer. Check that the cluster is running, that the port is right, and that its security group allows the build's.",
    },
    ConnectionsExhausted: {
        code: "AP1211",
        facts: {
            database: "app",
            host: "db.example.com",
            port: 5432,
            user: "app_migrator",
            reason: "sorry, too many clients already",
        },
        exit: 2,
        message:
            "AP1211: No connection to app on db.example.com:5432 as app_migrator: sorry, too many clients already. The server has no free connections. End idle sessions, or raise the server's capacity.",
    },
    ConnectionFailed: {
        code: "AP1212",
        facts: {
            database: "app",
            host: "db.example.com",
            port: 5432,
            user: "app_migrator",
            reason: "unexpected message from the server",
        },
        exit: 2,
        message:
            "AP1212: No connection to app on db.example.com:5432 as app_migrator: unexpected message from the server. Check the server's log, and start the build again.",
    },
    QueryFailed: {
        code: "AP1213",
        facts: { reason: "permission denied for table databasechangelog" },
        exit: 1,
        message:
            "AP1213: The server rejected a statement of the delivery program: permission denied for table databasechangelog. Start the build again; if it fails again, check the server's log and the user's privileges.",
    },
    CatalogUnreadable: {
        code: "AP1214",
        facts: { part: "indexes", reason: "canceling statement due to statement timeout" },
        exit: "either",
        message:
            "AP1214: The catalog's indexes could not be read: canceling statement due to statement timeout. Start the build again once the cause has been resolved.",
    },
    UsersRefused: {
        code: "AP1215",
        facts: { problems: ["the role app_owner is a superuser"] },
        exit: 2,
        message: [
            "AP1215: The database's users cannot be created; nothing was changed:",
            "  - the role app_owner is a superuser",
            "Correct each of these in the database or the stack's config, and retry the stage Bootstrap.",
        ].join("\n"),
    },
    UsersFailed: {
        code: "AP1216",
        facts: { step: "GRANT app_owner TO app_migrator", reason: "permission denied to grant role" },
        exit: 1,
        message:
            "AP1216: The database's users could not be created; nothing was changed. GRANT app_owner TO app_migrator: permission denied to grant role. Grant the administrator the privilege that the server requires, and retry the stage Bootstrap.",
    },
    UsersUnsettled: {
        code: "AP1217",
        facts: { rounds: 5, steps: ["REVOKE app_owner FROM shop"] },
        exit: 1,
        message: [
            "AP1217: The database's users cannot be repaired; after 5 rounds these changes are still needed:",
            "  - REVOKE app_owner FROM shop",
            "Another session is changing the same roles: stop it, and retry the stage Bootstrap.",
        ].join("\n"),
    },
    UsersMisconfigured: {
        code: "AP1218",
        facts: { problems: ["app_planner can read public.items"] },
        exit: 1,
        message: [
            "AP1218: The database's users are misconfigured:",
            "  - app_planner can read public.items",
            "Correct these privileges as the administrator, and retry the stage Bootstrap.",
        ].join("\n"),
    },
    BootstrapFailed: {
        code: "AP1220",
        facts: {},
        exit: 1,
        message:
            "AP1220: The bootstrap of this execution failed, so nothing was planned. Read the log of the action Bootstrap, correct the cause, and retry the stage.",
    },
    BootstrapUnfinished: {
        code: "AP1221",
        facts: { seconds: 600, reason: " The last login failed: password authentication failed." },
        exit: 2,
        message:
            "AP1221: The bootstrap of this execution has not ended within 600 s, so nothing was planned. The last login failed: password authentication failed. Read in the log of the action Bootstrap what it waits for, or why it failed; then retry the stage.",
    },
    BootstrapWaitStopped: {
        code: "AP1222",
        facts: {},
        exit: 1,
        message:
            "AP1222: The build was stopped while it waited for the bootstrap; nothing was planned. Retry the stage.",
    },
    DatabaseDrifted: {
        code: "AP1223",
        facts: { environment: "prod" },
        exit: 1,
        message:
            "AP1223: Someone changed prod by hand (see above). Revert the change, or put it into a changeset; the next deployment records the catalog again.",
    },
    ConnectionInterrupted: {
        code: "AP1224",
        facts: { reason: "Connection terminated unexpectedly" },
        exit: 1,
        message:
            "AP1224: The connection to the database was interrupted: Connection terminated unexpectedly. Start the pipeline again once the database answers: it continues from the current state of the database.",
    },
    SessionsHidden: {
        code: "AP1225",
        facts: { host: "db.example.com", port: 3306 },
        exit: 2,
        message:
            "AP1225: The server at db.example.com:3306 runs without performance_schema, so it cannot be determined whether the holder of the lock is alive. Set performance_schema to 1 in the instances' parameter group (AuroraCluster does), and reboot them.",
    },
};
