import * as assert from "node:assert/strict";
import { execFileSync, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { zipSync } from "fflate";
import { generate } from "selfsigned";
import { beforeEachProject, createTable, password, type Project } from "../support/delivery";

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
            /^No connection to app_\d+ on localhost:\d+ as dbowner: password authentication failed for user "dbowner"\nThe user or the password in the secret is not the database's\./,
        );
        assert.doesNotMatch(output + project.everything(), /not-the-password/);
        assert.match(project.report(), /<testsuite name="deploy" tests="1" failures="1"/);
    });

    it("refuses a server that its authorities do not know", async () => {
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
            /^The CA bundle \/nowhere\.pem cannot be read/,
        );
        // RDS's own authorities, from the toolchain, do not know the local server either.
        assert.match(
            await refuse("plan", { PGSSLROOTCERT: undefined }),
            /is not signed by an authority in the CA bundle/,
        );
    });

    it("refuses a server that is not there, and a database that is not", async () => {
        assert.match(
            await refuse("deploy", { DB_PORT: "1", SERVER_SILENCE_SECONDS: "10" }),
            /ECONNREFUSED.*\nNothing answers there: is the cluster running/,
        );
        assert.match(
            await refuse("deploy", { DB_NAME: "nowhere" }),
            /database "nowhere" does not exist\nDB_NAME names a database/,
        );
        assert.match(await refuse("plan", { DB_HOST: "nowhere.invalid" }), /DB_HOST does not resolve/);
    });

    it("refuses an environment that lacks something, naming all of it", async () => {
        const output = await refuse("plan", { DB_HOST: undefined, DB_PASSWORD: undefined, ENVIRONMENT_NAME: "" });
        assert.match(output, /environment variables missing: DB_HOST, ENVIRONMENT_NAME, DB_PASSWORD;/);
    });

    it("refuses migrations that are not there", async () => {
        assert.match(
            await refuse("plan", { MIGRATIONS_DIRECTORY: "nowhere" }),
            /nowhere does not exist\. MIGRATIONS_DIRECTORY names it/,
        );
        fs.rmSync(path.join(project.source, "migrations/liquibase.properties"));
        assert.match(await refuse("plan"), /liquibase\.properties is missing\./);
    });

    it("refuses a build image without Java", async () => {
        const output = await refuse("plan", { PATH: "/nowhere", JAVA_HOME: undefined });
        assert.match(
            output,
            /^Java is missing: the build needs a Java runtime, version 17 or newer, on its PATH or in JAVA_HOME\.$/m,
        );
    });

    const changelogs: [string, Record<string, string>, RegExp][] = [
        [
            "that is not there",
            { "liquibase.properties": "changeLogFile=nowhere.yaml" },
            /nowhere\.yaml does not exist\nPaths in a changelog are relative/,
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
            /Unknown change type 'createTabel'.*\nCorrect the name of the change/,
        ],
        [
            "with a changeset twice",
            { "changelog.sql": `--liquibase formatted sql\n${createTable("one")}\n${createTable("one")}` },
            /duplicate identifiers[\s\S]*rename the newer one/,
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
        assert.match(await refuse("plan"), /1 changesets check sum[\s\S]*A changeset that already ran was edited\./);
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

    async function until(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
        const deadline = Date.now() + 15_000;
        while (!(await condition())) {
            assert.ok(Date.now() < deadline, `not within 15 s: ${what}`);
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
    }

    for (const [signal, code] of [
        ["SIGTERM", 143],
        ["SIGINT", 130],
    ] as const) {
        it(`by ${signal} ends Liquibase and its statement, and says what is in the database`, async () => {
            let java: number[] = [];
            const result = await project.build("deploy", {
                onStart: (child) => {
                    void until("the statement runs", async () => (await sleeping()).length > 0).then(() => {
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
            await until("the statement ends", async () => (await sleeping()).length === 0);
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
                void until("the statement runs", async () => (await sleeping()).length > 0).then(() => {
                    java = javaOf(child);
                    child.kill("SIGKILL");
                });
            },
        });
        assert.equal(signal, "SIGKILL");
        assert.equal(java.length, 1);
        await until("Liquibase ends", () => !java.some(isRunning));
        await until("the statement ends", async () => (await sleeping()).length === 0);
    });

    it("reports when Liquibase itself is killed", async () => {
        const { code, output } = await project.build("deploy", {
            onStart: (child) => {
                void until("the statement runs", async () => (await sleeping()).length > 0).then(() =>
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
                void until("the statement runs", async () => (await sleeping()).length > 0).then(() => {
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
