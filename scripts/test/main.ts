import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { NodeVersions } from "../../components/contract";
import { nodeDirectory } from "../node/directory";
import { ensureToolchain } from "../toolchain/ensure";

/** What a step counted; a step without tests of its own (type check, lint) counts as one. */
interface Counts {
    passed: number;
    failed: number;
    skipped: number;
}

interface Step {
    title: string;
    run: () => Counts;
}

const root = path.join(__dirname, "..", "..");

/** The oldest and the newest Node.js that are supported, unless this is one of them. */
const otherEnds = [NodeVersions[0]!, NodeVersions.at(-1)!].filter((major) => !process.version.startsWith(`v${major}.`));

// Quick ones first, so that a mistake shows early; all of them run, so that one run shows everything. What needs servers
// runs on the other versions of Node.js in test/integration/nodeVersions.test.ts.
const steps: Step[] = [
    { title: "unit tests", run: () => mocha("test:unit") },
    ...otherEnds.map((major) => ({
        title: `unit tests on Node.js ${major}`,
        run: () => mocha("test:unit", { PATH: [nodeDirectory(major), process.env["PATH"]].join(path.delimiter) }),
    })),
    { title: "types", run: () => once("typecheck") },
    { title: "lint and format", run: () => once("lint") },
    { title: "integration tests (real PostgreSQL, real Liquibase)", run: () => mocha("test:integration") },
];

main();

function main(): void {
    ensureToolchain({ log: (line) => console.log(line) });
    const total: Counts = { passed: 0, failed: 0, skipped: 0 };
    for (const step of steps) {
        console.log(`\n── ${step.title} ──`);
        const started = Date.now();
        const counts = step.run();
        console.log(`── ${step.title}: ${summary(counts)} in ${Math.round((Date.now() - started) / 1000)} s`);
        total.passed += counts.passed;
        total.failed += counts.failed;
        total.skipped += counts.skipped;
    }
    console.log(`\n${summary(total)}`);
    process.exitCode = total.failed === 0 ? 0 : 1;
}

/** Runs an npm script that runs mocha, with a reporter that writes its counts. */
function mocha(script: string, env: Record<string, string> = {}): Counts {
    const scratch = mkdtempSync(path.join(tmpdir(), "aurora-pipeline-test-"));
    const countsFile = path.join(scratch, "counts.json");
    try {
        const ok = npmScript(script, ["--reporter", "scripts/test/reporter.cjs"], { ...env, TEST_COUNTS: countsFile });
        const counts = JSON.parse(readFileSync(countsFile, "utf8")) as Counts;
        // mocha can fail beside its tests (a file that does not load, an unhandled rejection): that is a failure too.
        return ok || counts.failed > 0 ? counts : { ...counts, failed: 1 };
    } catch (error) {
        console.error(`mocha ended before it could count: ${String(error)}`);
        return { passed: 0, failed: 1, skipped: 0 };
    } finally {
        rmSync(scratch, { recursive: true, force: true });
    }
}

/** Runs an npm script that has no counts of its own. */
function once(script: string): Counts {
    return npmScript(script) ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

function npmScript(name: string, args: string[] = [], env: Record<string, string> = {}): boolean {
    const { status } = spawnSync("npm", ["run", "--silent", name, "--", ...args], {
        cwd: root,
        stdio: "inherit",
        env: { ...process.env, ...env },
        shell: process.platform === "win32",
    });
    return status === 0;
}

function summary(counts: Counts): string {
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
    return `${counts.passed} passed, ${counts.failed} failed${skipped}`;
}
