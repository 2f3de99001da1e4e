import * as assert from "node:assert/strict";
import type { Client } from "pg";
import type { ThrowawayServer } from "../../scripts/check/throwaway";
import {
    contentEntries,
    differences,
    type Fingerprint,
    fingerprintOf,
    renderDifferences,
} from "../../scripts/delivery/engines/fingerprint";
import { readContent } from "../../scripts/delivery/engines/postgresql/catalog/content";
import { readFingerprint } from "../../scripts/delivery/engines/postgresql/catalog/read";
import { liquibase } from "../../scripts/delivery/tools/liquibase";
import { uncountedTables } from "../../scripts/delivery/tracking";
import { changes } from "../scripts/delivery/engines/postgresql/catalog/changes";
import { everything, startCatalogServer } from "../support/catalogServer";
import { nonEmpty } from "../support/nonEmpty";

const options = { trackingTables: uncountedTables(liquibase.tracking) };

describe("the fingerprint of a catalog", () => {
    let server: ThrowawayServer;
    let administrator: Client;
    let original: Fingerprint;
    let databases = 0;

    before(async () => {
        ({ server, administrator } = await startCatalogServer());
        original = await inDatabase("everything", async (client) => {
            await client.query(everything);
            return readFingerprint(client, options);
        });
    });
    after(async () => {
        await administrator?.end();
        await server?.dispose();
    });

    describe("sees", () => {
        for (const [what, { sql, lines }] of nonEmpty(Object.entries(changes))) {
            it(what, async () => {
                assert.deepEqual(await changedBy(sql), lines);
            });
        }
    });

    describe("does not see", () => {
        const invisible: Record<string, string> = {
            nothing: "",
            "a table that came and went": "CREATE TABLE shop.brief (id int); DROP TABLE shop.brief",
            "the place of a dropped column":
                "ALTER TABLE shop.notes ADD COLUMN a int; ALTER TABLE shop.notes DROP COLUMN a",
            "a grant that was taken back":
                "GRANT SELECT ON shop.orders TO app_writer; REVOKE SELECT ON shop.orders FROM app_writer",
            "the number that a sequence has reached": "SELECT nextval('shop.invoice_numbers')",
            rows: "INSERT INTO shop.notes VALUES ('x')",
            "the tables of the migration tool":
                "ALTER TABLE databasechangelog ADD COLUMN tag text; CREATE INDEX ON databasechangelog (id)",
            "temporary tables": "CREATE TEMPORARY TABLE here (id int)",
            "members of extensions": "GRANT EXECUTE ON FUNCTION citext_eq TO app_reader",
            "what the session prefers":
                "SET search_path = shop; SET datestyle = 'German'; SET timezone = 'Asia/Tokyo'; SET quote_all_identifiers = on",
            "a function written again": everything
                .match(/CREATE FUNCTION shop.touch[^;]*;[^;]*;[^;]*;/)![0]
                .replace("CREATE", "CREATE OR REPLACE"),
        };
        for (const [what, sql] of Object.entries(invisible)) {
            it(what, async () => {
                assert.deepEqual(await changedBy(sql), []);
            });
        }
    });

    it("names each kind of change by a kind that everything.sql has or the change brings", () => {
        const kinds = new Set(original.entries.map(({ kind }) => kind));
        const tested = Object.values(changes).flatMap(({ lines }) =>
            lines.flatMap((line) => /^[-+~] (.*)/.exec(line)?.[1] ?? []),
        );
        const untested = [...kinds].filter((kind) => !tested.some((line) => line.startsWith(`${kind} `)));
        assert.deepEqual(untested, []);
    });

    it("is the same for the same schema created again, with other object ids", async () => {
        await administrator.query("CREATE DATABASE again TEMPLATE template0");
        const again = await inDatabase("again", async (client) => {
            await client.query("CREATE TABLE junk (id serial, note text); DROP TABLE junk");
            await client.query(everything);
            return readFingerprint(client, options);
        });
        assert.equal(again.digest, original.digest);
        assert.deepEqual(again, original);
    });

    it("is the same for a role that may read nothing", async () => {
        const client = await server.connect("everything", "app_reader", "secret");
        try {
            await assert.rejects(client.query("SELECT * FROM shop.orders"), /permission denied/);
            assert.equal((await readFingerprint(client, options)).digest, original.digest);
        } finally {
            await client.end();
        }
    });

    it("is the same for an index that is created concurrently and one that is not", async () => {
        const plain = await changedBy("CREATE INDEX total_idx ON shop.orders (total)");
        const concurrent = await inCopy(async (client) => {
            await client.query("CREATE INDEX CONCURRENTLY total_idx ON shop.orders (total)");
            return renderDifferences(differences(original, await readFingerprint(client, options)));
        });
        assert.deepEqual(concurrent, plain);
    });

    it("reads roles on request", async () => {
        const [without, withRoles] = await inDatabase("everything", async (client) => [
            await readFingerprint(client, options),
            await readFingerprint(client, { ...options, roles: true }),
        ]);
        assert.deepEqual(
            differences(without, withRoles).map(({ kind, name }) => `${kind} ${name}`),
            ["role app_owner", "role app_reader", "role app_writer"]
                .concat("role rdsadmin")
                .filter((role) => !role.endsWith("rdsadmin")),
        );
    });

    it("leaves the client as it was, and out of a transaction", async () => {
        await inDatabase("everything", async (client) => {
            await client.query("SET search_path = shop");
            await readFingerprint(client, options);
            const { rows } = await client.query(
                "SELECT current_setting('search_path') AS path, now() = statement_timestamp() AS alone",
            );
            assert.deepEqual(rows, [{ path: "shop", alone: true }]);
        });
    });

    it("names the lock that it gives up waiting for", async () => {
        await inCopy(async (client, database) => {
            await client.query("BEGIN; ALTER VIEW shop.open_orders RENAME TO others");
            const reader = await server.administrate(database);
            try {
                await assert.rejects(
                    readFingerprint(reader, { ...options, lockTimeout: 100 }),
                    /^CatalogUnreadable: AP1214: The catalog's views could not be read: .*lock timeout/,
                );
                await client.query("ROLLBACK");
                assert.equal((await readFingerprint(reader, options)).digest, original.digest);
            } finally {
                await reader.end();
            }
        });
    });

    it("is stable while other sessions come and go", async () => {
        await inCopy(async (client, database) => {
            const other = await server.administrate(database);
            let done = false;
            const churn = (async () => {
                while (!done) {
                    await other.query(
                        "CREATE TABLE IF NOT EXISTS shop.churn (id int PRIMARY KEY); CREATE OR REPLACE VIEW shop.churned AS SELECT id FROM shop.churn",
                    );
                    await other.query("DROP VIEW shop.churned; DROP TABLE shop.churn");
                }
            })();
            try {
                for (let round = 0; round < 30; round++) {
                    const found = differences(original, await readFingerprint(client, options));
                    assert.deepEqual(
                        found.filter(({ name }) => !name.includes("churn")),
                        [],
                    );
                }
            } finally {
                done = true;
                await churn;
                await other.end();
            }
        });
    });

    it("reads thousands of objects in seconds", async () => {
        await inCopy(async (client) => {
            await client.query(`DO $$ BEGIN
                FOR i IN 1..1000 LOOP
                    EXECUTE format('CREATE TABLE shop.t%s (id bigint PRIMARY KEY, a text NOT NULL DEFAULT '''', b int REFERENCES shop.orders)', i);
                    EXECUTE format('CREATE INDEX ON shop.t%s (a)', i);
                    EXECUTE format('CREATE VIEW shop.v%s AS SELECT * FROM shop.t%s', i, i);
                    EXECUTE format('COMMENT ON TABLE shop.t%s IS ''x''', i);
                END LOOP;
            END $$`);
            const started = Date.now();
            const fingerprint = await readFingerprint(client, options);
            const milliseconds = Date.now() - started;
            console.log(`      ${fingerprint.entries.length} entries in ${milliseconds} ms`);
            assert.ok(fingerprint.entries.length > 10_000);
            assert.ok(milliseconds < 10_000, `${milliseconds} ms`);
        });
    });

    describe("of what tables hold", () => {
        const contents = (client: Client, digests = true) =>
            readContent(client, options).then((content) => fingerprintOf(contentEntries(content, { digests })));

        it("sees rows that come, change and go", async () => {
            await inCopy(async (client) => {
                const empty = await contents(client);
                assert.deepEqual(empty.entries, []);
                await client.query("INSERT INTO shop.private_notes VALUES ('a'), ('b'), ('b')");
                const filled = await contents(client);
                const [line] = renderDifferences(differences(empty, filled));
                assert.match(line ?? "", /^\+ rows of shop\.private_notes: 3 rows, digest [0-9a-f]{16}$/);
                await client.query("UPDATE shop.private_notes SET body = 'a'");
                assert.equal(differences(filled, await contents(client)).length, 1);
                await client.query("DELETE FROM ONLY shop.private_notes");
                assert.deepEqual((await contents(client)).entries, []);
            });
        });

        it("does not depend on the order of rows or columns", async () => {
            await inCopy(async (client) => {
                await client.query("CREATE TABLE shop.p (a int, b int); INSERT INTO shop.p VALUES (1, 2), (3, 4)");
                const one = await contents(client);
                await client.query(
                    "DROP TABLE shop.p; CREATE TABLE shop.p (b int, a int); INSERT INTO shop.p VALUES (4, 3), (2, 1)",
                );
                assert.equal((await contents(client)).digest, one.digest);
            });
        });

        it("counts only the rows of a table that is too large, and says so", async () => {
            await inCopy(async (client) => {
                await client.query(
                    "INSERT INTO shop.private_notes SELECT repeat('x', 1000) FROM generate_series(1, 100); ANALYZE shop.private_notes",
                );
                const [entry] = contentEntries(await readContent(client, { ...options, maxBytes: 8192 }), {
                    digests: true,
                });
                assert.equal(entry?.definition, "about 100 rows, too many to compare");
            });
        });

        it("copes with any name", async () => {
            await inCopy(async (client) => {
                await client.query(`CREATE TABLE shop."a ""b"" row" (r int, "x y" text);
                    INSERT INTO shop."a ""b"" row" VALUES (1, 'z')`);
                const one = await contents(client);
                assert.equal(one.entries[0]?.name, 'shop."a ""b"" row"');
                await client.query(`UPDATE shop."a ""b"" row" SET "x y" = 'zz'`);
                assert.notEqual((await contents(client)).digest, one.digest);
            });
        });
    });

    /** Runs the change in a transaction that is rolled back: a hundred copies of a database would take minutes. */
    async function changedBy(sql: string): Promise<string[]> {
        return inDatabase("everything", async (client) => {
            await client.query("BEGIN");
            await client.query(`SET LOCAL allow_system_table_mods = on; ${sql}`);
            return renderDifferences(differences(original, await readFingerprint(withinTransaction(client), options)));
        });
    }

    /** The client, with the reader's own transaction made part of the one that is open. */
    function withinTransaction(client: Client): Client {
        const begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;";
        const query = (text: unknown) =>
            client.query(
                text === "ROLLBACK"
                    ? "ROLLBACK TO reading"
                    : typeof text === "string"
                      ? text.replace(begin, "SAVEPOINT reading;")
                      : (text as string),
            );
        return { query } as unknown as Client;
    }

    async function inCopy<T>(work: (client: Client, database: string) => Promise<T>): Promise<T> {
        const name = `copy_${databases++}`;
        await administrator.query(`CREATE DATABASE ${name} TEMPLATE everything`);
        try {
            return await inDatabase(name, (client) => work(client, name));
        } finally {
            await administrator.query(`DROP DATABASE ${name}`);
        }
    }

    async function inDatabase<T>(name: string, work: (client: Client) => Promise<T>): Promise<T> {
        const client = await server.administrate(name);
        try {
            return await work(client);
        } finally {
            await client.end();
        }
    }
});
