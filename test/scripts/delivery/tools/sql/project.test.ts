import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as fc from "fast-check";
import { CodedError } from "../../../../../scripts/delivery/errors";
import { sql } from "../../../../../scripts/delivery/tools/sql";
import { readSqlProperties } from "../../../../../scripts/delivery/tools/sql/properties";
import { readProject } from "../../../../../scripts/delivery/tools/sql/project";
import { samples } from "../../../../support/sqlFolders";
import { anyText } from "../../../../support/text";

describe("a migrations directory with a folder of SQL", () => {
    let directory: string;
    beforeEach(() => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "sql-folder-"));
    });
    afterEach(() => fs.rmSync(directory, { recursive: true }));

    function write(files: Record<string, string>): void {
        for (const [name, text] of Object.entries(files)) {
            fs.mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
            fs.writeFileSync(path.join(directory, name), text);
        }
    }

    function refusal(): CodedError {
        try {
            readProject(directory);
        } catch (error) {
            if (error instanceof CodedError) return error;
            throw error;
        }
        throw new Error("It was not refused.");
    }

    for (const { layout, first, ids } of Object.values(samples)) {
        it(`is read as ${layout}'s`, () => {
            write({ ...first, "verify/20250101000000_check.sql": "", "lint.yaml": "" });
            const project = readProject(directory);
            const [changeset] = project.sources().changesets;
            assert.equal(project.layout.name, layout);
            assert.deepEqual([changeset?.id, changeset?.author, changeset?.rollback.kind], [ids[0], layout, "written"]);
            assert.ok(sql.filesOf(Object.keys(first)).length > 0);
        });
    }

    it("has the files that links lead to", () => {
        write({ "one.sql": "SELECT 1" });
        for (const name of ["1_a.up.sql", "2_b.up.sql"]) fs.symlinkSync("one.sql", path.join(directory, name));
        assert.deepEqual(
            readProject(directory).migrations.map(({ id, up }) => [id, up.text]),
            [
                ["1", "SELECT 1"],
                ["2", "SELECT 1"],
            ],
        );
    });

    it("is refused without one, with several, and with one that the tool itself refuses", () => {
        assert.equal(refusal().code, "AP1030");
        write({ ...samples.dbmate.first, ...samples.drizzle.first });
        assert.equal(refusal().code, "AP1031");
        write({ "sql.properties": "# Drizzle's is older\nlayout=DBmate\n" });
        const { code, facts } = refusal();
        assert.deepEqual(
            [code, facts["problems"]],
            [
                "AP1032",
                ["0000_authors.down.sql has no line `-- migrate:up`", "0000_authors.sql has no line `-- migrate:up`"],
            ],
        );
        write({ "sql.properties": "layout=drizzle\n" });
        assert.equal(readProject(directory).layout.name, "Drizzle");
    });

    it("names the folder, if there are several", () => {
        const [[name, text]] = Object.entries(samples.dbmate.first) as [[string, string]];
        write({ [`old/${name}`]: text, [`db/new/${name}`]: text });
        assert.equal(refusal().code, "AP1031");
        write({ "sql.properties": "directory=./db/new\n" });
        assert.equal(readProject(directory).migrations[0]?.up.file, `db/new/${name}`);
    });

    it("gives the linter waivers, and why nothing has to undo a migration", () => {
        write({
            "1_a.up.sql": "-- lint-waive require-timeout: it is small\nSELECT 1;\n",
            "1_a.down.sql": "-- undo not required: it only reads\n",
            "2_b.up.sql": "SELECT 2;",
            "2_b.down.sql": "\n",
            "3_c.up.sql": "SELECT 3;",
        });
        const { changesets } = readProject(directory).sources();
        assert.deepEqual(changesets[0]?.remarks, [{ text: "lint-waive require-timeout: it is small", line: 1 }]);
        assert.deepEqual(
            changesets.map(({ rollback }) => rollback),
            [{ kind: "empty", reason: "it only reads" }, { kind: "empty" }, { kind: "absent" }],
        );
    });
});

describe("sql.properties", () => {
    it("names each line that is not allowed", () => {
        const { problems } = readSqlProperties(
            "layout=flyway\ndirectory=../x\nresolve.1=maybe\ntable=a\nnothing\n# comment\n\n",
        );
        assert.deepEqual(problems, [
            'line 1: layout is "flyway"; allowed: golang-migrate, dbmate, Prisma, Drizzle',
            'line 2: directory is "../x"; allowed: a path in the migrations directory',
            'line 3: resolve.1 is "maybe"; allowed: applied, undone',
            "line 4: there is no setting table",
            "line 5: it is not of the form key=value",
        ]);
    });

    it("stays in the migrations directory, whatever it says", () => {
        fc.assert(
            fc.property(anyText(), (text) => {
                const { properties } = readSqlProperties(`directory=${text}`);
                assert.doesNotMatch(`/${properties.directory ?? ""}`, /\/\.\.?\/|\/\//);
            }),
        );
    });
});
