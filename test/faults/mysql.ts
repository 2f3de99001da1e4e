import * as assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RowDataPacket } from "mysql2/promise";
import { readContents } from "../../scripts/check/mysql";
import {
    contentEntries,
    differences,
    type Fingerprint,
    fingerprintOf,
    renderDifferences,
} from "../../scripts/delivery/engines/fingerprint";
import { readFingerprint } from "../../scripts/delivery/engines/mysql/catalog/read";
import { liquibase } from "../../scripts/delivery/tools/liquibase";
import { uncountedTables } from "../../scripts/delivery/tracking";
import { type BuildResult, Project, unpackedToolchain } from "../support/delivery";
import { eventually } from "../support/eventually";
import { MysqlServer } from "../support/mysqlServer";
import { killAll } from "./bench";
import { Random } from "./random";

/** How often each fault strikes. */
export interface MysqlRounds {
    kills: number;
    recordKills: number;
    duels: number;
    restarts: number;
    failures: number;
}

const counted = (id: string) =>
    `--changeset faults:${id}\nUPDATE counter SET n = n + 1;\n--rollback UPDATE counter SET n = n - 1;`;
/** Schema and data in turn; a changeset that ran twice would have counted twice. */
const changesets = [
    "--changeset faults:counter\nCREATE TABLE counter (id int PRIMARY KEY, n int NOT NULL);\n--rollback DROP TABLE counter;",
    "--changeset faults:zero\nINSERT INTO counter VALUES (1, 0);\n--rollback DELETE FROM counter WHERE id = 1;",
    counted("first"),
    "--changeset faults:ledger\nCREATE TABLE ledger (id int AUTO_INCREMENT PRIMARY KEY, amount int NOT NULL, name varchar(20) NOT NULL);\n--rollback DROP TABLE ledger;",
    "--changeset faults:fill\nINSERT INTO ledger (amount, name) WITH RECURSIVE s AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM s WHERE i < 900) SELECT i, CONCAT('n', i) FROM s;\n--rollback DELETE FROM ledger WHERE id > 0;",
    "--changeset faults:note\nALTER TABLE ledger ADD COLUMN note varchar(20) NOT NULL DEFAULT '';\n--rollback ALTER TABLE ledger DROP COLUMN note;",
    counted("second"),
    "--changeset faults:wide\nALTER TABLE ledger MODIFY amount bigint NOT NULL;\n--rollback ALTER TABLE ledger MODIFY amount int NOT NULL;",
    "--changeset faults:index\nCREATE INDEX ledger_name ON ledger (name);\n--rollback DROP INDEX ledger_name ON ledger;",
    "--changeset faults:view\nCREATE VIEW totals AS SELECT SUM(amount) AS total FROM ledger;\n--rollback DROP VIEW totals;",
    "--changeset faults:procedure splitStatements:false\nCREATE PROCEDURE tidy() BEGIN DELETE FROM ledger WHERE amount = 0; END\n--rollback DROP PROCEDURE tidy",
    counted("third"),
];
const failing =
    "--changeset faults:failing\nINSERT INTO counter VALUES (1, 0);\n--rollback DELETE FROM counter WHERE id = 2;";

/** A project whose database is on the MySQL server. */
export class MysqlProject extends Project {
    constructor(
        private readonly one: MysqlServer,
        database: string,
        source: string,
    ) {
        const { host, port, authority } = one.server;
        const notAsked = (): never => assert.fail("this is a MySQL server");
        super(
            {
                toolchain: unpackedToolchain(),
                endpoint: { host, port, authority, environment: {} },
                get server() {
                    return notAsked();
                },
            },
            database,
            source,
        );
    }

    override environment(): Record<string, string | undefined> {
        return { ...super.environment(), DB_ENGINE: "aurora-mysql", DB_USERNAME: "owner", DB_PASSWORD: "secret" };
    }

    override async query<T extends object>(sql: string): Promise<T[]> {
        const connection = await this.one.administrate(this.database);
        try {
            const [rows] = await connection.query<RowDataPacket[]>(sql);
            return rows as unknown as T[];
        } finally {
            await connection.end();
        }
    }

    async changesetsIn(): Promise<string[]> {
        const rows = await this.query<{ ID: string }>(
            "SELECT ID FROM DATABASECHANGELOG WHERE FILENAME <> 'liquibase-internal' ORDER BY ORDEREXECUTED",
        );
        return rows.map(({ ID }) => ID);
    }

    async state(): Promise<Fingerprint> {
        const connection = await this.one.administrate(this.database);
        try {
            const content = contentEntries(await readContents(connection), { digests: true });
            const options = { trackingTables: uncountedTables(liquibase.tracking) };
            const { entries, server } = await readFingerprint(connection, options);
            // The text of a view names the database.
            const named = (definition: string) => definition.replaceAll(`\`${this.database}\``, "`faults`");
            return fingerprintOf(
                [...entries, ...content].map((entry) => ({ ...entry, definition: named(entry.definition) })),
                server,
            );
        } finally {
            await connection.end();
        }
    }
}

/** Faults on MySQL, each at moments that a seed decides. After every one nothing is lost, and nothing applied twice. */
export function defineMysqlFaults(rounds: MysqlRounds): void {
    const random = Random.fromEnvironment();
    describe(`a deployment to MySQL (FAULT_SEED=${random.seed})`, function () {
        this.timeout(1_800_000);
        const one = MysqlServer.forTests();
        const told: string[] = [];
        let home: string;
        let number = 0;
        let whole: { state: Fingerprint; history: string[] };

        before(async () => {
            home = fs.mkdtempSync(path.join(os.tmpdir(), "faults-mysql-"));
            const project = await newProject();
            await succeed(project);
            whole = { state: await project.state(), history: await project.changesetsIn() };
            assert.equal(whole.history.length, changesets.length);
        });
        after(() => {
            fs.rmSync(home, { recursive: true, force: true });
            console.log(told.map((line) => `      ${line}`).join("\n"));
        });

        async function newProject(there = changesets.length): Promise<MysqlProject> {
            const database = `faults_${++number}`;
            await one.provide(database);
            const project = new MysqlProject(one, database, path.join(home, database));
            project.changelog(...changesets.slice(0, there));
            project.nextExecution();
            return project;
        }

        async function succeed(project: MysqlProject): Promise<BuildResult> {
            const result = await project.build("deploy");
            assert.equal(result.code, 0, result.output);
            return result;
        }

        async function assertWhole(project: MysqlProject): Promise<void> {
            assert.deepEqual(await project.changesetsIn(), whole.history, "the history");
            assert.deepEqual(renderDifferences(differences(whole.state, await project.state())), []);
            const locked = await project.query("SELECT LOCKEDBY FROM DATABASECHANGELOGLOCK WHERE LOCKED = 1");
            assert.deepEqual(locked, [], "the lock");
        }

        /** Runs a build, and does something at some moment after its tag. */
        async function strike(
            project: MysqlProject,
            fault: (child: ChildProcess) => Promise<void> | void,
        ): Promise<BuildResult> {
            const after = Math.floor(random.between(0, changesets.length));
            const delay = random.between(0, 60);
            let ended = false;
            let striking = Promise.resolve();
            const result = await project.build("deploy", {
                onStart: (child, output) => {
                    child.on("exit", () => (ended = true));
                    striking = (async () => {
                        const applied = () => (output().match(/^ {2}Applied /gm) ?? []).length;
                        while (!ended && !(output().includes("Tagged release-") && applied() >= after)) await sleep(2);
                        await sleep(delay);
                        if (!ended) await fault(child);
                    })();
                },
            });
            await striking;
            return result;
        }

        const settled = [/was completed before/, /had begun and changed nothing/, /Took back/];

        it("that is killed, at any moment, is completed by the next one", async function () {
            if (rounds.kills === 0) this.skip();
            const found = settled.map(() => 0);
            for (let round = 0; round < rounds.kills; round++) {
                const project = await newProject();
                await strike(project, killAll);
                project.nextExecution();
                const { output } = await succeed(project);
                settled.forEach((pattern, position) => (found[position]! += pattern.test(output) ? 1 : 0));
                await assertWhole(project);
            }
            told.push(`${rounds.kills} kills; recorded ${found[0]}, nothing done ${found[1]}, taken back ${found[2]}`);
        });

        it("that is killed between a schema change and its record is told apart from one that did nothing", async function () {
            if (rounds.recordKills === 0) this.skip();
            await one.root.query("CREATE DATABASE IF NOT EXISTS switches");
            await one.root.query("CREATE TABLE IF NOT EXISTS switches.slow (id varchar(20) PRIMARY KEY)");
            for (let round = 0; round < rounds.recordKills; round++) {
                const id = random.pick(["note", "wide", "index", "view", "procedure"]);
                const project = await newProject(5);
                await succeed(project);
                await one.root.query("REPLACE INTO switches.slow VALUES (?)", [id]);
                await project.query(
                    "CREATE DEFINER = 'owner'@'%' TRIGGER slow BEFORE INSERT ON DATABASECHANGELOG FOR EACH ROW SET NEW.COMMENTS = IF((SELECT COUNT(*) FROM switches.slow WHERE id = NEW.ID) > 0, SLEEP(60), NEW.COMMENTS)",
                );
                project.changelog(...changesets);
                project.nextExecution();
                let killing = Promise.resolve();
                await project.build("deploy", {
                    onStart: (child) => {
                        const recording =
                            "SELECT 1 FROM information_schema.PROCESSLIST WHERE DB = database() AND STATE = 'User sleep'";
                        killing = eventually(
                            "it is being recorded",
                            async () => (await project.query(recording)).length > 0,
                        ).then(() => killAll(child));
                    },
                });
                await killing;
                await one.root.query("DELETE FROM switches.slow");
                assert.ok(!(await project.changesetsIn()).includes(id), "its record was not committed");
                project.nextExecution();
                const { output } = await succeed(project);
                assert.match(output, new RegExp(`::${id}::faults was completed before release-\\S+ was interrupted`));
                assert.deepEqual(
                    project.deployment().completed?.map((one) => one.id),
                    [id],
                );
                await project.query("DROP TRIGGER slow");
                await assertWhole(project);
            }
            told.push(`${rounds.recordKills} kills between a schema change and its record`);
        });

        it("that runs beside another one is applied once", async function () {
            if (rounds.duels === 0) this.skip();
            for (let round = 0; round < rounds.duels; round++) {
                const project = await newProject();
                const other = new MysqlProject(one, project.database, path.join(home, `${project.database}-other`));
                other.changelog(...changesets);
                other.nextExecution(50);
                const results = await Promise.all([
                    project.build("deploy"),
                    sleep(random.between(0, 800)).then(() => other.build("deploy")),
                ]);
                assert.deepEqual(
                    results.map(({ code }) => code),
                    [0, 0],
                    results.map(({ output }) => output).join("\n"),
                );
                await assertWhole(project);
            }
            told.push(`${rounds.duels} duels`);
        });

        it("whose server restarts goes on, or says where it stopped", async function () {
            if (rounds.restarts === 0) this.skip();
            let survived = 0;
            for (let round = 0; round < rounds.restarts; round++) {
                const project = await newProject();
                const { code, output } = await strike(project, () => one.restart());
                assert.ok(code === 0 || /^AP\d{4}: /m.test(output), output);
                survived += code === 0 ? 1 : 0;
                project.nextExecution();
                await succeed(project);
                await assertWhole(project);
            }
            told.push(`${rounds.restarts} restarts of the server, ${survived} survived`);
        });

        it("whose last changeset fails is undone, and the catalog proves it", async function () {
            if (rounds.failures === 0) this.skip();
            for (let round = 0; round < rounds.failures; round++) {
                const project = await newProject(random.pick([2, 5, 8]));
                await succeed(project);
                const before = await project.state();
                project.changelog(...changesets, failing);
                project.nextExecution();
                const { code, output } = await project.build("deploy");
                assert.equal(code, 1, output);
                assert.match(output, /Duplicate entry '1' for key 'counter\.PRIMARY'/);
                assert.match(
                    output,
                    /The database is as it was before .* Its catalog is the same as before the update/,
                );
                assert.deepEqual(renderDifferences(differences(before, await project.state())), []);
                project.changelog(...changesets);
                project.nextExecution();
                await succeed(project);
                await assertWhole(project);
            }
            told.push(`${rounds.failures} failing last changesets`);
        });
    });
}
