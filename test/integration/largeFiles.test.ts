import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { Toolchain } from "../../components/contract";
import { javaProgram } from "../../scripts/toolchain/java";
import { beforeDelivery, type Delivery, password, type Project } from "../support/delivery";

const sample = path.join(__dirname, "../../migrations");

describe("a delivery of large files", () => {
    let delivery: Delivery;
    beforeDelivery((started) => {
        delivery = started;
    });

    const insert = (id: number) =>
        `INSERT INTO a (id, note) VALUES (${id}, 'a text that makes the statement longer: ${id}');`;
    const times = <T>(count: number, make: (index: number) => T) =>
        Array.from({ length: count }, (_, index) => make(index));
    const shapes: Record<string, (size: number) => string[]> = {
        "many statements": (size) => ["--changeset me:b", ...times(size, insert)],
        "many rows": (size) => [
            "--changeset me:b",
            "INSERT INTO a (id, note) VALUES",
            ...times(size * 4, (id) => `(${id}, 'row ${id}'),`),
            "(-1, 'the last');",
        ],
    };
    // How the time grows with the size is measured by `npm run bench`.
    for (const [what, shape] of Object.entries(shapes)) {
        it(`runs all of one changeset: ${what}`, async () => {
            const project = await delivery.project();
            project.changelog(
                "--changeset me:a\nCREATE TABLE a (id int, note text);\n--rollback DROP TABLE a;",
                [...shape(5_000), "--rollback DELETE FROM a;"].join("\n"),
            );
            await project.buildEnding(0, "deploy");
            const [{ count } = { count: 0 }] = await project.query<{ count: number }>("SELECT count(*)::int FROM a");
            assert.equal(count, what === "many rows" ? 20_001 : 5_000);
        });
    }

    it("leaves the checksums in the history as plain Liquibase writes them", async () => {
        const files: Record<string, string> = {
            "liquibase.properties": "changeLogFile=changelog.yaml\nparameter.default_currency=EUR\n",
            "extra/a.sql": [
                "--liquibase formatted sql",
                "--changeset me:plain\r\nCREATE TABLE p (id int); -- why\r\nINSERT INTO p VALUES (1);\r\n--rollback DROP TABLE p;",
                "--changeset me:whole splitStatements:false stripComments:false\n/* a;\n b */ CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;\n--rollback DROP FUNCTION f();",
                "--changeset me:delimiter endDelimiter:\\nGO\nCREATE TABLE g (id int)\nGO\nCREATE TABLE h (note text DEFAULT 'a;  b')\nGO\n--rollback DROP TABLE g, h;",
            ].join("\n\n"),
            "data.sql": "INSERT INTO p VALUES (2);\n\n\n-- the last\nINSERT INTO p VALUES (3);\n",
            "extra/b.xml": `<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd"><changeSet id="x" author="me"><sqlFile path="data.sql" stripComments="true"/><sql>DELETE FROM p WHERE id = 3; <comment>c</comment></sql><rollback/></changeSet></databaseChangeLog>`,
            "extra/c.json": JSON.stringify({
                databaseChangeLog: [
                    {
                        changeSet: {
                            id: "j",
                            author: "me",
                            changes: [
                                { sql: { sql: "SELECT 1;\n SELECT 2" } },
                                { createTable: { tableName: "t", columns: [{ column: { name: "id", type: "int" } }] } },
                            ],
                        },
                    },
                ],
            }),
        };
        const ours = await delivery.project();
        const theirs = await delivery.project();
        for (const project of [ours, theirs]) {
            fs.cpSync(sample, path.join(project.source, "migrations"), { recursive: true });
            const root = fs.readFileSync(path.join(sample, "changelog.yaml"), "utf8");
            project.write({ ...files, "changelog.yaml": `${root}\n  - includeAll:\n      path: extra/\n` });
        }
        await ours.buildEnding(0, "deploy");
        plainUpdate(theirs);
        const checksums = (project: Project) =>
            project.query<{ id: string; sum: string }>(
                "SELECT id, md5sum AS sum FROM databasechangelog WHERE filename <> 'liquibase-internal' ORDER BY orderexecuted",
            );
        const [one, other] = [await checksums(ours), await checksums(theirs)];
        assert.ok(one.length > 10);
        assert.deepEqual(one, other);
        assert.ok(one.every(({ sum }) => sum.startsWith("9:")));
        const output = await theirs.buildEnding(0, "plan");
        assert.match(output, /Nothing pending/);
    });

    function plainUpdate(project: Project): void {
        const { host, port, name, username, caBundle } = project.connection();
        execFileSync(
            javaProgram(),
            [
                ...["-cp", path.join(delivery.toolchain, Toolchain.libraries, "*")],
                "liquibase.integration.commandline.LiquibaseCommandLine",
                ...["--analytics-enabled=false", "--show-banner=false"],
                `--search-path=${path.join(project.source, "migrations")}`,
                `--url=jdbc:postgresql://${host}:${port}/${name}?sslmode=verify-full&sslrootcert=${caBundle}`,
                ...["update", "--changelog-file=changelog.yaml", "-Ddefault_currency=EUR"],
            ],
            {
                cwd: project.source,
                env: { ...process.env, LIQUIBASE_COMMAND_USERNAME: username, LIQUIBASE_COMMAND_PASSWORD: password },
                stdio: "pipe",
            },
        );
    }
});
