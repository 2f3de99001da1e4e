import { readFileSync } from "node:fs";
import { Client, escapeIdentifier, escapeLiteral } from "pg";
import type { RecordedResource } from "../recorded";
import { startErrors } from "../errors";
import { rdsRoles } from "./access";
import { administrator, type Server } from "./server";

/** The database account of the recorded cluster. */
export interface DatabaseAccount {
    /** Migration tool of its builds, by its name in the contract. Default: Liquibase. */
    tool?: string;
    name: string;
    user: string;
    password: string;
    /** The cluster's engine. Default: aurora-postgresql. */
    engine?: string;
}

/** The database and master user of the recorded cluster. */
export function databaseOf(resources: readonly RecordedResource[]): DatabaseAccount {
    const clusters = resources.filter(({ type }) => type === "aws:rds/cluster:Cluster");
    const [cluster] = clusters;
    if (!cluster || clusters.length > 1) {
        throw new startErrors.FeaturesUnsupported({
            features: [`a program with ${clusters.length} clusters; it needs exactly one`],
        });
    }
    const { engine, databaseName, masterUsername, masterPassword } = cluster.inputs as Record<string, string>;
    if (!databaseName || !masterUsername || !masterPassword) {
        throw new startErrors.FeaturesUnsupported({
            features: [`the cluster ${cluster.name} without a databaseName, masterUsername or masterPassword`],
        });
    }
    return { name: databaseName, user: masterUsername, password: masterPassword, engine };
}

/**
 * Creates the database and its owner, with the privileges of a cluster's master user: it may create roles and databases
 * and grant `rds_iam`, but is not a superuser. The password is set each time, since the recorded program decides it.
 */
export async function provision(server: Server, database: DatabaseAccount): Promise<void> {
    const client = await connect(server, { name: "postgres", user: administrator, password: server.password });
    try {
        const owner = escapeIdentifier(database.user);
        const exists = async (sql: string, name: string) => (await client.query(sql, [name])).rowCount === 1;
        const verb = (await exists("SELECT FROM pg_roles WHERE rolname = $1", database.user)) ? "ALTER" : "CREATE";
        await client.query(
            `${verb} ROLE ${owner} LOGIN CREATEROLE CREATEDB NOSUPERUSER PASSWORD ${escapeLiteral(database.password)}`,
        );
        for (const role of Object.values(rdsRoles)) {
            if (!(await exists("SELECT FROM pg_roles WHERE rolname = $1", role))) {
                await client.query(`CREATE ROLE ${role} NOLOGIN`);
            }
        }
        await client.query(`GRANT ${rdsRoles.iam} TO ${rdsRoles.superuser} WITH ADMIN OPTION`);
        await client.query(`GRANT ${rdsRoles.superuser} TO ${owner}`);
        if (!(await exists("SELECT FROM pg_database WHERE datname = $1", database.name))) {
            await client.query(`CREATE DATABASE ${escapeIdentifier(database.name)} OWNER ${owner}`);
        }
    } finally {
        await client.end();
    }
}

/** Does what RDS does when the master password changes. */
export async function setMasterPassword(server: Server, user: string, password: string): Promise<void> {
    const client = await connect(server, { name: "postgres", user: administrator, password: server.password });
    try {
        await client.query(`ALTER ROLE ${escapeIdentifier(user)} PASSWORD ${escapeLiteral(password)}`);
    } finally {
        await client.end();
    }
}

/** A connection that verifies the server as the builds do. */
export async function connect(
    server: Pick<Server, "host" | "port" | "authority">,
    { name, user, password }: DatabaseAccount,
): Promise<Client> {
    const client = new Client({
        host: server.host,
        port: server.port,
        database: name,
        user,
        password,
        ssl: { ca: readFileSync(server.authority, "utf8") },
        connectionTimeoutMillis: 10_000,
    });
    await client.connect();
    return client;
}
