import * as assert from "node:assert/strict";
import { readSources, within, wordsIn } from "./sources";

const sources = readSources();
/** The one place where a tool is chosen. */
const registry = "tools/registry.ts";
const home = within("tools/liquibase");
const others = ["tools/sql", "tools/flyway", "tools/command"];
/** Where each tool names the tables of the others, for a database that changes its tool. */
const neighbours = ["tools/liquibase/tracking.ts", "tools/flyway/tracking.ts"];
const importsOf = (from: string, to: string[]) =>
    sources
        .filter(({ file }) => within(from)(file))
        .flatMap(({ file, imports }) =>
            imports.filter((name) => to.some((room) => within(room)(name))).map((name) => `${file} -> ${name}`),
        );

/** The names of the tools whose folders of SQL are read, and their tables. */
const folderWords = [/golang/i, /dbmate/i, /prisma/i, /drizzle/i, /schema_migrations/];

/** The tool's name, its tables with their columns, the attributes of its changelogs and their values. */
const words = [
    ...[/liquibase/i, /databasechangelog/i, /md5sum/i, /exectype/i, /lockedby|LOCKEDBY/, /lockgranted|LOCKGRANTED/],
    ...[/mark_ran/i, /\bHALT\b/, /\bonFail\b/, /\bonError\b/, /failOnError/, /\bpreConditions\b/, /sqlCheck/],
    ...[/runOnChange/, /runAlways/, /runOrder/, /validCheckSum/, /logicalFilePath/, /onValidationFail/],
    ...[/splitStatements/i, /endDelimiter/i, /stripComments/, /constraintName\b/, /labelFilter/, /objectQuoting/],
    ...[/includeAll/, /relativeToChangelogFile/, /changeLogFile/i, /--changeset/, /--rollback/, /formatted sql/i],
];

const flywayWords = [/flyway/i, /redgate/i, /installed_rank/, /outOfOrder/, /baselineOnMigrate/];

describe("the rooms of the delivery program", () => {
    it("are read as a whole", () => {
        assert.ok(sources.length > 100);
        assert.ok(sources.some(({ file, text }) => file === "main.ts" && text.includes("perform")));
        assert.ok(sources.some(({ file, imports }) => file === registry && imports.includes("tools/liquibase")));
    });

    it("reach a migration tool by its interface: it is chosen in one place", () => {
        const reaching = sources
            .filter(({ file }) => !home(file))
            .flatMap(({ file, imports }) => imports.filter(home).map((name) => `${file} -> ${name}`));
        assert.deepEqual(reaching, [`${registry} -> tools/liquibase`]);
        for (const room of others) {
            const inside = within(room);
            const found = sources
                .filter(({ file }) => !inside(file))
                .flatMap(({ file, imports }) => imports.filter(inside).map((name) => `${file} -> ${name}`));
            assert.deepEqual(found, [`${registry} -> ${room}`]);
        }
    });

    it("keep tools from what works with them, and engines from tools", () => {
        assert.deepEqual(importsOf("tools", ["actions", "plan", "lint", "safety"]), []);
        assert.deepEqual(importsOf("engines", ["tools/liquibase", ...others, "tools/java"]), []);
    });

    it("keep a tool's vocabulary in its folder, also in comments", () => {
        const outside = sources.filter(({ file }) => !home(file) && file !== registry && !neighbours.includes(file));
        assert.deepEqual(wordsIn(outside, words), []);
        const beside = sources.filter(({ file }) => !within("tools/sql")(file));
        assert.deepEqual(wordsIn(beside, folderWords), []);
        const elsewhere = sources.filter(
            ({ file }) => !within("tools/flyway")(file) && file !== registry && !neighbours.includes(file),
        );
        assert.deepEqual(wordsIn(elsewhere, flywayWords), []);
    });

    it("have each of these words in that folder", () => {
        const inside = sources.filter(({ file }) => home(file));
        const unknown = words.filter((word) => wordsIn(inside, [word]).length === 0);
        assert.deepEqual(unknown, []);
        const folders = sources.filter(({ file }) => within("tools/sql")(file));
        assert.deepEqual(
            folderWords.filter((word) => wordsIn(folders, [word]).length === 0),
            [],
        );
    });
});
