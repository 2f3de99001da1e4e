import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { flyway } from "../../../../scripts/delivery/tools/flyway";
import { liquibase } from "../../../../scripts/delivery/tools/liquibase";
import { migrationTools, toolNamed } from "../../../../scripts/delivery/tools/registry";
import type { ToolCapabilities } from "../../../../scripts/delivery/tools/tool";

const root = path.join(__dirname, "../../../..");

type Proofs = Record<keyof ToolCapabilities, { file: string; title: string }>;

/** The test that proves each capability with the real tool and a real server, by its title. */
const liquibaseProofs: Proofs = {
    sqlPreview: {
        file: "test/integration/delivery.test.ts",
        title: "says what would run and what would undo it, and writes nothing to a fresh database",
    },
    undo: {
        file: "test/integration/approvedRun.test.ts",
        title: "and undoes in no other way than planned",
    },
    transactionPerChange: {
        file: "test/integration/guards.test.ts",
        title: "runs each changeset in a transaction of its own, unless the changeset says otherwise",
    },
};

/** The tests that prove what other tools promise: one file each, with all of it. */
const files: Record<string, { file: string; titles: string[] }> = {
    Sql: {
        file: "test/integration/sqlFolders.test.ts",
        titles: [
            "are planned with SQL and undo, deployed, recorded as the tool does, and undone",
            "run with the limits of a deployment, each with the settings of a new session",
        ],
    },
    Command: {
        file: "test/integration/commands.test.ts",
        titles: [
            "are planned with the SQL that they print, without a write, and deployed as approved",
            "undo a release, as the catalog proves, and agree with the tool's own history",
        ],
    },
};

describe("the capabilities of other tools", () => {
    for (const [name, { file, titles }] of Object.entries(files)) {
        it(`have tests: ${name}`, () => {
            assert.equal(toolNamed(name).name, name);
            const text = fs.readFileSync(path.join(root, file), "utf8");
            for (const title of titles) assert.ok(text.includes(title), `${file} has no test "${title}"`);
        });
    }
});

const flywayFile = "test/integration/flyway.test.ts";
const flywayProofs: Proofs = {
    sqlPreview: {
        file: flywayFile,
        title: "plans the SQL after placeholders and its undo, and writes nothing to a fresh database",
    },
    undo: {
        file: flywayFile,
        title: "rolls back to a tag by the undo scripts, after which bare Flyway finds the scripts pending",
    },
    transactionPerChange: {
        file: flywayFile,
        title: "undoes a release of which one script fails, and proves it by the catalog",
    },
};

for (const [tool, proofs] of [
    [liquibase, liquibaseProofs],
    [flyway, flywayProofs],
] as const) {
    describe(`the capabilities of ${tool.name}`, () => {
        it("each have a test", () => {
            assert.deepEqual(Object.keys(proofs).sort(), Object.keys(tool.capabilities).sort());
            for (const [capability, { file, title }] of Object.entries(proofs)) {
                const text = fs.readFileSync(path.join(root, file), "utf8");
                assert.ok(text.includes(`it("${title}"`), `${capability}: ${file} has no test "${title}"`);
            }
        });

        it("are all proven by these tests", () => {
            assert.deepEqual(tool.capabilities, { sqlPreview: true, undo: true, transactionPerChange: true });
        });
    });
}

describe("the tools with proven capabilities", () => {
    it("are all that there are", () => {
        assert.deepEqual(migrationTools, [liquibase, flyway, ...Object.keys(files).map(toolNamed)]);
    });
});
