import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as path from "node:path";

const root = path.join(__dirname, "../..");

/** A command's answer, without the time that its installation would take. */
function answer(program: string, ...args: string[]) {
    const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ["-r", "ts-node/register/transpile-only", path.join(root, program), ...args],
        { cwd: root, encoding: "utf8" },
    );
    return { status, text: `${stdout}${stderr}`.replace(/\s+/g, " ") };
}

describe("the command lines", () => {
    it("show an example where an argument is missing", () => {
        for (const [program, argument, example] of [
            ["scripts/scaffold/newMigration.ts", "description", 'npm run new-migration -- "add orders table"'],
            ["scripts/scaffold/newEnvironment.ts", "name", "npm run new-environment -- staging"],
        ] as const) {
            const { status, text } = answer(program);
            assert.equal(status, 2, text);
            assert.ok(text.includes(`missing required argument '${argument}' For example: ${example}`), text);
        }
    });

    it("of npm run check end with another status than that of findings where they are wrong", () => {
        const { status, text } = answer("scripts/check/main.ts", "--absent");
        assert.equal(status, 2, text);
        assert.match(text, /unknown option '--absent'/);
    });

    it("of npm stop have a help, which stops nothing", () => {
        const { status, text } = answer("scripts/local/stop.ts", "--help");
        assert.equal(status, 0, text);
        assert.match(text, /^Usage: npm stop -- .*Exit status: 0 stopped \(and reset\), or there was none; 1 failed/);
        assert.doesNotMatch(text, /Stopped the database|No database is running/);
        assert.equal(answer("scripts/local/stop.ts", "--all").status, 1);
    });

    it("of npm start offer the engines that it has, and say what --approve approves", () => {
        const { status, text } = answer("scripts/local/main.ts", "--help");
        assert.equal(status, 0, text);
        assert.match(text, /--engine <engine> database engine: postgres or mysql;/);
        assert.match(text, /If its source has changed, a new plan waits instead \(status 3\)\./);
        assert.match(text, /If no plan is waiting, the plan of this run is approved unread/);
    });
});
