import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import type { Client } from "pg";
import type { ThrowawayServer } from "../../scripts/check/throwaway";
import { fingerprintOf } from "../../scripts/delivery/engines/fingerprint";
import { readContent } from "../../scripts/delivery/engines/postgresql/catalog/content";
import { type Parts, PartReader } from "../../scripts/delivery/engines/postgresql/catalog/parts/reader";
import { readFingerprint } from "../../scripts/delivery/engines/postgresql/catalog/read";
import { changes } from "../scripts/delivery/engines/postgresql/catalog/changes";
import { statement } from "../scripts/delivery/engines/postgresql/catalog/statements";
import { everything, startCatalogServer } from "../support/catalogServer";
import { nonEmpty } from "../support/nonEmpty";

const options = { trackingTables: ["databasechangelog"] };

/** Reading what was written must give what reading everything gives: an omission would prove a wrong rollback. */
describe("a catalog that is read in parts", () => {
    let server: ThrowawayServer;
    let administrator: Client;
    let databases = 0;

    before(async () => {
        ({ server, administrator } = await startCatalogServer());
        const client = await server.administrate("everything");
        await client.query(everything);
        await client.end();
    });
    after(async () => {
        await administrator?.end();
        await server?.dispose();
    });

    for (const [what, { sql }] of nonEmpty(Object.entries(changes))) {
        it(`sees ${what}`, async () => {
            await inDatabase("everything", async ({ writer, reader, client }) => {
                await settle(reader);
                await writer.query(`BEGIN; SET LOCAL allow_system_table_mods = on; ${sql}; COMMIT`);
                await assertWhole(await reader.read(), client);
            });
        });
    }

    it("sees what any statements do", async () => {
        const runs = fc.array(fc.tuple(statement, fc.boolean()), { minLength: 20, maxLength: 60 });
        await fc.assert(
            fc.asyncProperty(runs, async (statements) => {
                await inDatabase("template0", async ({ writer, reader, client }) => {
                    await settle(reader);
                    const done: string[] = [];
                    for (const [sql, look] of statements) {
                        const failed = await writer.query(sql).then(
                            () => false,
                            () => true,
                        );
                        if (!failed) done.push(sql);
                        if (look) await assertWhole(await reader.read(), client, done);
                    }
                    await assertWhole(await reader.read(), client, done);
                });
            }),
            { numRuns: 20, endOnFailure: true },
        );
    });

    it("reads a table's rows again only after something was written", async () => {
        await inDatabase("everything", async ({ writer, reader }) => {
            await writer.query("INSERT INTO shop.private_notes VALUES ('a'); CREATE TABLE shop.other AS SELECT 1 AS a");
            const before = await settle(reader);
            await writer.query("UPDATE shop.private_notes SET body = 'b'");
            const after = await reader.read();
            const changed = [...after.content].filter(([oid, content]) => before.content.get(oid) !== content);
            assert.deepEqual(
                changed.map(([, { table }]) => table),
                ["shop.private_notes"],
            );
            assert.equal(after.content.size, before.content.size);
            assert.deepEqual(
                [...after.catalog].filter(([root, part]) => before.catalog.get(root) !== part),
                [],
            );
        });
    });

    it("shares what did not change", async () => {
        await inDatabase("everything", async ({ writer, reader }) => {
            const before = await settle(reader);
            await writer.query("CREATE TABLE shop.another (id int PRIMARY KEY)");
            const after = await reader.read();
            const changed = [...after.catalog].filter(([root, part]) => before.catalog.get(root) !== part);
            assert.deepEqual(
                new Set(changed.flatMap(([, part]) => part.map(({ name }) => name.includes("another")))),
                new Set([true]),
            );
        });
    });

    /** Reading for the first time may tidy up pages, which are written by that: then everything is read once more. */
    async function settle(reader: PartReader): Promise<Parts> {
        await reader.read();
        return reader.read();
    }

    async function assertWhole(parts: Parts, client: Client, done?: string[]): Promise<void> {
        const entries = [...parts.catalog.values()].flat();
        const explained = done && `after:\n${done.join(";\n")}`;
        assert.deepEqual(
            fingerprintOf(entries).entries,
            (await readFingerprint(client, { ...options, roles: true })).entries,
            explained,
        );
        const content = [...parts.content.values()].sort((a, b) => (a.table < b.table ? -1 : 1));
        assert.deepEqual(content, await readContent(client, options), explained);
    }

    async function inDatabase(
        template: string,
        work: (database: { writer: Client; reader: PartReader; client: Client }) => Promise<void>,
    ): Promise<void> {
        const name = `copy_${databases++}`;
        await administrator.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
        const clients = await Promise.all([1, 2, 3].map(() => server.administrate(name)));
        const [client, writer, other] = clients as [Client, Client, Client];
        const roles = await roleNames();
        try {
            await work({ writer, reader: await PartReader.open(client, administrator, options), client: other });
        } finally {
            await Promise.all(clients.map((one) => one.end()));
            await administrator.query(`DROP DATABASE ${name} WITH (FORCE)`);
            for (const role of (await roleNames()).filter((one) => !roles.includes(one))) {
                await administrator.query(`DROP ROLE ${role}`);
            }
        }
    }

    async function roleNames(): Promise<string[]> {
        const { rows } = await administrator.query<{ name: string }>(
            "SELECT quote_ident(rolname) AS name FROM pg_roles",
        );
        return rows.map(({ name }) => name);
    }
});
