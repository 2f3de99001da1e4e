import assert from "node:assert/strict";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { connectMysql, provisionMysql } from "../../scripts/local/database/mysql/provision";
import { administrator, type Server } from "../../scripts/local/database/server";
import { removeTemporary } from "../scripts/local/support";
import { startEmptyMysql } from "../support/mysqlServer";
import { mysqlLintPairs, type Pair, tablesBefore } from "../support/mysqlLintPairs";

// A server is the judge of each lint rule: the bad example does the harm that the rule says, and the good one works.
describe("MySQL's lint rules on a server", function () {
    this.timeout(300_000);
    let server: Server;
    let root: Connection;

    before(async () => {
        server = await startEmptyMysql();
        await provisionMysql(server, { name: "app", user: "dbowner", password: "master" });
        root = await connectMysql(server, { user: administrator, password: server.password });
        // As a migrator: everything in its schema, and nothing else.
        await root.query("CREATE USER app_migrator IDENTIFIED BY 'm'");
        await root.query("GRANT ALL ON app.* TO app_migrator");
    });
    after(async () => {
        await root?.end();
        await server?.stop();
        removeTemporary();
    });

    const migrator = () => connectMysql(server, { name: "app", user: "app_migrator", password: "m" });

    /** Runs statements in one transaction, as a changeset; returns the error's number, and the last warning's. */
    async function run(connection: Connection, statements: string[]): Promise<{ errno?: number; warning?: number }> {
        await connection.query("START TRANSACTION");
        try {
            let warning: number | undefined;
            for (const sql of statements) {
                await connection.query(sql);
                const [warnings] = await connection.query<RowDataPacket[]>("SHOW WARNINGS");
                warning = (warnings[0]?.["Code"] as number | undefined) ?? warning;
            }
            return { warning };
        } catch (error) {
            await connection.query("ROLLBACK");
            return { errno: (error as { errno: number }).errno };
        }
    }

    async function afresh(): Promise<void> {
        await root.query("DROP DATABASE app");
        await root.query("CREATE DATABASE app");
        await root.query("USE app");
        for (const sql of tablesBefore) await root.query(sql);
    }

    const value = async (connection: Connection, query: string) =>
        Object.values((await connection.query<RowDataPacket[]>(query))[0][0]!)[0] as number;

    async function assertHarm({ bad, then = [], harm, sessionOption }: Pair): Promise<void> {
        const session = sessionOption === undefined ? await migrator() : root;
        try {
            if (sessionOption !== undefined) await session.query(sessionOption);
            if (harm.online !== undefined) {
                const { errno } = await run(session, [harm.online]);
                assert.ok(errno === 1845 || errno === 1846, `${harm.online}: ${errno}`);
            }
            const { errno, warning } = await run(session, [...bad, ...then]);
            assert.equal(errno, harm.refused);
            if (harm.warned !== undefined) assert.equal(warning, harm.warned);
            if (harm.blocks !== undefined) await assert.rejects(root.query(harm.blocks), { errno: 3572 });
            if (harm.shows !== undefined) assert.equal(await value(session, harm.shows.query), harm.shows.value);
        } finally {
            if (session !== root) await session.end();
            else await root.query("SET SESSION sql_require_primary_key = OFF");
        }
    }

    for (const [rule, pair] of Object.entries<Pair>(mysqlLintPairs)) {
        it(rule, async () => {
            await afresh();
            await assertHarm(pair);
            await afresh();
            const session = await migrator();
            try {
                assert.equal((await run(session, pair.good)).errno, undefined, "the good example");
                await session.query("COMMIT");
            } finally {
                await session.end();
            }
        });
    }
});
