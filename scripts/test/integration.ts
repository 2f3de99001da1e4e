import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import * as path from "node:path";
import { readDurations, slowestFirst, writeDurations } from "./durations";

// The integration tests, several files at a time: each has its own server, databases and directories.
// `npm run test:integration -- test/integration/check.test.ts` runs only that.

const root = path.join(__dirname, "..", "..");
const remembered = path.join(root, "node_modules/.cache/aurora-pipeline/test-durations.json");
/** Builds wait for locks, servers and one another: one worker more than there are processors keeps these busy. */
const workers = Math.min(availableParallelism() + 1, 8);

const asked = process.argv.slice(2).filter((arg) => arg.endsWith(".test.ts"));
const options = process.argv.slice(2).filter((arg) => !asked.includes(arg));
const files = asked.length > 0 ? asked : allFiles();
const ofThisRun = `${remembered}.${process.pid}`;
const { status } = spawnSync(
    process.execPath,
    [
        "node_modules/mocha/bin/mocha.js",
        ...["--config", ".mocharc.integration.yml", "--parallel", "--jobs", String(workers)],
        ...["--reporter", "scripts/test/reporter.cjs"],
        ...options,
        ...slowestFirst(files, readDurations(remembered)),
    ],
    { cwd: root, stdio: "inherit", env: { ...process.env, TEST_DURATIONS: ofThisRun } },
);
writeDurations(remembered, readDurations(ofThisRun));
rmSync(ofThisRun, { force: true });
process.exitCode = status ?? 1;

function allFiles(): string[] {
    return readdirSync(path.join(root, "test/integration"))
        .filter((name) => name.endsWith(".test.ts"))
        .map((name) => `test/integration/${name}`);
}
