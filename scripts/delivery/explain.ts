import { DatabaseSettings } from "./input/settings";

interface Explanation {
    pattern: RegExp;
    fix: string;
}

/** The server, or IAM for it, refuses the credential. */
const refusedCredential = /(password|PAM) authentication failed|28P01/i;

const connectionFixes: Explanation[] = [
    {
        pattern: /no pg_hba\.conf entry|28000/,
        fix: "The server refuses this user, database or network: check the user in the secret and the server's access rules.",
    },
    {
        pattern: /3D000|database ".*" does not exist/,
        fix: "DB_NAME names a database that the server does not have: create it, or correct the cluster's databaseName.",
    },
    {
        pattern: /self.signed|unable to (get|verify)|DEPTH_ZERO|UNABLE_TO|issuer/i,
        fix: "The server's certificate is not signed by an authority in the CA bundle. Is it the right server? For Amazon RDS the toolchain carries the bundle; for another server set PGSSLROOTCERT to its authorities.",
    },
    {
        pattern: /altname|hostname\/ip does not match/i,
        fix: "The certificate is for another host name: connect by the name that the certificate carries (the cluster's endpoint).",
    },
    { pattern: /certificate has expired|CERT_HAS_EXPIRED/i, fix: "Rotate the server's certificate." },
    {
        pattern: /does not support SSL/i,
        fix: "The server offers no TLS, and the delivery program never connects without it: switch TLS on in the server.",
    },
    {
        pattern: /ENOTFOUND|EAI_AGAIN/,
        fix: "The host name in DB_HOST does not resolve: is it the cluster's endpoint, and does the build run in its VPC?",
    },
    {
        pattern: /is a reader/,
        fix: "After a failover the old writer may answer as a reader for a while: start the build again. If it stays one, DB_HOST is not the cluster's writer endpoint.",
    },
    {
        pattern: /ECONNREFUSED|has not answered|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNRESET|timeout/i,
        fix: "Nothing answers there: is the cluster running, is the port right, and does its security group admit the build's?",
    },
    {
        pattern: /53300|too many (clients|connections)/i,
        fix: "The server has no connection left: end idle sessions, or raise its capacity.",
    },
];

/** Why there is no connection: cause first, then what to do. */
export function explainConnection(error: unknown, database: DatabaseSettings): string {
    const { code, message } = error as { code?: string; message: string };
    const text = [message, code].filter(Boolean).join(" ");
    const fix = refusedCredential.test(text)
        ? database.credential.advice
        : connectionFixes.find(({ pattern }) => pattern.test(text))?.fix;
    const what = message || code || String(error);
    return [
        `No connection to ${database.name} on ${database.host}:${database.port} as ${database.username}: ${what}`,
        ...(fix ? [fix] : []),
    ].join("\n");
}

const changelogFixes: Explanation[] = [
    {
        pattern: /check sum/,
        fix: "A changeset that already ran was edited. Undo the edit and write a new changeset instead; views and functions that shall follow their text take runOnChange:true.",
    },
    {
        pattern: /duplicate identifiers/,
        fix: "Two changesets of one file have the same id and author: rename the newer one.",
    },
    {
        // Not what the server says of a relation or a column.
        pattern: /not found in the configured search path|^(?!.*ERROR: ).*does not exist$/m,
        fix: "Paths in a changelog are relative to the migrations directory, or to the changelog itself with relativeToChangelogFile.",
    },
    {
        pattern: /Could not acquire change log lock/,
        fix: "Another deployment runs, or one was killed and left its lock. If none runs, release it: UPDATE databasechangeloglock SET locked = false, lockedby = NULL, lockgranted = NULL;",
    },
    {
        pattern: /lock timeout|deadlock detected/,
        fix: "Other sessions held the table's locks all the while (pg_locks and pg_stat_activity name them). Deploy when they are done, or raise lockRetryBudgetSeconds; a higher lockTimeoutMilliseconds makes everybody wait behind this change.",
    },
    {
        pattern: /The precondition .* was stopped after/,
        fix: "A precondition asks what already is, while the deployment holds its lock: write one that ends at once, without recursion that has no end, and move work on rows into a changeset.",
    },
    {
        pattern: /StackOverflowError/,
        fix: "Split what is nested (parentheses, preconditions, lists of the changelog) into several changesets or files.",
    },
    {
        pattern: /statement timeout/,
        fix: "The statement ran longer than statementTimeoutMilliseconds: do the work in smaller steps, or raise it.",
    },
    {
        pattern: /Could not find tag/,
        fix: "Tags are the release ids that earlier deployments printed; they are in the column tag of databasechangelog.",
    },
    {
        pattern: /Expected single row from|up to date database metadata/,
        fix: "This change reads the database while it is written, so its SQL is not known beforehand: write it as SQL.",
    },
    {
        pattern: /permission denied|must be owner/,
        fix: "The user lacks the privilege. A migrator works as the role that owns what migrations made: let the administrator grant it to that role, or do this by himself.",
    },
    {
        pattern: /Unknown change type/,
        fix: "Correct the name of the change, or add the extension's jar that brings it.",
    },
];

/** Liquibase's report without its noise: what failed and why, then what to do. */
export function explainLiquibase(what: string, messages: string[]): string {
    const text = messages.join("\n");
    const [, reported] =
        /Unexpected error running Liquibase: ([\s\S]*?)(?:\n\s*\n|\nFor more information|$)/.exec(text) ?? [];
    const cause = (reported ?? messages.filter((line) => !noise.test(line)).join("\n"))
        .replaceAll(/liquibase\.exception\.\w+: /g, "")
        .trim();
    const fix = changelogFixes.find(({ pattern }) => pattern.test(text))?.fix;
    return [`${what}:`, indent(cause || "Liquibase gives no reason"), ...(fix ? [fix] : [])].join("\n");
}

const noise = /^(WARNING|Starting Liquibase|Liquibase Version|Running Changeset|Rolling Back Changeset)/;

function indent(text: string): string {
    return text
        .split("\n")
        .map((line) => `    ${line}`)
        .join("\n");
}
