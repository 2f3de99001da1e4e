import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { readMigrations } from "../../../scripts/delivery/input/migrations";

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

    function refusal(): string {
        try {
            readMigrations(directory);
        } catch (error) {
            return (error as Error).message;
        }
        throw new Error("was accepted");
    }

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
        assert.deepEqual(readMigrations(directory), {
            directory,
            changelogFile: "changelog.yaml",
            contexts: "prod",
            labelFilter: "a",
            parameters: { currency: "EUR" },
            jars: [path.join(directory, "lib/a.jar"), path.join(directory, "lib/b.jar")],
            checks: [
                { name: "one", file: "verify/one.sql", sql: "SELECT true" },
                { name: "two", file: "verify/two.sql", sql: "SELECT true" },
            ],
        });
    });

    it("takes the spellings of Liquibase", () => {
        for (const key of ["changeLogFile", "changelogFile", "changelog-file", "liquibase.command.changelogFile"]) {
            write({ "liquibase.properties": `${key}: db.xml` });
            assert.equal(readMigrations(directory).changelogFile, "db.xml");
        }
    });

    it("is refused when it is not there", () => {
        fs.rmSync(directory, { recursive: true });
        const message = refusal();
        fs.mkdirSync(directory);
        assert.equal(
            message,
            `The migrations directory ${directory} does not exist. MIGRATIONS_DIRECTORY names it, relative to the root of the source; is it committed?`,
        );
    });

    it("is refused without its properties", () => {
        assert.equal(
            refusal(),
            `${directory}/liquibase.properties is missing. It needs at least one line that names the root changelog: changeLogFile=changelog.yaml`,
        );
    });

    it("is refused when it is a file", () => {
        fs.rmSync(directory, { recursive: true });
        fs.writeFileSync(directory, "");
        assert.equal(
            refusal(),
            `${directory} cannot be read (ENOTDIR: not a directory, scandir '${directory}'). Make it readable for the user of the build.`,
        );
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
        assert.equal(
            refusal(),
            [
                `${directory}/liquibase.properties:`,
                "  - line 1, url: remove it, the pipeline connects to the environment's own database",
                "  - line 2, liquibase.command.password: remove it, the pipeline takes it from Secrets Manager; a password in Git is known to many",
                "  - line 3, classpath: remove it, put extra jars into lib/ beside it, or name them in pom.xml",
                "  - line 4, search-path: remove it, the search path is the migrations directory",
                '  - line 5, changelogfil: unknown; did you mean "changeLogFile"? Allowed: changeLogFile, contexts, labelFilter, parameter.<name>',
                "  - changeLogFile is missing: the root changelog, relative to this directory (changeLogFile=changelog.yaml)",
            ].join("\n"),
        );
    });
});
