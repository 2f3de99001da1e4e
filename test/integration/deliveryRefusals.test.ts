import * as assert from "node:assert/strict";
import { execFileSync, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { zipSync } from "fflate";
import { generate } from "selfsigned";
import { beforeEachProject, createTable, password, type Project } from "../support/delivery";
import { eventually } from "../support/eventually";

const sleep = "--changeset me:sleep\nSELECT pg_sleep(60);\n--rollback empty";

describe("the delivery program given bad input", () => {
    let project: Project;
    beforeEachProject((fresh) => {
        project = fresh;
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
        for (const action of ["plan", "deploy"]) {
            assert.match(
                await refuse(action, { PGSSLROOTCERT: authority }),
                /is not signed by an authority in the CA bundle/,
            );
        }
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

    const changelogs: [string, Record<string, string>, RegExp][] = [
        [
            "that is not there",
            { "liquibase.properties": "changeLogFile=nowhere.yaml" },
            /^AP1404: [^]*nowhere\.yaml does not exist\nPaths in a changelog are relative/,
        ],
        [
            "that Liquibase cannot read",
            { "changelog.sql": "--liquibase formatted sql\n--changeset \nSELECT 1;" },
            /Unexpected formatting in formatted changelog 'changelog\.sql' at line 2/,
        ],
        [
            "with broken YAML",
            { "liquibase.properties": "changeLogFile=c.yaml", "c.yaml": "databaseChangeLog:\n  - a:\n b" },
            /Syntax error in file c\.yaml/,
        ],
        [
            "with an unknown change",
            {
                "liquibase.properties": "changeLogFile=c.json",
                "c.json":
                    '{"databaseChangeLog":[{"changeSet":{"id":"1","author":"a","changes":[{"createTabel":{"tableName":"x"}}]}}]}',
            },
            /^AP1413: [^]*Unknown change type 'createTabel'.*\nCorrect the name of the change/,
        ],
        [
            "with a changeset twice",
            { "changelog.sql": `--liquibase formatted sql\n${createTable("one")}\n${createTable("one")}` },
            /^AP1403: [\s\S]*duplicate identifiers[\s\S]*Rename the newer one/,
        ],
    ];
    for (const [what, files, message] of changelogs) {
        it(`refuses a changelog ${what}`, async () => {
            project.write(files);
            assert.match(await refuse("deploy"), message);
            assert.deepEqual(await project.tables(), []);
        });
    }

    it("refuses an edit of a changeset that ran", async () => {
        await project.build("deploy");
        project.changelog(createTable("one").replace("bigint", "int"));
        assert.match(
            await refuse("plan"),
            /^AP1402: .*: a changeset that has already run was edited:[\s\S]*1 changesets check sum/m,
        );
    });

    it("finds a changelog in a jar", async () => {
        const changelog = Buffer.from(`--liquibase formatted sql\n\n${createTable("packed")}\n`);
        project.write({ "liquibase.properties": "changeLogFile=org/example/changelog.sql", "lib/.keep": "" });
        fs.writeFileSync(
            path.join(project.source, "migrations/lib/example.jar"),
            zipSync({ "org/example/changelog.sql": changelog }),
        );
        await project.buildEnding(0, "deploy");
        assert.ok((await project.tables()).includes("packed"));
    });

    it("takes parameters and names beyond ASCII", async () => {
        project.write({ "liquibase.properties": "changeLogFile=änderung.sql\nparameter.name=größe" });
        project.write({ "änderung.sql": `--liquibase formatted sql\n\n${createTable('"${name}"')}` });
        await project.buildEnding(0, "deploy");
        assert.ok((await project.tables()).includes("größe"));
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
        it(`by ${signal} ends Liquibase and its statement, and says what is in the database`, async () => {
            let java: number[] = [];
            const result = await project.build("deploy", {
                onStart: (child) => {
                    void eventually("the statement runs", async () => (await sleeping()).length > 0).then(() => {
                        java = javaOf(child);
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

    it("shows its password nowhere", async () => {
        let commandLines = "";
        const { output } = await project.build("deploy", {
            onStart: (child) => {
                void eventually("the statement runs", async () => (await sleeping()).length > 0).then(() => {
                    commandLines = [child.pid!, ...javaOf(child)].map(commandLineOf).join("\n");
                    child.kill("SIGTERM");
                });
            },
        });
        assert.match(commandLines, /delivery\.cjs[\s\S]*aurorapipeline\.Session/);
        const everything = output + project.everything() + commandLines;
        for (const form of [password, encodeURIComponent(password), JSON.stringify(password).slice(1, -1)]) {
            assert.ok(!everything.includes(form));
        }
    });

    function commandLineOf(pid: number): string {
        return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8");
    }
});
