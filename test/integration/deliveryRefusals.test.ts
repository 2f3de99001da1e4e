import * as assert from "node:assert/strict";
import { execFileSync, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { generate } from "selfsigned";
import {
    beforeDelivery,
    beforeEachProject,
    createTable,
    type Delivery,
    password,
    type Project,
} from "../support/delivery";
import { eventually } from "../support/eventually";
import { PlanSession } from "../support/planSession";

const sleep = "--changeset me:sleep\nSELECT pg_sleep(60);\n--rollback empty";

describe("the delivery program given bad input", () => {
    let delivery: Delivery;
    let project: Project;
    beforeDelivery((started) => {
        delivery = started;
    });
    beforeEach(async () => {
        project = await delivery.project();
        project.changelog(createTable("one"));
    });

    async function refuse(action: string, environment: Record<string, string | undefined> = {}): Promise<string> {
        const output = await project.buildEnding(2, action, { environment });
        assert.doesNotMatch(output, /^ +at /m, "a stack trace");
        return output;
    }

    it("refuses a wrong password, and does not show it", async () => {
        const output = await refuse("deploy", { DB_PASSWORD: "not-the-password" });
        assert.match(
            output,
            /^AP1201: No connection to app_\d+ on localhost:\d+ as dbowner: password authentication failed for user "dbowner"\. The server rejects the credential\. The user or the password in the secret does not match the database's\./,
        );
        assert.doesNotMatch(output + project.everything(), /not-the-password/);
        assert.match(project.report(), /<testsuite name="deploy" tests="1" failures="1"/);
    });

    it("rejects a server whose certificate its authorities did not sign", async () => {
        const authority = path.join(project.source, "other.pem");
        fs.writeFileSync(authority, (await generate([{ name: "commonName", value: "other" }])).cert);
        assert.match(
            await refuse("deploy", { PGSSLROOTCERT: authority }),
            /is not signed by an authority in the CA bundle/,
        );
        assert.match(
            await refuse("plan", { PGSSLROOTCERT: "/nowhere.pem" }),
            /^AP1017: The CA bundle \/nowhere\.pem cannot be read/,
        );
        // RDS's own authorities, from the toolchain, do not know the local server either.
        assert.match(
            await refuse("plan", { PGSSLROOTCERT: undefined }),
            /is not signed by an authority in the CA bundle/,
        );
    });

    it("rejects a missing server, and a missing database", async () => {
        assert.match(
            await refuse("deploy", { DB_PORT: "1", SERVER_SILENCE_SECONDS: "10" }),
            /^AP1210: .*ECONNREFUSED.*\. The server does not answer\. Check that the cluster is running/,
        );
        assert.match(
            await refuse("deploy", { DB_NAME: "nowhere" }),
            /^AP1203: .*database "nowhere" does not exist\. The server has no database with the name in DB_NAME\./,
        );
        assert.match(await refuse("plan", { DB_HOST: "nowhere.invalid" }), /^AP1208: .*DB_HOST does not resolve/);
    });

    it("refuses an environment that lacks something, naming all of it", async () => {
        const output = await refuse("plan", { DB_HOST: undefined, DB_PASSWORD: undefined, ENVIRONMENT_NAME: "" });
        assert.match(output, /environment variables missing: DB_HOST, ENVIRONMENT_NAME, DB_PASSWORD;/);
    });

    it("rejects a missing migrations directory", async () => {
        assert.match(
            await refuse("plan", { MIGRATIONS_DIRECTORY: "nowhere" }),
            /^AP1002: .*nowhere does not exist\. Commit it, or correct MIGRATIONS_DIRECTORY/,
        );
        fs.rmSync(path.join(project.source, "migrations/liquibase.properties"));
        assert.match(await refuse("plan"), /liquibase\.properties is missing\./);
    });

    it("refuses a build image without Java", async () => {
        const output = await refuse("plan", { PATH: "/nowhere", JAVA_HOME: undefined });
        assert.match(
            output,
            /^AP1012: Java is missing: .* Run the build in an image with a Java runtime, version 17 or newer\.$/m,
        );
    });

    describe("refuses a changelog", () => {
        const changelogs: [what: string, file: string, content: string | undefined, message: RegExp][] = [
            [
                "that is not there",
                "nowhere.yaml",
                undefined,
                /^AP1404: [^]*nowhere\.yaml does not exist\nPaths in a changelog are relative/,
            ],
            [
                "that Liquibase cannot read",
                "unreadable.sql",
                "--liquibase formatted sql\n--changeset \nSELECT 1;",
                /Unexpected formatting in formatted changelog 'unreadable\.sql' at line 2/,
            ],
            ["with broken YAML", "c.yaml", "databaseChangeLog:\n  - a:\n b", /Syntax error in file c\.yaml/],
            [
                "with an unknown change",
                "c.json",
                '{"databaseChangeLog":[{"changeSet":{"id":"1","author":"a","changes":[{"createTabel":{"tableName":"x"}}]}}]}',
                /^AP1413: [^]*Unknown change type 'createTabel'.*\nCorrect the name of the change/,
            ],
            [
                "with a changeset twice",
                "twice.sql",
                `--liquibase formatted sql\n${createTable("one")}\n${createTable("one")}`,
                /^AP1403: [\s\S]*duplicate identifiers[\s\S]*Rename the newer one/,
            ],
        ];
        let session: PlanSession;
        let scene: Project;
        let output: string;
        before(async () => {
            scene = project = await delivery.project();
            for (const [, file, content] of changelogs) {
                if (content !== undefined) scene.write({ [file]: content });
            }
            scene.write({ "liquibase.properties": "changeLogFile=nowhere.yaml" });
            output = await refuse("deploy");
            session = new PlanSession(delivery, scene);
        });
        after(() => session.close());

        for (const [what, file, , message] of changelogs) {
            it(what, async () => {
                const refused = await session.refusal(file);
                assert.match(refused.message, message);
                assert.equal(refused.exitCode, 2);
            });
        }

        it("in a build, which says the same and changes nothing", async () => {
            assert.match(output, changelogs[0]![3]);
            assert.deepEqual(await scene.tables(), []);
        });
    });

    it("takes parameters, and names beyond ASCII or with what separates those of a changeset", async () => {
        project.write({
            "liquibase.properties": "changeLogFile=änderung.sql\nparameter.name=größe",
            "änderung.sql": ["--liquibase formatted sql", createTable('"${name}"'), createTable('"größe ::"')].join(
                "\n\n",
            ),
        });
        await project.buildEnding(0, "deploy");
        const tables = await project.tables();
        assert.ok(tables.includes("größe"));
        assert.ok(tables.includes("größe ::"));
    });
});

describe("a build that is stopped", () => {
    let project: Project;
    beforeEachProject((fresh) => {
        project = fresh;
        project.changelog(createTable("one"), sleep);
    });

    const sleeping = () =>
        project.query(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid() AND state = 'active'",
        );

    /** Ids of the Java processes that a build has started. */
    function javaOf(child: ChildProcess): number[] {
        return execFileSync("ps", ["-o", "pid=", "--ppid", String(child.pid)], { encoding: "utf8" })
            .split("\n")
            .flatMap((line) => (line.trim() ? [Number(line)] : []));
    }

    function isRunning(pid: number): boolean {
        return fs.existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, "utf8"));
    }

    for (const [signal, code] of [
        ["SIGTERM", 143],
        ["SIGINT", 130],
    ] as const) {
        it(`by ${signal} ends Liquibase and its statement, says what is in the database, and shows its password nowhere`, async () => {
            let java: number[] = [];
            let commandLines = "";
            const result = await project.build("deploy", {
                onStart: (child) => {
                    void eventually("the statement runs", async () => (await sleeping()).length > 0).then(() => {
                        java = javaOf(child);
                        commandLines = [child.pid!, ...java].map(commandLineOf).join("\n");
                        child.kill(signal);
                    });
                },
            });
            assert.equal(result.code, code, result.output);
            assert.match(result.output, new RegExp(`^Stopped by ${signal}\\.$`, "m"));
            assert.match(result.output, /NOT undone, still in the database \(1\):\n {2}- changelog\.sql::one::me/);
            assert.equal(java.length, 1);
            assert.ok(!java.some(isRunning));
            await eventually("the statement ends", async () => (await sleeping()).length === 0, 15);
            assert.deepEqual(
                project.deployment().remaining.map(({ id }) => id),
                ["one"],
            );
            assert.match(commandLines, /delivery\.cjs[\s\S]*aurorapipeline\.Session/);
            const everything = result.output + project.everything() + commandLines;
            for (const form of [password, encodeURIComponent(password), JSON.stringify(password).slice(1, -1)]) {
                assert.ok(!everything.includes(form));
            }
        });
    }

    it("by SIGKILL leaves no Liquibase and no statement behind", async () => {
        let java: number[] = [];
        const { signal } = await project.build("deploy", {
            onStart: (child) => {
                void eventually("the statement runs", async () => (await sleeping()).length > 0).then(() => {
                    java = javaOf(child);
                    child.kill("SIGKILL");
                });
            },
        });
        assert.equal(signal, "SIGKILL");
        assert.equal(java.length, 1);
        await eventually("Liquibase ends", () => !java.some(isRunning), 15);
        await eventually("the statement ends", async () => (await sleeping()).length === 0, 15);
    });

    it("reports when Liquibase itself is killed", async () => {
        const { code, output } = await project.build("deploy", {
            onStart: (child) => {
                void eventually("the statement runs", async () => (await sleeping()).length > 0).then(() =>
                    javaOf(child).forEach((pid) => process.kill(pid, "SIGKILL")),
                );
            },
        });
        assert.equal(code, 1, output);
        assert.match(output, /Liquibase's Java process ended unexpectedly \(SIGKILL\)/);
        assert.match(output, /NOT undone, still in the database \(1\)/);
    });

    function commandLineOf(pid: number): string {
        return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8");
    }
});
