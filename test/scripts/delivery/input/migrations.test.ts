import * as assert from "node:assert/strict";
import { liquibaseErrors } from "../../../../scripts/delivery/tools/liquibase/errors";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { inputErrors } from "../../../../scripts/delivery/errors";
import { refusalOf } from "../../../support/refusal";
import { readMigrations } from "../../../../scripts/delivery/input/migrations";
import { liquibase } from "../../../../scripts/delivery/tools/liquibase";
import { type LiquibaseProject, readProject } from "../../../../scripts/delivery/tools/liquibase/project";

describe("a migrations directory", () => {
    let directory: string;
    beforeEach(() => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "migrations-"));
    });
    afterEach(() => fs.rmSync(directory, { recursive: true }));

    function write(files: Record<string, string>): void {
        for (const [name, content] of Object.entries(files)) {
            fs.mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
            fs.writeFileSync(path.join(directory, name), content);
        }
    }

    const refusal = () => refusalOf(() => readMigrations(directory, liquibase));

    it("names its changelog, parameters, jars and checks", () => {
        write({
            "liquibase.properties":
                "changeLogFile=changelog.yaml\nparameter.currency=EUR\ncontexts=prod\nliquibase.command.labels=a",
            "lib/b.jar": "",
            "lib/a.jar": "",
            "lib/notes.txt": "",
            "verify/two.sql": "-- check: two\nSELECT true;",
            "verify/one.sql": "-- check: one\nSELECT true",
        });
        const { project, checks } = readMigrations(directory, liquibase);
        assert.deepEqual((project as LiquibaseProject).changelog, {
            directory,
            changelogFile: "changelog.yaml",
            contexts: "prod",
            labelFilter: "a",
            parameters: { currency: "EUR" },
            jars: [path.join(directory, "lib/a.jar"), path.join(directory, "lib/b.jar")],
        });
        assert.deepEqual(checks, [
            { name: "one", file: "verify/one.sql", sql: "SELECT true" },
            { name: "two", file: "verify/two.sql", sql: "SELECT true" },
        ]);
    });

    it("accepts Liquibase's spellings", () => {
        for (const key of ["changeLogFile", "changelogFile", "changelog-file", "liquibase.command.changelogFile"]) {
            write({ "liquibase.properties": `${key}: db.xml` });
            assert.equal(readProject(directory).changelog.changelogFile, "db.xml");
        }
    });

    it("is refused when it does not exist", () => {
        fs.rmSync(directory, { recursive: true });
        const error = refusal();
        fs.mkdirSync(directory);
        assert.deepEqual(error, new inputErrors.MigrationsDirectoryMissing({ directory }));
        assert.match(error.message, /^AP1002: .* or correct MIGRATIONS_DIRECTORY, which names it/);
    });

    it("is refused without its properties", () => {
        const file = `${directory}/liquibase.properties`;
        assert.deepEqual(refusal(), new liquibaseErrors.PropertiesFileMissing({ file }));
    });

    it("is refused when it is a file", () => {
        fs.rmSync(directory, { recursive: true });
        fs.writeFileSync(directory, "");
        const reason = `ENOTDIR: not a directory, scandir '${directory}'`;
        assert.deepEqual(refusal(), new inputErrors.FileUnreadable({ file: directory, reason }));
    });

    it("is refused with everything that is wrong in its properties", () => {
        write({
            "liquibase.properties": [
                "url=jdbc:postgresql://localhost/app",
                "liquibase.command.password=hunter2",
                "classpath=postgresql.jar",
                "search-path=.",
                "changelogfil=changelog.yaml",
            ].join("\n"),
        });
        const file = `${directory}/liquibase.properties`;
        assert.deepEqual(
            refusal(),
            new liquibaseErrors.PropertiesRefused({
                file,
                problems: [
                    "line 1, url: remove it, the pipeline connects to the environment's own database",
                    "line 2, liquibase.command.password: remove it, the pipeline takes it from Secrets Manager, and a password must not be in Git",
                    "line 3, classpath: remove it, put extra jars into lib/ beside it, or declare them in pom.xml",
                    "line 4, search-path: remove it, the search path is the migrations directory",
                    'line 5, changelogfil: unknown; did you mean "changeLogFile"? Allowed: changeLogFile, contexts, labelFilter, parameter.<name>',
                    "changeLogFile is missing: the root changelog, relative to this directory (changeLogFile=changelog.yaml)",
                ],
            }),
        );
    });
});
