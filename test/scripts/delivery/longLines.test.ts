import * as assert from "node:assert/strict";
import { undo } from "../../../scripts/delivery/engines/mysql/undo";
import { withoutComments } from "../../../scripts/delivery/engines/mysql/sql/statements";
import { parseChecks } from "../../../scripts/delivery/input/checks";
import { waiversOf } from "../../../scripts/delivery/lint/waivers";
import { readFormattedSql } from "../../../scripts/delivery/tools/liquibase/changelog/formattedSql";
import { databaseIssues } from "../../../scripts/delivery/tools/liquibase/changelog/sourceIssues";
import { type ReadFile, readStructured } from "../../../scripts/delivery/tools/liquibase/changelog/structured";
import { readYaml } from "../../../scripts/delivery/tools/liquibase/changelog/yaml";
import { editedChangesets } from "../../../scripts/delivery/tools/liquibase/edited";
import { parseProperties } from "../../../scripts/delivery/tools/liquibase/propertiesFile";
import { catalogue } from "./lint/support";

// Each line made a regular expression of ours take the square or the cube of its length: minutes or days for a file that
// a build accepts. Node.js cannot interrupt one.

const length = 300_000;
const many = (text: string) => text.repeat(length / text.length);
/** With a character that `.` does not match, and more after it. */
const unlike = "x\u2028x\u2028x";

const inChangeset = (...lines: string[]) =>
    readFormattedSql("a.sql", ["--liquibase formatted sql", "--changeset me:1", ...lines].join("\n"));
const structured = (text: string) => {
    const changeSet = { id: "1", author: "me", changes: [{ sql: { sql: text } }] };
    const readFile: ReadFile = () => assert.fail("it includes nothing");
    return readStructured("a.json", readYaml(JSON.stringify({ databaseChangeLog: [{ changeSet }] })), readFile);
};
const waiver = (text: string) => waiversOf({ remarks: [{ text, line: 1 }] } as never, catalogue);
const checks = (text: string) => {
    try {
        return parseChecks("a.sql", text);
    } catch (error) {
        return error;
    }
};

const lines: Record<string, () => unknown> = {
    "spaces after --changeset": () => inChangeset(`--changeset ${many(" ")}`),
    "spaces in a block of rollback": () => inChangeset("/* liquibase rollback", `a${many(" ")}b`, "*/"),
    "a directive of letters": () => inChangeset(`--${many("a")}${unlike}`),
    "dashes outside of changesets": () => readFormattedSql("a.sql", `--liquibase formatted sql\n${many("-")}${unlike}`),
    "spaces in a comment of SQL": () => structured(`--${many(" ")}${unlike}`),
    "signs before a comment of YAML": () => readYaml(`databaseChangeLog:\n${many("#")}${unlike}\n`),
    "spaces in a waiver": () => waiver(`lint-waive ${many(" ")}${unlike}`),
    "a waiver of an endless rule": () => waiver(`lint-waive ${many("a")}: why`),
    "spaces in the head of a check": () => checks(`-- check:${many(" ")}${unlike}`),
    "backslashes in a properties file": () => parseProperties(`a=${many("\\")}b`),
    "colons in a message of Liquibase": () => editedChangesets([`${many("::")} was: 9:a but is now: `]),
    "the name of a database": () => databaseIssues(many("a"), 1),
    "semicolons in a statement of MySQL": () => withoutComments(`a${many("; ")}b`),
    "spaces in what MySQL drops": () => undo.lossesIn([`DROP TABLE a${many(" ")}b;c`]),
};

describe("a line without end takes the time of its length:", () => {
    for (const [what, read] of Object.entries(lines)) {
        it(what, () => {
            const before = process.cpuUsage();
            read();
            const { user, system } = process.cpuUsage(before);
            // The square takes a minute and more.
            assert.ok((user + system) / 1e6 < 3, `${(user + system) / 1e6} s`);
        });
    }
});
