import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { newMigration, nextPrefix } from "../../../scripts/scaffold/migration";

const includeAll = "databaseChangeLog:\n  - includeAll:\n      path: changes/\n      relativeToChangelogFile: true\n";

describe("npm run new-migration", () => {
    let directory: string;

    beforeEach(() => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "new-migration-"));
        write("liquibase.properties", "changeLogFile=changelog.yaml\n");
        write("changelog.yaml", includeAll);
    });
    afterEach(() => fs.rmSync(directory, { recursive: true }));

    function write(file: string, content: string): void {
        fs.mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
        fs.writeFileSync(path.join(directory, file), content);
    }

    function create(description: string, options: { author?: string; folder?: string } = {}): string {
        const file = newMigration({ description, migrations: directory, author: "Ana María", ...options });
        return path.relative(directory, file);
    }

    it("writes the next number, in a folder that the changelog includes", () => {
        write("changes/009-first.sql", "--liquibase formatted sql\n--changeset ana:1\nSELECT 1;\n");
        assert.equal(create("Add orders' table, für alle!"), "changes/010-add-orders-table-fur-alle.sql");
        assert.equal(
            fs.readFileSync(path.join(directory, "changes/010-add-orders-table-fur-alle.sql"), "utf8"),
            [
                "--liquibase formatted sql",
                "",
                "--changeset ana-maria:010-add-orders-table-fur-alle",
                "--comment: Add orders' table, für alle!",
                "<write the SQL here>;",
                "--rollback <write the SQL that undoes it here>;",
                "",
            ].join("\n"),
        );
        assert.equal(create("another"), "changes/011-another.sql");
    });

    it("finds the folder by the newest numbered file, and ignores views and functions", () => {
        write(
            "changelog.yaml",
            `${includeAll}${includeAll.split("\n").slice(1).join("\n").replace("changes", "views")}`,
        );
        write("changes/1-first.sql", "--liquibase formatted sql\n--changeset ana:1\nSELECT 1;\n");
        write("views/orders.sql", "--liquibase formatted sql\n--changeset ana:v runOnChange:true\nSELECT 1;\n");
        assert.equal(create("second"), "changes/2-second.sql");
    });

    it("begins an empty changelog in the named folder", () => {
        assert.equal(create("first", { folder: "changes" }), "changes/001-first.sql");
    });

    it("writes nothing if the changelog does not include the folder", () => {
        assert.throws(
            () => create("first", { folder: "other/deep" }),
            /001-first\.sql was not written: the changelog does not include other\/deep\. Name a folder that it includes with --folder, or include this one with includeAll\.$/,
        );
        assert.deepEqual(fs.readdirSync(directory).sort(), ["changelog.yaml", "liquibase.properties"]);
    });

    it("writes nothing that would run before existing changesets", () => {
        write("changes/zebra.sql", "--liquibase formatted sql\n--changeset ana:1\nSELECT 1;\n");
        assert.throws(
            () => create("first", { folder: "changes" }),
            /it would run before changes\/zebra\.sql\. Rename that file so that it begins with a number, or name another folder with --folder\.$/,
        );
        assert.deepEqual(fs.readdirSync(path.join(directory, "changes")), ["zebra.sql"]);
    });

    it("refuses a folder outside the migrations directory, and a description without a word", () => {
        assert.throws(() => create("first", { folder: "../elsewhere" }), /is not in the migrations directory/);
        assert.throws(() => create("first", { folder: "/elsewhere" }), /is not in the migrations directory/);
        assert.throws(() => create("?!"), /The description "\?!" has no letter or digit for the file name\./);
    });

    it("continues the existing numbering: its number of digits, or timestamps", () => {
        const now = new Date("2026-11-29T10:11:12Z");
        assert.equal(nextPrefix([], now), "001");
        assert.equal(nextPrefix(["0007-a.sql", "0009-b.xml", "readme.md"], now), "0010");
        assert.equal(nextPrefix(["99-a.sql"], now), "100");
        assert.equal(nextPrefix(["20240101120000-a.sql"], now), "20261129101112");
        assert.equal(nextPrefix(["20240101-a.sql"], now), "20261129");
        assert.equal(nextPrefix(["20261129-a.sql"], now), "20261130");
    });
});
